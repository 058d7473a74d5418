"""A byte cache in two levels: this process's memory, kept true by Redis's news, over Redis itself."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Self

from redis.asyncio.client import PubSub

from prost.cache._link import Down, Link, url_of
from prost.cache._local import LocalCache
from prost.cache._remote import RemoteCache
from prost.errors import Unavailable
from prost.settings import Settings

__all__ = ["ByteCache"]

#: Seconds between heartbeats on the channel of news, and for how long the last one vouches for memory.
HEARTBEAT = 1.0
TRUST = 3.0
#: The share of a lifetime that chance takes off, so that what was stored together does not expire together.
JITTER = 0.1
logger = logging.getLogger(__name__)

Load = Callable[[], Awaitable[bytes]]


class ByteCache:
    """Bytes by namespace and key, loaded once however many ask, and forgotten by namespace in O(1).

    With Redis gone every miss is loaded directly, once at a time per process, and nothing is served that an
    invalidation may have missed. Lifetimes are seconds.
    """

    name = "redis"
    required = False

    def __init__(self, url: str, *, service: str, max_bytes: int = 64 * 1024 * 1024) -> None:
        """Keep at most `max_bytes` in memory, and the rest at `url` under keys that begin with `service`."""
        self._local = LocalCache(max_bytes)
        self._link = Link(url, without_it="values are loaded each time they are asked for")
        self._link.on_recovery.append(self._tell_what_was_missed)
        self._remote = RemoteCache(self._link, service)
        self._flights: dict[tuple[str, str, int], asyncio.Task[bytes]] = {}
        self._telling: set[asyncio.Task[None]] = set()
        self._untold: set[str] = set()
        self._listener: asyncio.Task[None] | None = None

    @classmethod
    def from_settings(cls, settings: Settings, *, max_bytes: int = 64 * 1024 * 1024) -> Self:
        """Make the cache of the settings' service.

        Raises:
            ValueError: PROST_REDIS_URL is not set.
        """
        return cls(url_of(settings), service=settings.service, max_bytes=max_bytes)

    async def start(self) -> None:
        """Begin to listen for invalidations; until that works, nothing is served from memory."""
        self._listener = asyncio.create_task(self._listen(), name="prost-cache-news")

    async def stop(self) -> None:
        """Stop listening, give up the loads in hand, tell of what was invalidated and let go of Redis."""
        await asyncio.gather(*self._telling, return_exceptions=True)
        tasks = [*self._flights.values(), *([self._listener] if self._listener else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._listener = None
        await self._link.close()

    async def check(self) -> None:
        """Return when Redis answers.

        Raises:
            Unavailable: it does not; the service is slower and still right.
        """
        try:
            await self._link.call(self._link.client.ping)
        except Down as error:
            raise Unavailable("Redis did not answer in time.") from error

    def peek(self, namespace: str, key: str) -> bytes | None:
        """Return what this process's memory has, in about a microsecond, else None."""
        return self._local.get(namespace, key)

    async def get_or_load(self, namespace: str, key: str, load: Load, ttl: float) -> bytes:
        """Return the value from memory, from Redis or from `load`, which runs once for all who ask.

        What `load` raises is raised to each of them and is not kept. It runs in a task of its own, so that a
        caller who goes away does not take the others' answer along.
        """
        held = self._local.get(namespace, key)
        if held is not None:
            return held
        # Who asks after an invalidation never joins a load from before it.
        flight = (namespace, key, self._local.horizon(namespace))
        task = self._flights.get(flight)
        if task is None:
            task = asyncio.create_task(self._load(namespace, key, load, ttl))
            self._flights[flight] = task
            task.add_done_callback(lambda done: self._land(flight, done))
        return await asyncio.shield(task)

    async def invalidate(self, *namespaces: str) -> None:
        """Forget these namespaces here and in every process; what is being loaded now is not kept.

        With Redis gone this process forgets at once, and the others are told when it is back. They are told
        even when the caller goes away.
        """
        telling = asyncio.create_task(self._invalidate(namespaces))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)
        await asyncio.shield(telling)

    async def _invalidate(self, namespaces: Iterable[str]) -> None:
        # Twice, so that neither a load from before nor one that still met the old generation is kept.
        self._forget(namespaces)
        try:
            await self._link.call(lambda: self._remote.tell(namespaces))
        except Down:
            self._untold.update(namespaces)
        self._forget(namespaces)

    async def _load(self, namespace: str, key: str, load: Load, ttl: float) -> bytes:
        born = self._local.now
        slot = self._remote.slot(namespace, key)
        found = await self._remote.find(slot)
        if found is not None:
            value, rest = found
            self._local.put(namespace, key, value, ttl=rest, born=born)
            return value
        lifetime = ttl * (1 - JITTER * random.random())  # noqa: S311 - it only spreads load.
        try:
            value = await load()
        except BaseException:
            await self._remote.settle(slot, b"", 0)
            raise
        await self._remote.settle(slot, value, lifetime)
        self._local.put(namespace, key, value, ttl=lifetime, born=born)
        return value

    def _land(self, flight: tuple[str, str, int], task: asyncio.Task[bytes]) -> None:
        self._flights.pop(flight, None)
        if not task.cancelled():
            # Everyone who asked may have gone away; an error is then nobody's to hear.
            task.exception()

    def _forget(self, namespaces: Iterable[str]) -> None:
        for namespace in namespaces:
            self._local.invalidate(namespace)

    async def _tell_what_was_missed(self) -> None:
        # What is invalidated meanwhile may be among what is just being told, and is told again.
        while self._untold:
            telling, self._untold = self._untold, set()
            try:
                await self._remote.tell(telling)
            except BaseException:
                self._untold |= telling
                raise

    async def _listen(self) -> None:
        while True:
            try:
                async with self._link.client.pubsub() as news:
                    await news.subscribe(self._remote.channel)
                    await self._follow(news)
            except Exception as error:  # noqa: BLE001 - whatever ends it, listening begins again.
                logger.info("the cache's news are cut off (%r): nothing is served from memory", error)
            finally:
                self._local.clear()
            await asyncio.sleep(HEARTBEAT * random.uniform(0.2, 0.5))  # noqa: S311 - it only spreads load.

    async def _follow(self, news: PubSub) -> None:
        """Apply the news for as long as heartbeats come back.

        An answered heartbeat proves that all news from before it was sent have arrived; one is under way at
        a time, so that there is no doubt which one was answered.
        """
        sent = 0.0
        latest = time.monotonic() + TRUST
        due = False
        while True:
            now = time.monotonic()
            if now > latest:
                raise TimeoutError("no heartbeat")
            if due and now >= sent + HEARTBEAT:
                sent, due = now, False
                await news.ping()
            message = await news.get_message(timeout=HEARTBEAT / 4)
            if message is None:
                continue
            if message["type"] == "subscribe":
                # Loads that began before this moment may have missed news.
                self._local.clear()
                due = True
            elif message["type"] == "message":
                self._local.invalidate(message["data"].decode())
            elif message["type"] == "pong":
                latest = self._local.trusted_until = sent + TRUST
                due = True
