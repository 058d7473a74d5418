"""The process as the supervisor runs it."""

from __future__ import annotations

import asyncio
import json
import smtplib
import socket
import sys
from contextlib import asynccontextmanager

import aiohttp
import pytest


@pytest.fixture
def ports():
    """Give three free ports."""
    sockets = [socket.socket() for _ in range(3)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    found = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return dict(zip(("http_port", "otlp_port", "smtp_port"), found, strict=True))


@pytest.fixture
def config(tmp_path, ports):
    """Give the path of a configuration file."""
    path = tmp_path / "devtools.json"
    path.write_text(json.dumps({"data_dir": str(tmp_path / "data"), **ports}))
    return path


@asynccontextmanager
async def started(config, ports):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "prost_cli.devtools", "--config", config
    )
    async with aiohttp.ClientSession(f"http://127.0.0.1:{ports['http_port']}") as session:
        await asyncio.wait_for(until_it_answers(session), 20)
        yield process, session
    if process.returncode is None:
        process.kill()
        await process.wait()


async def until_it_answers(session):
    try:
        await session.get("/api/health")
    except aiohttp.ClientConnectionError:
        await asyncio.sleep(0.05)
        await until_it_answers(session)


async def test_what_was_accepted_is_there_after_kill_minus_nine(config, ports):
    line = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "kept"}}]}]}]}
    async with started(config, ports) as (process, session):
        answer = await session.post(f"http://127.0.0.1:{ports['otlp_port']}/v1/logs", json=line)
        with smtplib.SMTP("127.0.0.1", ports["smtp_port"], timeout=5) as smtp:
            smtp.sendmail("a@example.org", ["b@example.org"], "Subject: kept\r\n\r\nx")
        keys = await (await session.get("/issuer/jwks.json")).json()
        process.kill()
        await process.wait()
        assert answer.status == 200

    async with started(config, ports) as (_, session):
        logs = await (await session.get("/api/logs")).json()
        mails = await (await session.get("/api/mails")).json()

        assert [each["message"] for each in logs["items"]] == ["kept"]
        assert [each["subject"] for each in mails["items"]] == ["kept"]
        assert await (await session.get("/issuer/jwks.json")).json() == keys


async def test_its_files_are_its_owners_alone(config, ports, tmp_path):
    async with started(config, ports):
        modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "data").iterdir()}

    assert modes == {0}


async def test_sigterm_ends_it_at_once_though_someone_follows(config, ports):
    async with started(config, ports) as (process, session):
        stream = await session.get("/api/logs/stream")
        await stream.content.readline()

        process.terminate()

        assert await asyncio.wait_for(process.wait(), 5) == 0
        assert await stream.content.read() == b"\n"


async def test_a_wrong_configuration_ends_it_with_a_message(tmp_path):
    (tmp_path / "c.json").write_text("{}")

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "prost_cli.devtools",
        "--config",
        tmp_path / "c.json",
        stderr=asyncio.subprocess.PIPE,
    )
    _, message = await process.communicate()

    assert process.returncode == 2
    assert b"data_dir is missing" in message
    assert b"Traceback" not in message


async def test_a_taken_port_ends_it_with_a_message(config, ports):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports["smtp_port"]))
        taken.listen()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "prost_cli.devtools", "--config", config, stderr=asyncio.subprocess.PIPE
        )
        _, message = await process.communicate()

    assert process.returncode == 3
    assert f"port {ports['smtp_port']} is taken".encode() in message


async def test_what_only_some_requests_need_is_not_loaded_before_them():
    code = (
        "import sys, prost_cli.devtools.__main__\n"
        "print(sorted({'aiosmtpd', 'jinja2', 'joserfc', 'psutil', 'psycopg2'} & set(sys.modules)))"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)

    printed, _ = await process.communicate()

    assert printed == b"[]\n"
