"""The ring buffer: bounded in bytes and age, and intact after a killed process."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import textwrap
import time

import pytest

from prost_cli.devtools.config import Retention
from prost_cli.devtools.records import Log, Mail
from prost_cli.devtools.store import Store, StoreBusyError

SMALL = Retention(logs_bytes=200_000)


def line(number, **values):
    return Log(
        time=0,
        service="catalog",
        process="catalog-web",
        level=9,
        message=f"{number:06} " + "x" * 200,
        **values,
    )


async def messages(store):
    return await store.read(
        lambda c: [row[0][:6] for row in c.execute("SELECT message FROM logs ORDER BY id")]
    )


@pytest.fixture
async def store(tmp_path):
    opened = Store(tmp_path / "telemetry.sqlite", SMALL)
    await opened.start()
    yield opened
    await opened.stop()


async def test_the_oldest_rows_give_way_and_the_file_stays_small(store, tmp_path):
    for start in range(0, 20_000, 500):
        await store.add([line(number) for number in range(start, start + 500)])

    kept = await messages(store)
    assert kept[-1] == "019999"
    assert kept == [f"{n:06}" for n in range(20_000 - len(kept), 20_000)]
    assert 0 < store.usage()["logs"]["bytes"] <= 200_000
    assert (tmp_path / "telemetry.sqlite").stat().st_size < 1_000_000


async def test_what_is_too_old_is_forgotten_at_the_next_write(tmp_path):
    store = Store(tmp_path / "telemetry.sqlite", Retention(max_age=60))
    await store.start()

    await store.add([line(1, at=time.time() - 61), line(2)])

    assert await messages(store) == ["000002"]
    assert store.usage()["logs"]["bytes"] == line(2).size()
    await store.stop()


async def test_a_row_larger_than_its_limit_leaves_nothing_and_breaks_nothing(store):
    await store.add([Log(time=0, service="a", process="a", level=9, message="y" * 300_000)])
    await store.add([line(7)])

    assert await messages(store) == ["000007"]


async def test_concurrent_writers_share_transactions_and_lose_nothing(store):
    await asyncio.gather(*(store.add([line(number)]) for number in range(200)))

    assert sorted(await messages(store)) == [f"{n:06}" for n in range(200)]


async def test_a_stopped_store_refuses_writes(tmp_path):
    store = Store(tmp_path / "telemetry.sqlite", SMALL)
    await store.start()
    await store.stop()

    with pytest.raises(StoreBusyError):
        await store.add([line(1)])


async def test_a_change_between_two_looks_is_not_missed(store):
    changes = store.changes(at_most=2)

    await store.add([line(1)])
    pending = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0.05)
    await store.add([line(2)])
    assert await pending is True
    await store.add([line(3)])

    assert await asyncio.wait_for(anext(changes), 1) is True
    await changes.aclose()


async def test_removing_mails_gives_their_room_back(store):
    await store.add([Mail("a@example.org", "[]", "one", b"1"), Mail("a@example.org", "[]", "two", b"2")])

    await store.remove_mails(1)
    left = await store.read(lambda c: [row["subject"] for row in c.execute("SELECT subject FROM mails")])
    await store.remove_mails()

    assert left == ["two"]
    assert store.usage()["mails"]["bytes"] == 0


async def test_a_failing_write_is_reported_and_the_next_one_succeeds(store):
    with pytest.raises((sqlite3.Error, OverflowError)):
        await store.add([line(1), Log(time=0, service="a", process="a", level=1 << 70, message="m")])

    await store.add([line(2)])

    assert await messages(store) == ["000002"]
    assert store.usage()["logs"]["bytes"] == line(2).size()


async def test_a_damaged_file_is_put_aside(tmp_path):
    path = tmp_path / "telemetry.sqlite"
    path.write_bytes(b"this is no database" * 1000)
    store = Store(path, SMALL)

    await store.start()
    await store.add([line(1)])

    assert await messages(store) == ["000001"]
    assert path.with_name("telemetry.sqlite.damaged").exists()
    await store.stop()


async def test_what_was_acknowledged_outlives_kill_minus_nine(tmp_path):
    program = textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from prost_cli.devtools.config import Retention
        from prost_cli.devtools.records import Log
        from prost_cli.devtools.store import Store

        async def main():
            store = Store(Path(sys.argv[1]), Retention())
            await store.start()
            number = 0
            while True:
                await store.add([Log(time=0, service="a", process="a", level=9, message=f"{number:06}")])
                print(number, flush=True)
                number += 1

        asyncio.run(main())
    """)
    path = tmp_path / "telemetry.sqlite"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, path, stdout=asyncio.subprocess.PIPE
    )
    acknowledged = [await process.stdout.readline() for _ in range(50)]
    process.kill()
    acknowledged += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()

    store = Store(path, Retention())
    await store.start()

    assert set(await messages(store)) >= {
        f"{int(number):06}" for number in acknowledged if number.endswith(b"\n")
    }
    await store.stop()
