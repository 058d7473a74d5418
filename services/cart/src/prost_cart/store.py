"""Carts in Redis: a round trip for each use case."""

import secrets
import time
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple, Self

from redis.commands.core import AsyncScript

from prost.cache import Down, Link, url_of
from prost.errors import Unavailable
from prost.settings import Settings
from prost_cart import scripts
from prost_cart.domain import (
    CUSTOMER_SECONDS,
    DAY,
    GUEST_SECONDS,
    ORDER_SECONDS,
    CartNotFound,
    Line,
    LineNotFound,
    Merged,
    cart_is_full,
    too_many,
)

_HEAD: Final = b"#"


class Owner(NamedTuple):
    """Whose cart it is: its key in Redis, which names nobody, and for how many seconds it is kept unused."""

    key: str
    seconds: int

    @classmethod
    def customer(cls, subject: str) -> Self:
        """Return the owner of a customer's cart."""
        return cls(f"cart:customer:{token_hash(subject)}", CUSTOMER_SECONDS)

    @classmethod
    def guest(cls, hashed: str) -> Self:
        """Return the owner of a guest's cart, by the hash of their token."""
        return cls(f"cart:guest:{hashed}", GUEST_SECONDS)


class Added(NamedTuple):
    """The cart after an addition, and whether its guest's cookie is to be sent."""

    lines: list[Line]
    renew: bool


def new_token() -> str:
    """Return 128 bits that nobody guesses."""
    return secrets.token_urlsafe(16)


def token_hash(token: str) -> str:
    """Return that by which a token is known, and from which it cannot be told."""
    return sha256(token.encode()).hexdigest()


class CartStore:
    """Carts by owner. A dependency of the process.

    Lines come in the order in which they were first added. Each use of a cart keeps it for its owner's
    seconds anew. Every method raises Unavailable while Redis is away, and none does its work twice.
    """

    name = "redis"
    required = True

    def __init__(self, url: str, *, patience: float = 2.0) -> None:
        """Keep carts at `url`, which has `patience` seconds for each answer."""
        self._link = Link(url, without_it="carts cannot be read or changed", timeout=patience)
        self._read = self._script(scripts.READ)
        self._add = self._script(scripts.ADD)
        self._set = self._script(scripts.SET)
        self._remove = self._script(scripts.REMOVE)
        self._clear = self._script(scripts.CLEAR)
        self._accept = self._script(scripts.ACCEPT)
        self._merge = self._script(scripts.MERGE)
        self._take_out = self._script(scripts.TAKE_OUT)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Make the store of the settings' Redis. Raises ValueError without one."""
        return cls(url_of(settings))

    async def start(self) -> None:
        """Connect with the first call."""

    async def stop(self) -> None:
        """Let go of Redis."""
        await self._link.close()

    async def check(self) -> None:
        """Return when Redis answers. Raises Unavailable."""
        try:
            await self._link.call(self._link.client.ping)
        except Down as error:
            raise _away() from error

    async def read(self, owner: Owner) -> list[Line]:
        """Return what is in a cart, nothing where there is none."""
        return _lines(await self._run(self._read, [owner.key], [owner.seconds]))

    async def add(self, owner: Owner, line: Line, *, begin: bool = True) -> Added:
        """Put so many more of a variant into a cart; the price of a line that is there stays the one seen.

        Raises:
            TooMany, CartIsFull: nothing was changed.
            CartNotFound: it would be the first of a cart that may not `begin`.
        """
        now = int(time.time())
        arguments = [owner.seconds, line.variant_id, line.quantity, line.seen, now, DAY, int(begin)]
        outcome, found, *fields = (await self._run(self._add, [owner.key], arguments)).split(b" ", 2)
        match outcome:
            case b"-1":
                raise too_many(int(found))
            case b"-2":
                raise cart_is_full()
            case b"-3":
                raise CartNotFound
        return Added(_lines(fields[0]), found == b"1")

    async def change(self, owner: Owner, variant_id: str, quantity: int) -> list[Line]:
        """Set how many there are of a variant. Raises LineNotFound."""
        fields = await self._run(self._set, [owner.key], [owner.seconds, variant_id, quantity])
        if fields is None:
            raise LineNotFound("The cart has no such line.")
        return _lines(fields)

    async def remove(self, owner: Owner, *variant_ids: str) -> list[Line]:
        """Take lines out; those that are not there are out already."""
        return _lines(await self._run(self._remove, [owner.key], [owner.seconds, *variant_ids]))

    async def clear(self, owner: Owner) -> None:
        """Take all lines out."""
        await self._run(self._clear, [owner.key], [owner.seconds])

    async def accept(self, owner: Owner, prices: Iterable[tuple[str, int]]) -> list[Line]:
        """Set the prices seen of those variants that are still there."""
        return _lines(await self._run(self._accept, [owner.key], [owner.seconds, *_flat(prices)]))

    async def merge(self, guest: Owner, customer: Owner) -> tuple[Merged, list[Line]]:
        """Move a guest's lines into a customer's cart; what has moved is gone from the guest's."""
        answer = await self._run(self._merge, [guest.key, customer.key], [customer.seconds])
        moved, capped, left_out, fields = answer
        return Merged(moved, _texts(capped), _texts(left_out)), _lines(fields)

    async def take_out(
        self, owner: Owner, lines: Iterable[tuple[str, int]], order_id: str | None = None
    ) -> bool:
        """Take so many of each variant out, as far as they are there; for an order once, as is answered."""
        keys = [owner.key] if order_id is None else [owner.key, f"cart:order:{order_id}"]
        return bool(await self._run(self._take_out, keys, [ORDER_SECONDS, *_flat(lines)]))

    def _script(self, text: str) -> AsyncScript:
        return self._link.client.register_script(text)

    async def _run(self, script: AsyncScript, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        try:
            return await self._link.call(lambda: script(keys=keys, args=arguments))
        except Down as error:
            raise _away() from error


def _away() -> Unavailable:
    return Unavailable("Carts are out of reach for a moment.", headers={"Retry-After": "1"})


def _lines(text: bytes) -> list[Line]:
    fields, found = text.split(), []
    for name, value in zip(fields[::2], fields[1::2], strict=True):
        if name != _HEAD:
            place, quantity, price = value.split(b":")
            found.append((int(place), Line(name.decode(), int(quantity), int(price))))
    found.sort()
    return [line for _place, line in found]


def _flat(pairs: Iterable[tuple[str, int]]) -> list[str | int]:
    return [each for pair in pairs for each in pair]


def _texts(values: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(value.decode() for value in values)
