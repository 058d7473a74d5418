"""The configuration file: refused with every problem at once, followed while it changes."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from prost_cli.devtools.config import Config, ConfigError, Retention, Service
from prost_cli.devtools.server import PortTakenError


def write(path, **document):
    path.write_text(json.dumps(document))
    return path


def test_a_whole_file_is_read(tmp_path):
    file = write(
        tmp_path / "c.json",
        data_dir=str(tmp_path),
        http_port=9400,
        services=[{"name": "catalog", "database_url": "postgresql://x"}, {"name": "gateway"}],
        retention={"logs_bytes": 1000},
    )

    config = Config.load(file)

    assert config.services == (Service("catalog", "postgresql://x"), Service("gateway"))
    assert config.retention == Retention(logs_bytes=1000)
    assert config.data_dir == tmp_path


def test_every_problem_is_told_at_once(tmp_path):
    file = write(
        tmp_path / "c.json",
        http_port=70_000,
        otlp_port=True,
        colour="red",
        services=[{"nam": "a"}],
        retention={"x": 1},
    )

    with pytest.raises(ConfigError) as caught:
        Config.load(file)

    for named in ("http_port", "otlp_port", "colour", "services", "retention", "data_dir"):
        assert named in str(caught.value)


@pytest.mark.parametrize("content", ["", "{", "[]", "null"])
def test_what_is_no_object_is_refused(tmp_path, content):
    (tmp_path / "c.json").write_text(content)

    with pytest.raises(ConfigError, match=r"c\.json"):
        Config.load(tmp_path / "c.json")


async def test_a_service_that_joins_is_seen_and_a_broken_file_is_not(devtools, tmp_path):
    file = write(tmp_path / "c.json", data_dir=str(tmp_path))
    follower = asyncio.create_task(devtools.follow(file))
    await asyncio.sleep(0.1)

    file.write_text("{")
    await asyncio.sleep(1.3)
    assert [service.name for service in devtools.config.services] == ["catalog"]
    write(file, data_dir=str(tmp_path), services=[{"name": "loyalty"}])
    await asyncio.sleep(1.3)

    assert [service.name for service in devtools.config.services] == ["loyalty"]
    follower.cancel()


async def test_a_taken_port_is_named(serve):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(PortTakenError, match=str(port)):
            async with serve(smtp_port=port):
                pass
