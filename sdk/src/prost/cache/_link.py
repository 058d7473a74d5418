"""A Redis client that fails fast: one slow answer, and nobody waits again until a probe got through."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from prost.settings import Settings

__all__ = ["Down", "Link", "url_of"]

T = TypeVar("T")

#: Seconds that Redis has for connecting, and for each answer.
TIMEOUT = 0.25
#: Seconds between probes of a Redis that is down.
PROBE_INTERVAL = 0.25
#: Connections that one process keeps at most.
MAX_CONNECTIONS = 32

FAILURES = (RedisError, OSError, TimeoutError)

logger = logging.getLogger(__name__)


class Down(Exception):
    """Redis is not answering, or did not a moment ago."""


class Link:
    """The way to one Redis, open until a call fails and again once a probe in the background succeeds."""

    def __init__(self, url: str, *, without_it: str, timeout: float = TIMEOUT) -> None:
        """Reach `url`; `without_it` ends the log line that tells of a failure.

        Redis has `timeout` seconds for each answer: few where it only saves time, more where it keeps what
        nobody else has.
        """
        self.client: Redis = Redis.from_pool(
            BlockingConnectionPool.from_url(
                url,
                max_connections=MAX_CONNECTIONS,
                # Waiting for a busy connection says nothing about the server.
                timeout=10 * timeout,
                socket_timeout=timeout,
                socket_connect_timeout=timeout,
                # A retry would double what a request pays for a dead server.
                retry=Retry(NoBackoff(), 0),
            )
        )
        self.on_recovery: list[Callable[[], Awaitable[Any]]] = []
        self._without_it = without_it
        self._probe: asyncio.Task[None] | None = None

    @property
    def open(self) -> bool:
        """Whether calls are tried at all."""
        return self._probe is None

    async def call(self, command: Callable[[], Awaitable[T]]) -> T:
        """Await one command.

        Raises:
            Down: it failed or, at no cost, an earlier one failed and no probe succeeded since.
        """
        if self._probe is not None:
            raise Down
        try:
            return await command()
        except FAILURES as error:
            self._shut(error)
            raise Down from error

    async def close(self) -> None:
        """Stop probing and drop the connections."""
        if self._probe is not None:
            self._probe.cancel()
            await asyncio.gather(self._probe, return_exceptions=True)
        await self.client.aclose()

    def _shut(self, error: Exception) -> None:
        if self._probe is None:
            logger.warning("redis is not answering (%s): %s until it is back", error, self._without_it)
            self._probe = asyncio.create_task(self._reopen(), name="prost-redis-probe")

    async def _reopen(self) -> None:
        while True:
            await asyncio.sleep(PROBE_INTERVAL)
            try:
                await self.client.ping()
                for recover in self.on_recovery:
                    await recover()
            except FAILURES:
                continue
            logger.info("redis is back")
            self._probe = None
            return


def url_of(settings: Settings) -> str:
    """Return the settings' Redis URL.

    Raises:
        ValueError: PROST_REDIS_URL is not set.
    """
    if settings.redis_url is None:
        raise ValueError("PROST_REDIS_URL is not set, and this service needs Redis.")
    return settings.redis_url.get_secret_value()
