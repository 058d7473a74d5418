"""An S3 store for the tests that move objects."""

import os
from collections.abc import Iterator

import pytest

from prost.testing import servers

__all__ = ["objects_url"]


@pytest.fixture(scope="session")
def objects_url() -> Iterator[str]:
    """Give the URL of an S3 store, with its key and secret; the run's tests share its buckets."""
    given = os.environ.get("PROST_TEST_OBJECTS_URL")
    if given:
        yield given
        return
    server = servers.seaweedfs()
    yield server.url
    server.stop()
