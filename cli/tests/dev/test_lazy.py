"""A process that only the first connection to its port starts, and no connection is lost over it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from prost_cli.dev import ports
from prost_cli.dev.children import Nursery
from prost_cli.dev.logs import LogFile
from prost_cli.dev.records import RECORDS, Records
from prost_cli.dev.runner import Runner
from prost_cli.dev.servers import storefront
from prost_cli.dev.signals import Signal
from prost_cli.dev.stack import Stack
from prost_cli.dev.unit import Kind, State, Unit
from prost_cli.frontend import install_packages
from prost_cli.workspace import Workspace

pytestmark = pytest.mark.enable_socket

ROOT = Path(__file__).parents[3]

# Tells each who connects its own number; ends well when it is sent "end".
SERVER = """
import os, socket, time
time.sleep(0.3)
listener = socket.socket(fileno=int(os.environ["LISTEN_FD"]))
said = b""
while said != b"end":
    connection, _ = listener.accept()
    with connection:
        said = connection.recv(16)
        connection.sendall(str(os.getpid()).encode())
"""


@asynccontextmanager
async def running(unit, folder):
    """Run a unit whose process nobody has asked for yet."""
    nursery = Nursery()
    nursery.watch()
    runner = Runner(
        unit,
        log=LogFile(folder / "unit.log"),
        nursery=nursery,
        records=Records(folder / RECORDS),
        changed=Signal(),
        is_up=lambda _name: True,
    )
    runner.start()
    await state(runner, State.IDLE)
    yield runner
    await runner.stop()


@pytest.fixture
async def runner(tmp_path):
    argv, port = (sys.executable, "-c", SERVER), ports.pick(avoid=())
    unit = Unit("server", Kind.SERVER, argv=argv, env=dict(os.environ), port=port, lazy=True)
    async with running(unit, tmp_path) as made:
        yield made


@pytest.fixture
async def shop(tmp_path):
    """Run the storefront of this checkout from its sources."""
    install_packages(Workspace(ROOT))
    (tmp_path / "frontend").symlink_to(ROOT / "frontend")
    stack = Stack(Workspace(tmp_path), "default")
    (unit,) = storefront.units(stack)
    async with running(unit, tmp_path) as made:
        yield made


async def state(runner, wanted):
    async with asyncio.timeout(10):
        await runner._changed.until(lambda: runner.state is wanted)


async def ask(runner, text):
    """Connect, say something and return the first line of the answer."""
    async with asyncio.timeout(60):
        reader, writer = await asyncio.open_connection("127.0.0.1", runner.unit.port)
        writer.write(text)
        answer = await reader.readline()
        writer.close()
    return answer.decode().strip()


async def say(runner, text):
    return int(await ask(runner, text))


async def test_it_counts_as_up_while_nobody_needs_it(runner):
    report = runner.report()

    assert runner.is_up
    assert (report["state"], report["pid"], report["restarts"]) == ("idle", None, 0)


async def test_the_connection_that_starts_it_is_answered(runner):
    answer = await say(runner, b"hello")

    assert answer == runner.report()["pid"]


async def test_connections_that_come_while_it_starts_are_all_answered_by_one_process(runner):
    answers = await asyncio.gather(*(say(runner, b"hello") for _ in range(20)))

    assert answers == [runner.report()["pid"]] * 20


async def test_when_it_has_ended_well_the_next_connection_starts_it_again(runner):
    first = await say(runner, b"end")
    await state(runner, State.IDLE)

    second = await say(runner, b"hello")

    assert second != first
    assert runner.report()["restarts"] == 0


async def test_killed_it_comes_back_by_itself(runner):
    first = await say(runner, b"hello")

    os.kill(first, signal.SIGKILL)
    await state(runner, State.BACKOFF)
    await state(runner, State.READY)

    assert runner.report()["pid"] != first
    assert await say(runner, b"hello") == runner.report()["pid"]


async def test_stopped_it_refuses_connections(runner):
    await runner.stop()

    with pytest.raises(ConnectionRefusedError):
        await say(runner, b"hello")


async def test_a_port_that_another_listens_on_is_taken_when_it_is_free(runner):
    await runner.stop()
    async with await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", runner.unit.port):
        runner.start()
        await state(runner, State.BACKOFF)
        problem = runner.problem

    await state(runner, State.IDLE)

    assert problem.startswith(f"port {runner.unit.port} cannot be listened on: ")
    assert runner.problem == ""


async def test_the_storefront_answers_the_request_that_started_it(shop):
    answer = await ask(shop, b"GET /@vite/client HTTP/1.1\r\nHost: shop\r\n\r\n")

    assert answer == "HTTP/1.1 200 OK"


async def test_the_storefront_opens_the_web_socket_of_hot_reload_on_its_one_port(shop):
    answer = await ask(
        shop,
        b"GET / HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2l4dGVlbiBieXRlcyEhIQ==\r\n"
        b"Sec-WebSocket-Protocol: vite-ping\r\n\r\n",
    )

    assert answer == "HTTP/1.1 101 Switching Protocols"
