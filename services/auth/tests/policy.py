"""Rows of a customer's own, for the policy test: see the README of prost-cli."""

from http import HTTPStatus
from typing import Any

_KEPT_AT_MOST = 20


async def an_address(client: Any, _owner: Any) -> dict[str, str]:
    """Add an address, and make room for it first."""
    async with client.get("/auth/me") as answer:
        addresses = (await answer.json())["addresses"]
    if len(addresses) == _KEPT_AT_MOST:
        async with client.delete(f"/auth/me/addresses/{addresses[-1]['id']}"):
            pass
    facts = {"name": "Anna", "street": "Gasse 1", "postal_code": "80331", "city": "München", "country": "DE"}
    async with client.post("/auth/me/addresses", json=facts) as answer:
        assert answer.status == HTTPStatus.CREATED, await answer.text()
        return {"address_id": (await answer.json())["id"]}


async def a_session(client: Any, owner: Any) -> dict[str, str]:
    """Sign in once more."""
    credentials = {"email": owner.email, "password": owner.password}
    async with client.post("/auth/login", json=credentials) as answer:
        assert answer.status == HTTPStatus.OK, await answer.text()
    async with client.get("/auth/me/sessions") as answer:
        sessions = (await answer.json())["items"]
    return {"session_id": next(each["id"] for each in sessions if not each["current"])}


SAMPLES = {
    "/auth/me/addresses/{address_id}": an_address,
    "/auth/me/sessions/{session_id}": a_session,
}
