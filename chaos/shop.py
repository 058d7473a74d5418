"""The shop as buyers, staff and attackers reach it: through the gateway."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import uuid4

import aiohttp

from chaos.rig import PATIENCE, Rig, until
from prost_cli.dev import invariants
from prost_cli.dev.tokens import request_token
from prost_cli.errors import CliError

OUTAGE = frozenset({429, 500, 502, 503, 504})
BETWEEN = 0.3
_TOKENS_LAST = 3600
_TIMEOUT = aiohttp.ClientTimeout(total=60)


class Answer(NamedTuple):
    """A status and what came with it; the body is JSON, or None where it is not."""

    status: int
    body: Any
    cookies: Mapping[str, Any]

    @property
    def code(self) -> str:
        """The problem's code, or the status of what is none."""
        return self.body["code"] if isinstance(self.body, dict) and "code" in self.body else str(self.status)


class Drink(NamedTuple):
    """A variant that anybody may buy."""

    variant_id: str
    sku: str
    price: str


class Shop:
    """One shop; `admin` is a token for its staff routes, `faults` are the requests that were answered 500."""

    def __init__(self, rig: Rig, session: aiohttp.ClientSession, admin: str) -> None:
        """Take what it is reached by."""
        self.rig = rig
        self.admin = admin
        self.faults: list[str] = []
        self._session = session
        self._drinks: list[Drink] = []
        self._addresses = itertools.count(1)

    def address(self) -> str:
        """Return an address that nobody has had yet."""
        number = next(self._addresses)
        return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    def token(self, subject: str, *roles: str) -> str:
        """Return a token of the running stack; of a seeded account, an address is its subject."""
        return request_token(self.rig.stack, subject, roles or None, expires_in=_TOKENS_LAST)

    async def send(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        address: str | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | None = None,
    ) -> Answer:
        """Send one request and return its answer. Raises aiohttp.ClientError and TimeoutError."""
        sent = {"X-Forwarded-For": address or "10.255.255.1", **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        async with self._session.request(
            method, f"{self.rig.gateway}{path}", headers=sent, json=json, data=data
        ) as answer:
            if answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
                self.faults.append(f"{method} {path}")
            is_json = "json" in answer.content_type
            return Answer(
                answer.status, await answer.json(content_type=None) if is_json else None, answer.cookies
            )

    async def ask(self, method: str, path: str, *, json: Any = None, token: str | None = None) -> Any:
        """Send a request of staff until something other than an outage is answered, and return its body.

        Raises:
            RuntimeError: it was refused.
        """
        headers = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        answer = await persistently(
            lambda: self.send(method, path, token=token or self.admin, headers=headers, json=json)
        )
        if answer.status not in {200, 201, 204}:
            raise RuntimeError(f"{method} {path} was answered {answer.status}: {answer.body}")
        return answer.body

    async def drink(self) -> Drink:
        """Return a drink without alcohol that no other proof has had."""
        if not self._drinks:
            page = await self.ask("GET", "/api/catalog/products?page_size=100&sort=name")
            self._drinks = [
                Drink(variant["id"], variant["sku"], variant["price"]["amount"])
                for product in page["items"]
                if not product["minimum_age"]
                for variant in product["variants"]
            ]
        return self._drinks.pop()

    async def put_on_shelf(self, drink: Drink, quantity: int) -> None:
        """Have so many of a drink in stock."""
        change = {"on_hand": quantity, "reason": "counted"}
        await self.ask("POST", f"/api/inventory/stock/{drink.sku}/adjustments", json=change)

    async def on_shelf(self, drink: Drink) -> dict[str, int]:
        """Return how many there are and how many of them are reserved."""
        item = await self.ask("GET", f"/api/inventory/stock/{drink.sku}")
        return {"on_hand": item["on_hand"], "reserved": item["reserved"]}

    async def violations(self, patience: float = 60.0) -> list[str]:
        """Return what does not hold once nothing is under way any more; waits for that to come."""
        found: list[str] = []

        def settle() -> bool:
            nonlocal found
            try:
                checked = invariants.find(self.rig.stack, settled=True, token=self.admin)
                found = list(invariants.lines(checked))
            except CliError as error:
                found = [str(error)]
            return not found

        try:
            await until(settle, "all invariants hold", patience, pause=0.5)
        except TimeoutError:
            return found
        return []


async def persistently(send: Callable[[], Awaitable[Answer]]) -> Answer:
    """Send until something other than an outage is answered. Raises TimeoutError."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            answer = await send()
            if answer.status not in OUTAGE:
                return answer
            last = str(answer.body)
        except aiohttp.ClientError as error:
            last = str(error)
        if time.monotonic() > end:
            raise TimeoutError(f"nothing but outages: {last}")
        await asyncio.sleep(BETWEEN)


@asynccontextmanager
async def opened(rig: Rig) -> AsyncIterator[Shop]:
    """Open the shop of a running stack."""
    admin = await asyncio.to_thread(request_token, rig.stack, "chaos", ["admin"], expires_in=_TOKENS_LAST)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, force_close=False),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=_TIMEOUT,
    ) as session:
        yield Shop(rig, session, admin)
