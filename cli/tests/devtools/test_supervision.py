"""The services page, asked of the supervisor's own control server."""

from __future__ import annotations

import asyncio
import os
from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp import web

from prost_cli.dev.server import ControlServer
from prost_cli.errors import CliError


class FakeSupervisor:
    """A supervisor of one service whose web process listens on `port`."""

    def __init__(self, socket, port):
        self.stack = SimpleNamespace(socket=socket)
        self.port = port
        self.restarted = []

    def status(self):
        unit = {
            "name": "catalog:web", "kind": "service", "service": "catalog", "state": "ready",
            "port": self.port, "pid": os.getpid(), "restarts": 2, "failing": False,
            "problem": "<b>was slow</b>", "since": 0,
        }  # fmt: skip
        return {
            "phase": "healthy",
            "urls": {"gateway": "http://127.0.0.1:8080"},
            "units": [unit],
            "notices": [],
        }

    async def restart(self, names):
        if names != ["catalog:web"]:
            raise CliError("nothing has that name")
        self.restarted += names


@pytest.fixture
async def service():
    """Give the port of a service that reports a dependency as down."""

    async def ready(_request):
        dependencies = [{"name": "postgres", "state": "up"}, {"name": "objects", "state": "down"}]
        return web.json_response({"state": "degraded", "dependencies": dependencies})

    app = web.Application()
    app.router.add_get("/health/ready", ready)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@pytest.fixture
async def supervised(serve, tmp_path, service):
    """Give (client, supervisor) of a dashboard under a supervisor."""
    supervisor = FakeSupervisor(tmp_path / "control.sock", service)
    async with (
        ControlServer(supervisor),
        serve(control_socket=supervisor.stack.socket) as devtools,
        aiohttp.ClientSession(f"http://127.0.0.1:{devtools.http_port}") as session,
    ):
        yield session, supervisor


async def test_a_process_is_shown_with_memory_latency_and_dependencies(supervised):
    session, _ = supervised

    document = await (await session.get("/api/services")).json()
    text = await (await session.get("/")).text()

    (unit,) = document["units"]
    assert (document["problem"], document["up"]) == ("", 1)
    assert unit["memory"] > 1_000_000
    assert unit["health"]["status"] == 200
    assert unit["health"]["latency"] > 0
    assert [each["name"] for each in unit["health"]["dependencies"]] == ["postgres", "objects"]
    assert "&lt;b&gt;was slow&lt;/b&gt;" in text
    assert 'class="check bad" title="down">objects' in text


async def test_a_process_is_restarted_by_its_name(supervised):
    session, supervisor = supervised

    done = await session.post("/api/services/catalog:web/restart")
    unknown = await session.post("/api/services/nothing/restart")

    assert (done.status, unknown.status) == (204, 409)
    assert supervisor.restarted == ["catalog:web"]
    assert (await unknown.json(content_type=None))["detail"] == "nothing has that name"


async def test_a_service_that_does_not_answer_is_shown_so(supervised):
    session, supervisor = supervised
    supervisor.port = 1

    text = await (await session.get("/")).text()

    assert "no answer" in text


async def test_a_missing_supervisor_is_told_and_the_page_stands(http):
    text = await (await http.get("/")).text()

    assert "this process was started without a supervisor" in text


@pytest.mark.parametrize("answer", [b"", b"{\n", b"[]\n", b"\xff\n"])
async def test_an_answer_that_makes_no_sense_is_told(serve, tmp_path, answer):
    async def speak(reader, writer):
        await reader.readline()
        writer.write(answer)
        writer.close()

    path = tmp_path / "control.sock"
    server = await asyncio.start_unix_server(speak, path)
    async with serve(control_socket=path) as devtools, aiohttp.ClientSession() as session:
        document = await (await session.get(f"http://127.0.0.1:{devtools.http_port}/api/services")).json()

    assert document["problem"].startswith("the supervisor")
    server.close()
