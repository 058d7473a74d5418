import pytest

from prost.testing.servers import free_port


@pytest.fixture
def unused_port():
    return free_port()
