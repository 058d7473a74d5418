"""Buyers: guests and customers with a cart, who press the button and do not give up at the first error."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import aiohttp

from chaos.rig import PATIENCE
from chaos.shop import BETWEEN, OUTAGE, Answer, Drink, Shop, persistently

CONFIRMED = "CONFIRMED"
DECIDED = frozenset({CONFIRMED, "REJECTED", "PAYMENT_FAILED", "EXPIRED", "CANCELLED"})

ADDRESS = {
    "name": "Ada Beispiel",
    "street": "Gasse 1",
    "postal_code": "10115",
    "city": "Berlin",
    "country": "DE",
}


class Refused(RuntimeError):
    """The shop will not have this order; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        """Keep the answer."""
        super().__init__(f"{answer.status} {answer.body}")
        self.answer = answer


class Buyer:
    """Somebody at an address of their own: a guest, or with a token a customer."""

    def __init__(self, shop: Shop, token: str | None = None) -> None:
        """Come in."""
        self.shop = shop
        self.token = token
        self.cookie: str | None = None
        self.guest_key: str | None = None
        self._address = shop.address()

    async def send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, json: Any = None
    ) -> Answer:
        """Send a request with what the browser has, and keep the cart's cookie."""
        sent = dict(headers or {})
        if self.cookie is not None:
            sent["Cookie"] = f"prost_cart={self.cookie}"
        answer = await self.shop.send(
            method, path, token=self.token, address=self._address, headers=sent, json=json
        )
        if "prost_cart" in answer.cookies:
            self.cookie = answer.cookies["prost_cart"].value
        return answer

    async def fill(self, drink: Drink, quantity: int = 1) -> None:
        """Put a drink into the cart. Raises Refused."""
        body = {"variant_id": drink.variant_id, "quantity": quantity}
        answer = await persistently(lambda: self.send("POST", "/api/cart/add", json=body))
        if answer.status != 200:  # noqa: PLR2004
            raise Refused(answer)

    async def cart(self) -> int:
        """Return how many bottles are in the cart."""
        return int((await persistently(lambda: self.send("GET", "/api/cart"))).body["count"])

    def basket(self, **changes: Any) -> dict[str, Any]:
        """Return what the button sends."""
        body = {
            "shipping_address": ADDRESS,
            "shipping_method": "standard",
            "payment_method": "pm_card_visa",
            "age_confirmed": True,
        }
        guest = {} if self.token else {"email": "ada@example.com"}
        return {**body, **guest, **changes}

    async def place(self, key: str, **changes: Any) -> Answer:
        """Press the button once."""
        return await self.send(
            "POST", "/api/orders", headers={"Idempotency-Key": key}, json=self.basket(**changes)
        )

    async def buy(self, key: str | None = None, patience: float = PATIENCE, **changes: Any) -> dict[str, Any]:
        """Press it until there is an answer, follow the order until it is decided, and return it.

        Raises:
            Refused: the shop will not have it.
            TimeoutError: it is not decided in time.
        """
        key, end = key or str(uuid4()), time.monotonic() + patience
        order: dict[str, Any] | None = None
        while order is None or order["state"] not in DECIDED:
            if time.monotonic() > end:
                raise TimeoutError(
                    f"not decided after {patience:.0f} s: {order['state'] if order else 'no order'}"
                )
            try:
                if order is None:
                    order = self._read(await self.place(key, **changes))
                else:
                    answer = await self.send("GET", f"/api/orders/{order['id']}")
                    order = answer.body if answer.status == 200 else order  # noqa: PLR2004
            except (aiohttp.ClientError, TimeoutError):
                pass
            if order is None or order["state"] not in DECIDED:
                await asyncio.sleep(BETWEEN)
        return order

    def _read(self, answer: Answer) -> dict[str, Any] | None:
        if answer.status in {201, 202}:
            body: dict[str, Any] = answer.body
            self.guest_key = body.get("guest_key", self.guest_key)
            return body
        if answer.status in OUTAGE or answer.code == "request-in-flight":
            return None
        raise Refused(answer)
