"""An account that is deleted: what other services kept of it goes, by the event that tells them."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from uuid import uuid4

import aiohttp
import pytest

from .personas import PERSONAS

pytestmark = pytest.mark.enable_socket

SERVICE = next(persona for persona in PERSONAS if persona.name == "a service")
ADMIN = next(persona for persona in PERSONAS if persona.name == "an admin")
ADDRESS = {"name": "Ada", "street": "Gasse 1", "postal_code": "80331", "city": "München", "country": "DE"}


@pytest.fixture
async def ada(doors):
    """Give somebody who signs up and in at the gateway."""
    credentials = {"email": f"ada-{uuid4().hex[:8]}@prost.test", "password": "korrekt pferd batterie"}
    async with aiohttp.ClientSession(f"http://{doors.gateway}") as client:
        await sent(client, "POST", "/api/auth/signup", {**credentials, "name": "Ada"})
        told = await sent(client, "POST", "/api/auth/login", credentials)
        client.headers["Authorization"] = f"Bearer {told['access_token']}"
        client.headers["Idempotency-Key"] = str(uuid4())
        yield client, credentials["password"]


async def sent(client, method, path, body=None):
    """Send a request that has to be granted, and return what is answered."""
    async with client.request(method, path, json=body) as answer:
        assert answer.status < HTTPStatus.BAD_REQUEST, await answer.text()
        return await answer.json() if answer.content_type == "application/json" else None


async def asked(doors, service, persona, method, path, body=None):
    """Ask a service at its own door."""
    headers = {"Authorization": f"Bearer {doors.token(persona, service)}", "Idempotency-Key": str(uuid4())}
    async with aiohttp.ClientSession(f"http://{doors.address(service)}", headers=headers) as client:
        return await sent(client, method, path, body)


async def eventually(look, expected):
    """Tell whether a look shows what is expected, within a minute at least."""
    for _ in range(600):
        if await look() == expected:
            return True
        await asyncio.sleep(0.1)
    return False


async def test_cart_and_payments_forget_whose_account_is_gone(doors, ada):
    client, password = ada
    own = (await sent(client, "GET", "/api/auth/me"))["id"]
    products = (await sent(client, "GET", "/api/catalog/products?page_size=100"))["items"]
    variant = next(each for each in products if not each["minimum_age"])["variants"][0]
    count = {"on_hand": 100, "reason": "counted"}
    await asked(doors, "inventory", ADMIN, "POST", f"/inventory/stock/{variant['sku']}/adjustments", count)
    bottle = {"variant_id": variant["id"], "quantity": 1}
    await sent(client, "POST", "/api/cart/add", bottle)
    wish = {"shipping_address": ADDRESS, "shipping_method": "standard", "payment_method": "pm_card_visa"}
    order = await sent(client, "POST", "/api/orders", {**wish, "age_confirmed": True})
    await sent(client, "POST", "/api/cart/add", bottle)

    async def whose():
        path = f"/payments?order_id={order['id']}"
        return [each["customer_id"] for each in (await asked(doors, "payments", ADMIN, "GET", path))["items"]]

    async def in_cart():
        body = {"customer_id": own, "cart_token": None}
        return (await asked(doors, "cart", SERVICE, "POST", "/carts/contents", body))["lines"]

    assert await eventually(whose, [own])
    assert len(await in_cart()) == 1

    await sent(client, "DELETE", "/api/auth/me", {"password": password})

    assert await eventually(in_cart, [])
    assert await eventually(whose, [None])
