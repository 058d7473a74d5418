"""Log files followed into the ring buffer."""

from __future__ import annotations

import asyncio
import json
import shutil

from prost_cli.devtools.tail import parse_line


async def lines(devtools, expected):
    """Return (process, message) of all log lines once there are `expected` of them."""

    def query(connection):
        return [tuple(row) for row in connection.execute("SELECT process, message FROM logs ORDER BY id")]

    async with asyncio.timeout(5):
        async for _ in devtools.store.changes(at_most=0.05):
            found = await devtools.store.read(query)
            if len(found) >= expected:
                return found
    raise AssertionError("the store was closed")


def test_a_structlog_line_keeps_its_level_time_and_trace():
    line = {
        "event": "product changed",
        "level": "warning",
        "timestamp": "2026-01-02T03:04:05Z",
        "trace_id": "ab" * 16,
        "sku": "X1",
    }

    log = parse_line(json.dumps(line).encode(), "catalog", "catalog-web")

    assert (log.message, log.level, log.time, log.trace_id) == (
        "product changed",
        13,
        1767323045.0,
        "ab" * 16,
    )
    assert json.loads(log.detail) == {"sku": "X1"}


def test_a_plain_line_loses_its_colours_and_its_level_is_guessed():
    log = parse_line(b"\x1b[31mERROR\x1b[0m:  cannot \x1b]0;title\x07open", "postgres", "postgres")

    assert (log.message, log.level) == ("ERROR:  cannot open", 17)


def test_a_leading_timestamp_becomes_the_time():
    log = parse_line(b"2026-01-02T03:04:05.678+00:00 prost: started", "catalog", "catalog-web")

    assert (log.message, log.time) == ("prost: started", 1767323045.678)


def test_an_access_log_line_without_a_message_gets_one():
    log = parse_line(b'{"method": "GET", "path": "/api", "status": 200}', "gateway", "gateway")

    assert log.message == "GET /api 200"


def test_hostile_lines_become_text():
    assert parse_line(b'{"level": {"a": []}, "event": [1], "timestamp": "never"}', "a", "a").message == "[1]"
    assert parse_line(b"{broken", "a", "a").message == "{broken"
    assert parse_line(b"\xff\x00", "a", "a").message == "\ufffd\x00"
    assert parse_line(b"", "a", "a").message == ""


async def test_lines_arrive_once_and_only_when_complete(devtools, logs):
    path = logs / "catalog-web.log"
    path.write_text("one\ntw")
    assert await lines(devtools, 1) == [("catalog-web", "one")]

    with path.open("a") as file:
        file.write("o\nthree\n")

    found = await lines(devtools, 3)
    assert [message for _, message in found] == ["one", "two", "three"]


async def test_an_emptied_file_is_read_on_from_its_copy(devtools, logs):
    path = logs / "catalog-web.log"
    path.write_text("first\n")
    await lines(devtools, 1)

    with path.open("a") as file:
        file.write("second\n")
    shutil.copyfile(path, logs / "catalog-web.log.1")
    with path.open("r+b") as file:
        file.truncate()
    await lines(devtools, 2)
    with path.open("a") as file:
        file.write("third\n")

    found = await lines(devtools, 3)
    assert [message for _, message in found] == ["first", "second", "third"]


async def test_a_restart_goes_on_where_the_last_run_stopped(serve, tmp_path):
    (tmp_path / "catalog-web.log").write_text("one\n")
    async with serve(log_dir=tmp_path) as first:
        await lines(first, 1)
    with (tmp_path / "catalog-web.log").open("a") as file:
        file.write("two\n")

    async with serve(log_dir=tmp_path) as second:
        found = await lines(second, 2)
        await asyncio.sleep(0.6)

        assert await lines(second, 2) == found == [("catalog-web", "one"), ("catalog-web", "two")]
