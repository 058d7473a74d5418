"""An empty Redis for every test."""

import os
from collections.abc import Iterator

import pytest
import redis

from prost.testing import servers

__all__ = ["redis_server", "redis_url"]


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Give the URL of a Redis or Valkey whose database the run may empty."""
    given = os.environ.get("PROST_TEST_REDIS_URL")
    if given:
        yield given
        return
    server = servers.valkey()
    yield server.url
    server.stop()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """Give the URL of a Redis database that is empty when the test begins."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
    return redis_server
