"""Limits that all processes share through Redis, and that each holds alone while Redis is gone."""

import contextlib
import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from prost.cache import RateLimiter
from prost.db import in_db
from prost.errors import TooManyRequests, Unavailable
from prost.settings import Settings
from prost.spec import Rate
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.limits import NOTED
from prost_auth.use_cases.audit import record

__all__ = ["LocalLimits", "Throttle"]

_KEYS: Final = 50_000


class LocalLimits:
    """Counts by key in this process, with the generic cell rate algorithm, as `RateLimiter` does in Redis.

    The keys that were used last are kept, so memory is bounded.
    """

    def __init__(self, keys: int = _KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        """Keep at most this many keys."""
        self._keys = keys
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def count(self, key: str, rate: Rate) -> float:
        """Count a call if it may go on, and return the seconds to wait: 0 when it may."""
        now = self._clock()
        full = max(self._full_at.get(key, now), now) + rate.seconds / rate.requests
        if full - now > rate.seconds:
            return full - now - rate.seconds
        self._full_at[key] = full
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._keys:
            self._full_at.popitem(last=False)
        return 0.0

    def forget(self, key: str) -> None:
        """Let `key` begin anew."""
        self._full_at.pop(key, None)


class Throttle:
    """Refuses what is tried too often, and says so in the log of security events.

    Every call is counted twice: in Redis, where all processes meet and which survives their restarts, and
    here. Without Redis `RateLimiter` lets everything pass, and what is counted here still holds.
    """

    def __init__(self, settings: Settings) -> None:
        """Count in the settings' Redis."""
        self.shared = RateLimiter.from_settings(settings)
        self._local = LocalLimits()

    async def require(self, what: str, caller: Caller, *limits: tuple[str, Rate]) -> None:
        """Count a call of this name under each (key, rate), or refuse it at the first that is over.

        Raises:
            TooManyRequests: saying when to come back.
        """
        for key, rate in limits:
            hidden = _hidden(what, key)
            wait = await self._count(hidden, rate)
            if wait > 0:
                await self.note(Kind.THROTTLED, hidden, caller, what=what)
                raise TooManyRequests("Too many attempts.", retry_after=max(1, math.ceil(wait)))

    async def forget(self, what: str, key: str) -> None:
        """Let a key begin anew: whoever has shown that they need not guess."""
        hidden = _hidden(what, key)
        self._local.forget(hidden)
        await self.shared.forget(hidden)

    async def _count(self, key: str, rate: Rate) -> float:
        wait = self._local.count(key, rate)
        if wait > 0:
            return wait
        verdict = await self.shared.count(key, rate)
        return 0.0 if verdict.allowed else max(verdict.retry_after, 1.0)

    async def note(self, kind: Kind, key: str, caller: Caller, **detail: object) -> None:
        """Write a refusal into the log, once a minute for a key: who hammers must not fill it."""
        if await self._count(f"noted:{key}", NOTED) == 0:
            # A database that is away must not turn a refusal into another answer.
            with contextlib.suppress(Unavailable):
                await in_db(record, kind, caller.account_id, ip=caller.ip, device=caller.device, **detail)


def _hidden(what: str, key: str) -> str:
    # Redis need not know who signs in.
    return f"{what}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
