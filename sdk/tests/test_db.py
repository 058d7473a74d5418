import asyncio
import contextvars
import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import peewee
import psycopg2
import pytest

from prost.db import (
    Database,
    MigrationFailed,
    PostgresDatabase,
    Timestamped,
    _executor,
    in_db,
    migrate,
    uuid7,
)
from prost.db import database as process_database
from prost.db._connection import configure_url
from prost.errors import Conflict, Unavailable
from prost.testing.servers import wait_until


class Parcel(Timestamped):
    state = peewee.TextField()
    label = peewee.TextField(unique=True)

    class Meta:
        table_name = "parcels"


@pytest.fixture
def parcels(database):
    database.create_tables([Parcel])
    return Parcel


def backend(database):
    return database.execute_sql("SELECT pg_backend_pid()").fetchone()[0]


def end_all_sessions(url):
    """Do to every other session of the database what a restart of the server does."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(pg_terminate_backend(pid)) {others}")
        ended = cursor.fetchone()[0]

        def gone():
            cursor.execute(f"SELECT count(*) {others}")
            return cursor.fetchone()[0] == 0

        wait_until(gone)
    connection.close()
    return ended


def test_uuid7s_of_one_process_are_unique_and_ascending():
    ids = [uuid7() for _ in range(20_000)]

    assert ids == sorted(set(ids))
    assert {(i.version, i.variant) for i in ids} == {(7, "specified in RFC 4122")}
    assert abs((ids[-1].int >> 80) - time.time() * 1000) < 1000


def test_uuid7s_ascend_while_the_clock_goes_back(monkeypatch):
    before = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 0)

    after = uuid7()

    assert after > before


async def test_in_db_carries_context_variables_into_the_thread(database):
    tenant = contextvars.ContextVar("tenant")
    tenant.set("brewery")

    value, thread = await in_db(lambda: (tenant.get(), threading.current_thread().name))

    assert value == "brewery"
    assert thread.startswith("prost-db")


async def test_each_thread_keeps_its_connection(database):
    barrier = threading.Barrier(4)

    def work():
        barrier.wait()
        return backend(database)

    first = await asyncio.gather(*(in_db(work) for _ in range(4)))
    second = await asyncio.gather(*(in_db(work) for _ in range(4)))

    assert len(set(first)) == 4
    assert sorted(first) == sorted(second)


async def test_a_server_restart_heals_by_the_next_call(database, postgres_url):
    barrier = threading.Barrier(4)

    def work():
        barrier.wait()
        return backend(database)

    await asyncio.gather(*(in_db(work) for _ in range(4)))
    ended = await asyncio.to_thread(end_all_sessions, postgres_url)

    pids = await asyncio.gather(*(in_db(work) for _ in range(4)))

    assert ended == 4
    assert len(set(pids)) == 4


def test_a_script_opens_its_transaction_again_on_a_dead_connection(parcels, database, postgres_url):
    end_all_sessions(postgres_url)

    with database.atomic():
        parcels.create(state="NEW", label="a")

    assert parcels.select().count() == 1


async def test_a_connection_lost_inside_a_transaction_is_told_and_undone(parcels, database, postgres_url):
    def lose():
        with database.atomic():
            parcels.create(state="NEW", label="a")
            end_all_sessions(postgres_url)
            parcels.create(state="NEW", label="b")

    with pytest.raises(Unavailable) as caught:
        await in_db(lose)

    assert caught.value.headers == {"Retry-After": "1"}
    assert await in_db(lambda: parcels.select().count()) == 0


async def test_a_unique_violation_stays_an_integrity_error(parcels):
    await in_db(parcels.create, state="NEW", label="a")

    with pytest.raises(peewee.IntegrityError):
        await in_db(parcels.create, state="NEW", label="a")


async def test_a_statement_over_its_time_is_unavailable_and_keeps_the_connection(database):
    def slow():
        with database.atomic():
            database.execute_sql("SET LOCAL statement_timeout = 50")
            database.execute_sql("SELECT pg_sleep(5)")

    configure_url(database.database, threads=1)
    before = await in_db(backend, database)
    with pytest.raises(Unavailable):
        await in_db(slow)

    assert await in_db(backend, database) == before


async def test_a_full_queue_refuses_at_once(database):
    configure_url(database.database, threads=1)
    release = threading.Event()
    waiting = [asyncio.ensure_future(in_db(release.wait)) for _ in range(1 + _executor.QUEUE_PER_THREAD)]
    await asyncio.sleep(0)

    with pytest.raises(Unavailable, match="Too many requests") as caught:
        await in_db(release.wait)

    assert caught.value.headers == {"Retry-After": "1"}
    release.set()
    assert all(await asyncio.gather(*waiting))
    assert await in_db(lambda: "again") == "again"


async def test_a_call_that_waited_too_long_is_not_done_late(database, monkeypatch):
    monkeypatch.setattr(_executor, "MAX_WAIT", 0.05)
    configure_url(database.database, threads=1)
    release, done = threading.Event(), []
    blocking = asyncio.ensure_future(in_db(release.wait))
    late = asyncio.ensure_future(in_db(done.append, 1))
    await asyncio.sleep(0.1)
    release.set()

    with pytest.raises(Unavailable):
        await late

    assert await blocking
    assert done == []


async def test_every_session_has_its_limits_and_its_name(database):
    names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name"]
    query = "SELECT " + ", ".join(f"current_setting('{name}')" for name in names)

    row = await in_db(lambda: database.execute_sql(query).fetchone())

    assert row == ("10s", "4s", "15s", "prost-test")


def _child(url, answers):
    try:
        with ThreadPoolExecutor(1) as threads:
            answers.put(threads.submit(lambda: asyncio.run(in_db(_pid))).result())
    finally:
        answers.close()


def _pid():
    return backend(process_database)


# Python rightly warns of forking with threads, which is what gunicorn does.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
async def test_a_forked_child_never_shares_its_parents_connection(database, postgres_url):
    here = {backend(database), await in_db(backend, database)}
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    children = [fork.Process(target=_child, args=(postgres_url, answers)) for _ in range(3)]

    for child in children:
        child.start()
    there = {await asyncio.to_thread(answers.get, timeout=20) for _ in children}
    for child in children:
        child.join()

    assert len(there | here) == 5
    assert await in_db(backend, database) in here


async def test_the_health_check_answers_while_every_thread_is_busy(database):
    dependency = Database()
    release = threading.Event()
    busy = [asyncio.ensure_future(in_db(release.wait)) for _ in range(4)]

    await dependency.check()

    release.set()
    await asyncio.gather(*busy)
    await dependency.stop()


async def test_the_health_check_tells_of_a_server_that_is_gone(database, unused_port):
    configure_url(f"postgresql://postgres@127.0.0.1:{unused_port}/nothing")
    dependency = Database()

    with pytest.raises(Unavailable):
        await dependency.check()

    await dependency.stop()


def test_move_to_loses_to_whoever_moved_the_row_first(parcels):
    mine = parcels.create(state="PACKED", label="a")
    theirs = parcels.get_by_id(mine.id)
    theirs.move_to("SHIPPED")

    with pytest.raises(Conflict, match="no longer PACKED"):
        mine.move_to("CANCELLED")

    assert parcels.get_by_id(mine.id).state == "SHIPPED"


def test_move_to_writes_its_changes_and_the_time(parcels, clock):
    parcel = parcels.create(state="PACKED", label="a")
    clock.advance(60)

    parcel.move_to("SHIPPED", label="b")

    stored = parcels.get_by_id(parcel.id)
    assert (stored.state, stored.label) == ("SHIPPED", "b")
    assert stored.created_at == datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
    assert stored.updated_at == datetime(2030, 1, 1, 12, 1, tzinfo=UTC)
    assert parcel.dirty_fields == []


def test_a_time_without_a_timezone_is_refused(parcels):
    with pytest.raises(ValueError, match="timezone"):
        parcels.create(state="NEW", label="a", created_at=datetime(2030, 1, 1))  # noqa: DTZ001


def _migrate(url, folder):
    own = PostgresDatabase()
    own.init(url)
    return migrate(folder, own)


@pytest.fixture
def folder(tmp_path):
    def write(name, *statements):
        body = "".join(f"    db.execute_sql({statement!r})\n" for statement in statements)
        (tmp_path / f"{name}.py").write_text(f"def up(migrator, db):\n{body or '    pass'}")
        return tmp_path

    return write


def test_four_runners_at_once_all_succeed_and_apply_once(postgres_url, folder):
    path = folder("0001_first", "CREATE TABLE a (id int)", "SELECT pg_sleep(0.2)")
    folder("0002_second", "CREATE TABLE b (id int)")

    with ThreadPoolExecutor(4) as threads:
        applied = list(threads.map(_migrate, [postgres_url] * 4, [path] * 4))

    assert sorted(applied) == [[], [], [], ["0001_first", "0002_second"]]


def test_a_failing_migration_leaves_nothing_behind_and_can_be_mended(database, folder):
    path = folder("0001_first", "CREATE TABLE a (id int)", "SELECT nonsense")

    with pytest.raises(peewee.ProgrammingError):
        migrate(path)
    folder("0001_first", "CREATE TABLE a (id int)")

    assert migrate(path) == ["0001_first"]


def test_an_applied_migration_that_was_edited_is_refused(database, folder):
    path = folder("0001_first", "CREATE TABLE a (id int)")
    migrate(path)
    folder("0001_first", "CREATE TABLE a (id bigint)")

    with pytest.raises(MigrationFailed, match="0001_first changed"):
        migrate(path)


def test_an_older_version_of_the_service_starts_on_a_newer_schema(database, folder):
    path = folder("0001_first")
    folder("0002_second")
    migrate(path)
    (path / "0002_second.py").unlink()

    assert migrate(path) == []
