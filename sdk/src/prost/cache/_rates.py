"""Rate limits shared by all processes of a service."""

import contextlib
import math
from dataclasses import dataclass
from typing import Self

from prost.cache._link import Down, Link, url_of
from prost.errors import TooManyRequests
from prost.settings import Settings
from prost.spec import Rate

__all__ = ["RateLimiter", "Verdict"]

# The generic cell rate algorithm: one number per key, the time at which the bucket is full again. Times are
# microseconds by Redis's clock, so that servers with different clocks agree.
_GCRA = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local next = full + interval * cost
if next - now > window then
  return {0, math.floor((window - (full - now)) / interval), next - now - window}
end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return {1, math.floor((window - (next - now)) / interval), 0}
"""


@dataclass(frozen=True)
class Verdict:
    """Whether a call may go on, how many may follow at once, and else the seconds to wait."""

    allowed: bool
    remaining: int
    retry_after: float = 0.0


class RateLimiter:
    """Counts calls by key in Redis. With Redis gone every call is allowed, and a log line says so."""

    name = "rate-limits"
    required = False

    def __init__(self, url: str, *, service: str) -> None:
        """Count at `url` under keys that begin with `service`."""
        self._prefix = f"{service}:rate:"
        self._link = Link(url, without_it="rate limits are not enforced")
        self._gcra = self._link.client.register_script(_GCRA)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Make the limiter of the settings' service.

        Raises:
            ValueError: PROST_REDIS_URL is not set.
        """
        return cls(url_of(settings), service=settings.service)

    async def start(self) -> None:
        """Connect with the first call."""

    async def stop(self) -> None:
        """Let go of Redis."""
        await self._link.close()

    async def check(self) -> None:
        """Return always: without Redis limits are off, which is no reason to take the service away."""

    async def count(self, key: str, rate: Rate, cost: int = 1) -> Verdict:
        """Count a call of weight `cost` against `key`, if it may go on.

        All of the rate's requests may come at once; then they become free again one by one.
        """
        window = rate.seconds * 1_000_000
        arguments = [max(1, window // rate.requests), window, cost]
        try:
            allowed, remaining, wait = await self._link.call(
                lambda: self._gcra(keys=[self._prefix + key], args=arguments)
            )
        except Down:
            return Verdict(allowed=True, remaining=rate.requests)
        return Verdict(bool(allowed), max(0, remaining), wait / 1_000_000)

    async def forget(self, key: str) -> None:
        """Let `key` begin anew, as if it had never been counted."""
        with contextlib.suppress(Down):
            await self._link.call(lambda: self._link.client.delete(self._prefix + key))

    async def require(self, key: str, rate: Rate, cost: int = 1) -> None:
        """Count a call, or refuse it.

        Raises:
            TooManyRequests: the key is over its rate.
        """
        verdict = await self.count(key, rate, cost)
        if not verdict.allowed:
            raise TooManyRequests("Too many requests.", retry_after=math.ceil(verdict.retry_after))
