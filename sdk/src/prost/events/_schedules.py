"""Work that recurs, done by one worker at a time however many there are."""

import asyncio
import hashlib
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Event as Flag

from prost.db import database, utcnow

__all__ = ["PURGE", "Schedule", "run_due", "run_schedules"]

#: Seconds between looks at what is due, which is also how exact a schedule is.
TICK = 1.0
#: How long what was published and what was handled stays to be looked at.
KEEP_PUBLISHED = timedelta(days=7)
KEEP_HANDLED = timedelta(days=30)
#: Rows that one statement of the purge deletes.
PURGED_AT_ONCE = 10_000

logger = logging.getLogger(__name__)

_CLAIM = """
INSERT INTO schedule_runs AS s (name, last_run_at) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET last_run_at = excluded.last_run_at WHERE s.last_run_at <= %s
"""
_PURGE_OUTBOX = """
DELETE FROM outbox_events WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM outbox_events WHERE published_at < %s LIMIT %s
))
"""
_PURGE_INBOX = """
DELETE FROM inbox_events WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM inbox_events WHERE state = 'DONE' AND settled_at < %s LIMIT %s
))
"""


@dataclass(frozen=True)
class Schedule:
    """`run`, a plain function or a coroutine function, every `seconds` under a name that stays the same.

    A run that fails is logged and comes round again at its next time. A run may be cut short by a crash, so
    it leaves nothing that the next one does not mend.
    """

    name: str
    seconds: float
    run: Callable[[], Awaitable[None] | None]


def run_schedules(schedules: Sequence[Schedule], stop: Flag) -> None:
    """Run what is due until `stop` is set."""
    while not stop.wait(TICK):
        for schedule in schedules:
            if not stop.is_set():
                run_due(schedule)


def run_due(schedule: Schedule) -> bool:
    """Run the schedule if its time has come and no other worker has it; return whether it ran."""
    digest = hashlib.sha256(f"prost.schedule.{schedule.name}".encode()).digest()
    key = int.from_bytes(digest[:8], "big", signed=True)
    database.refresh()
    # Held by the session, the lock ends with a worker that is killed.
    if not database.execute_sql("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()[0]:
        return False
    try:
        now = utcnow()
        earlier = now - timedelta(seconds=schedule.seconds)
        if not database.execute_sql(_CLAIM, (schedule.name, now, earlier)).rowcount:
            return False
        try:
            outcome = schedule.run()
            if inspect.isawaitable(outcome):
                asyncio.run(_finish(outcome))
        except Exception:
            logger.exception("schedule %s failed", schedule.name)
        return True
    finally:
        database.execute_sql("SELECT pg_advisory_unlock(%s)", (key,))


async def _finish(outcome: Awaitable[None]) -> None:
    await outcome


def _purge() -> None:
    now = utcnow()
    for statement, before in (
        (_PURGE_OUTBOX, now - KEEP_PUBLISHED),
        (_PURGE_INBOX, now - KEEP_HANDLED),
    ):
        # One statement for a whole backlog could run into its time limit, at each purge anew.
        while database.execute_sql(statement, (before, PURGED_AT_ONCE)).rowcount:
            pass


PURGE = Schedule("prost.events.purge", 3600, _purge)
