"""The part of the byte cache that is in Redis, where generations make a stale value unreachable."""

import asyncio
import contextlib
import hashlib
import random
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from redis import Redis

from prost.cache._link import TIMEOUT, Down, Link, url_of
from prost.settings import Settings

__all__ = ["RemoteCache", "Slot", "invalidate"]

#: Seconds that a process waits for another one's load before it loads on its own.
LOCK_WAIT = 2.0
#: Milliseconds after which a load that never ended stops holding others up.
LOCK_MILLISECONDS = 5_000
#: Keys longer than this are stored under their digest.
MAX_KEY = 160

# A value is stored under its namespace's generation as it was before the load began. Invalidation replaces
# the generation, so a load that saw the old state can only ever write where nobody looks any more. A lost
# generation gets a new random name, never an old one.
_FETCH = """
local generation = redis.call('GET', KEYS[1])
if not generation then
  generation = ARGV[2]
  redis.call('SET', KEYS[1], generation)
end
local entry = KEYS[1] .. ':' .. generation
local value = redis.call('GET', entry .. ':value:' .. ARGV[1])
if value then
  return {generation, value, redis.call('PTTL', entry .. ':value:' .. ARGV[1])}
end
local locked = redis.call('SET', entry .. ':lock:' .. ARGV[1], ARGV[3], 'NX', 'PX', ARGV[4])
return {generation, false, locked and 1 or 0}
"""
_STORE = """
local entry = KEYS[1] .. ':' .. ARGV[2]
if ARGV[5] ~= '0' and redis.call('GET', KEYS[1]) == ARGV[2] then
  redis.call('SET', entry .. ':value:' .. ARGV[1], ARGV[4], 'PX', ARGV[5])
end
if redis.call('GET', entry .. ':lock:' .. ARGV[1]) == ARGV[3] then
  redis.call('DEL', entry .. ':lock:' .. ARGV[1])
end
"""


@dataclass
class Slot:
    """Where a value goes in Redis, and the generation that was read before it was loaded."""

    generation_key: str
    key: str
    generation: bytes = b""
    token: str = field(default_factory=lambda: secrets.token_hex(8))


class RemoteCache:
    """Values in Redis under `service`, and the channel that tells of invalidations."""

    def __init__(self, link: Link, service: str) -> None:
        """Use `link`; a call on a link that is down does nothing."""
        self.channel = _channel(service)
        self._service = service
        self._link = link
        self._fetch = link.client.register_script(_FETCH)
        self._store = link.client.register_script(_STORE)

    def slot(self, namespace: str, key: str) -> Slot:
        """Return the place of a value."""
        return Slot(_generation_key(self._service, namespace), _short(key))

    async def find(self, slot: Slot) -> tuple[bytes, float] | None:
        """Return the value in Redis and its remaining seconds, or None when it is ours to load."""
        latest = time.monotonic() + LOCK_WAIT
        pause = 0.005
        while True:
            try:
                slot.generation, value, number = await self._link.call(lambda: self._ask(slot))
            except Down:
                return None
            if value is not None:
                return value, number / 1000
            if number or time.monotonic() > latest:
                return None
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - it only spreads load.
            pause = min(2 * pause, 0.05)

    async def _ask(self, slot: Slot) -> tuple[bytes, bytes | None, int]:
        arguments: list[str | int] = [slot.key, secrets.token_hex(8), slot.token, LOCK_MILLISECONDS]
        generation, value, number = await self._fetch(keys=[slot.generation_key], args=arguments)
        return generation, value, number

    async def settle(self, slot: Slot, value: bytes, lifetime: float) -> None:
        """Store the value, unless its lifetime is 0, and let others at the slot."""
        if not slot.generation:
            return
        arguments: list[str | bytes | int] = [
            slot.key,
            slot.generation,
            slot.token,
            value,
            int(lifetime * 1000),
        ]
        with contextlib.suppress(Down):
            await self._link.call(lambda: self._store(keys=[slot.generation_key], args=arguments))

    async def tell(self, namespaces: Iterable[str]) -> None:
        """Replace the generations of these namespaces and tell every process. Raises what redis raises."""
        async with self._link.client.pipeline(transaction=True) as pipeline:
            for namespace in namespaces:
                pipeline.set(_generation_key(self._service, namespace), secrets.token_hex(8))
                pipeline.publish(self.channel, namespace)
            await pipeline.execute()


def invalidate(settings: Settings, *namespaces: str) -> None:
    """Forget these namespaces in every process, from code that has no event loop: a consumer or a seed.

    Raises:
        ValueError: PROST_REDIS_URL is not set.
        redis.RedisError: Redis cannot be told; the caller's retry tells it again.
    """
    with (
        Redis.from_url(
            url_of(settings), socket_timeout=10 * TIMEOUT, socket_connect_timeout=10 * TIMEOUT
        ) as client,
        client.pipeline(transaction=True) as pipeline,
    ):
        for namespace in namespaces:
            pipeline.set(_generation_key(settings.service, namespace), secrets.token_hex(8))
            pipeline.publish(_channel(settings.service), namespace)
        pipeline.execute()


def _generation_key(service: str, namespace: str) -> str:
    # The braces keep a namespace's keys on one node of a cluster.
    return f"{{{service}:cache:{namespace}}}"


def _channel(service: str) -> str:
    return f"{service}:cache:news"


def _short(key: str) -> str:
    return key if len(key) <= MAX_KEY else hashlib.blake2b(key.encode(), digest_size=20).hexdigest()
