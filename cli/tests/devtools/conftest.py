"""A devtools process inside the test's own event loop, on free ports and a folder of its own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from prost_cli.devtools.config import Config, Service
from prost_cli.devtools.server import Devtools


@pytest.fixture
def serve(tmp_path):
    """Return a context manager that runs devtools with settings of the test's choice."""

    @asynccontextmanager
    async def run(**settings):
        values = {"data_dir": tmp_path / "data", "http_port": 0, "otlp_port": 0, "smtp_port": 0}
        devtools = Devtools(Config(**{**values, **settings}))
        async with devtools.running():
            yield devtools

    return run


@pytest.fixture
async def devtools(serve, tmp_path):
    """Devtools with one service and an empty log folder."""
    logs = tmp_path / "logs"
    logs.mkdir()
    async with serve(services=(Service("catalog"),), log_dir=logs) as running:
        yield running


@pytest.fixture
async def http(devtools):
    """Give a client of the dashboard's port."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{devtools.http_port}") as session:
        yield session


@pytest.fixture
async def otlp(devtools):
    """Give a client of the receiver's port."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{devtools.otlp_port}") as session:
        yield session


@pytest.fixture
def logs(tmp_path):
    """Give the folder that the stack writes its log files to."""
    return Path(tmp_path / "logs")
