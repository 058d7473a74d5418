"""What a process needs from others: started without waiting, retried while away, stopped in order."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import structlog

__all__ = ["Dependencies", "Dependency", "DependencyState"]

_START_TIMEOUT = 5.0
_CHECK_TIMEOUT = 1.0
_CHECKS_VALID_FOR = 1.0
_FIRST_RETRY, _LAST_RETRY = 0.25, 10.0

log = structlog.get_logger(__name__)


class Dependency(Protocol):
    """Something outside the process: a database, a cache, a bucket.

    Without a `required` one the service cannot do its work and is not ready; without another it is degraded.
    """

    @property
    def name(self) -> str:
        """What /health/ready calls it."""

    @property
    def required(self) -> bool:
        """Whether the service is of use without it."""

    async def start(self) -> None:
        """Connect. May raise, and is called again until it does not."""

    async def stop(self) -> None:
        """Let go of all that start() took; called once, also when start() never succeeded."""

    async def check(self) -> None:
        """Return when it works and raise when it does not."""


@dataclass(frozen=True)
class DependencyState:
    """How one dependency was found: `latency_ms` of its check, `error` the class of what it raised."""

    name: str
    required: bool
    state: Literal["up", "down", "starting"]
    latency_ms: float | None = None
    error: str | None = None


class Dependencies:
    """All dependencies of one process."""

    def __init__(self, members: Sequence[Dependency]) -> None:
        """Take them in the order in which they start; they stop in the opposite one."""
        self._members = tuple(members)
        self._started: set[str] = set()
        self._failures: dict[str, str] = {}
        self._retries: list[asyncio.Task[None]] = []
        self._checking: asyncio.Future[tuple[DependencyState, ...]] | None = None
        self._checked_at = float("-inf")

    async def start(self) -> None:
        """Try each once, in parallel; what fails is retried in the background until stop()."""
        results = await asyncio.gather(*map(self._attempt, self._members))
        self._retries = [
            asyncio.create_task(self._retry(member), name=f"start {member.name}")
            for member, succeeded in zip(self._members, results, strict=True)
            if not succeeded
        ]

    async def stop(self) -> None:
        """Stop retrying, then stop each; one that fails does not keep the others from stopping."""
        for task in self._retries:
            task.cancel()
        await asyncio.gather(*self._retries, return_exceptions=True)
        for member in reversed(self._members):
            try:
                async with asyncio.timeout(_START_TIMEOUT):
                    await member.stop()
            except Exception:
                log.exception("dependency_did_not_stop", dependency=member.name)

    async def states(self) -> tuple[DependencyState, ...]:
        """Check all in parallel. Callers within one second share a result, so probes cannot become load."""
        if self._checking is None or time.monotonic() - self._checked_at > _CHECKS_VALID_FOR:
            self._checked_at = time.monotonic()
            self._checking = asyncio.ensure_future(self._check_all())
        return await asyncio.shield(self._checking)

    async def _check_all(self) -> tuple[DependencyState, ...]:
        return tuple(await asyncio.gather(*map(self._state, self._members)))

    async def _attempt(self, member: Dependency) -> bool:
        try:
            async with asyncio.timeout(_START_TIMEOUT):
                await member.start()
        except Exception as error:  # noqa: BLE001 - whatever it is, the process has to come up and say so
            reason = type(error).__name__
            if self._failures.get(member.name) != reason:
                log.warning("dependency_unavailable", dependency=member.name, error=reason, detail=str(error))
            self._failures[member.name] = reason
            return False
        if self._failures.pop(member.name, None):
            log.info("dependency_available", dependency=member.name)
        self._started.add(member.name)
        return True

    async def _retry(self, member: Dependency) -> None:
        pause = _FIRST_RETRY
        while True:
            await asyncio.sleep(pause)
            if await self._attempt(member):
                return
            pause = min(2 * pause, _LAST_RETRY)

    async def _state(self, member: Dependency) -> DependencyState:
        if member.name not in self._started:
            failure = self._failures.get(member.name)
            state: Literal["down", "starting"] = "down" if failure else "starting"
            return DependencyState(member.name, member.required, state, error=failure)
        began = time.perf_counter()
        error = None
        try:
            async with asyncio.timeout(_CHECK_TIMEOUT):
                await member.check()
        except (Exception, asyncio.CancelledError) as found:  # noqa: BLE001 - a check says what is wrong by raising
            error = type(found).__name__
        latency = round(1000 * (time.perf_counter() - began), 2)
        return DependencyState(member.name, member.required, "down" if error else "up", latency, error)
