"""What another service told a moment ago, asked again when it is old, by one for all."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final, Generic, TypeVar

from prost.errors import ProstError

V = TypeVar("V")
Load = Callable[[list[str]], Awaitable[Mapping[str, V]]]

REST: Final = 1.0
"""Seconds for which a service that failed is not asked about what is known."""


class Known(Generic[V]):
    """Values by key: fresh for some seconds, the latest `at_most` of them, each loaded once for all who ask.

    What is wanted and not fresh is loaded in one batch. With `outlives`, an old value counts for as long as
    no newer one can be had.
    """

    def __init__(self, load: Load[V], *, fresh_for: float, at_most: int, outlives: bool) -> None:
        """Load with `load`, which leaves out the keys that stand for nothing."""
        self._load = load
        self._fresh_for = fresh_for
        self._at_most = at_most
        self._outlives = outlives
        self._kept: OrderedDict[str, tuple[float, V]] = OrderedDict()
        self._flights: dict[str, asyncio.Task[None]] = {}
        self._failure: ProstError | None = None
        self._rests_until = float("-inf")

    async def get(self, keys: Sequence[str]) -> dict[str, V]:
        """Return the values of those keys that stand for something.

        Raises:
            ProstError: what loading failed with, where that leaves a key unanswered.
        """
        found, failure = await self.ask(keys)
        if failure is not None:
            raise failure
        return found

    async def ask(self, keys: Sequence[str]) -> tuple[dict[str, V], ProstError | None]:
        """Return what can be had, and the failure that left something out."""
        found = self._fresh(keys)
        old = [key for key in keys if key not in found]
        if not old:
            return found, None
        failure = await self._renew(old)
        found |= {key: self._kept[key][1] for key in old if self._usable(key, failure)}
        is_answered = failure is None or len(found) == len(set(keys))
        return found, None if is_answered else failure

    def _fresh(self, keys: Iterable[str]) -> dict[str, V]:
        now = time.monotonic()
        found = {}
        for key in keys:
            entry = self._kept.get(key)
            if entry is not None and entry[0] > now:
                found[key] = entry[1]
                self._kept.move_to_end(key)
        return found

    def _usable(self, key: str, failure: ProstError | None) -> bool:
        entry = self._kept.get(key)
        if entry is None:
            return False
        return failure is None or self._outlives or entry[0] > time.monotonic()

    async def _renew(self, keys: Sequence[str]) -> ProstError | None:
        """Have keys loaded, those that are on their way already by whoever asked first."""
        new = [key for key in dict.fromkeys(keys) if key not in self._flights]
        resting = time.monotonic() < self._rests_until
        if resting and (not self._outlives or all(key in self._kept for key in keys)):
            return self._failure
        if new:
            flight = asyncio.create_task(self._fly(new), name="prost-cart-load")
            self._flights.update(dict.fromkeys(new, flight))
            flight.add_done_callback(lambda done: self._land(new, done))
        failure = None
        for flight in {self._flights[key] for key in keys}:
            try:
                # A caller who goes away does not take the others' answer along.
                await asyncio.shield(flight)
            except ProstError as error:
                failure = error
        return failure

    async def _fly(self, keys: list[str]) -> None:
        try:
            loaded = await self._load(keys)
        except ProstError as error:
            self._failure = error
            self._rests_until = time.monotonic() + REST
            raise
        expires = time.monotonic() + self._fresh_for
        for key in keys:
            self._kept.pop(key, None)
            if key in loaded:
                self._kept[key] = expires, loaded[key]
        while len(self._kept) > self._at_most:
            self._kept.popitem(last=False)

    def _land(self, keys: Iterable[str], task: asyncio.Task[None]) -> None:
        for key in keys:
            del self._flights[key]
        if not task.cancelled():
            # Everyone who asked may have gone away; an error is then nobody's to hear.
            task.exception()
