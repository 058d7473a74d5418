"""The relay: takes what the outbox holds to the broker, in order, and marks what the broker has."""

import contextlib
import logging
import select
import time
from collections.abc import Sequence
from datetime import timedelta
from threading import Event as Flag
from typing import Any, NamedTuple
from uuid import UUID

import psycopg2
import psycopg2.extensions

from prost.db import database, utcnow
from prost.events._broker import Broker, BrokerDown, Publication
from prost.events._outbox import CHANNEL
from prost.events._trace import publishing

__all__ = ["Relay"]

#: Events that are published between two commits.
BATCH = 100
#: Seconds after which the outbox is looked at without having been woken.
POLL = 1.0
#: Seconds in which what follows an event is gathered, so that a busy service does not pay for each alone.
GATHER = 0.04
#: Seconds of back-off from a broker that is down: the first and the longest.
BACK_OFF = (0.25, 5.0)
#: How long ago what is published again was published, when the broker has forgotten what it had.
REMEMBERED = timedelta(days=1)
#: Events that one statement takes back.
TAKEN_BACK_AT_ONCE = 10_000

logger = logging.getLogger(__name__)

_NEXT = """
SELECT id, type, body, traceparent, aggregate_id, sequence FROM outbox_events
WHERE published_at IS NULL ORDER BY position LIMIT %s FOR UPDATE SKIP LOCKED
"""
_WAITING = """
SELECT aggregate_id, array_agg(sequence ORDER BY sequence) FROM outbox_events
WHERE published_at IS NULL AND aggregate_id = ANY(%s::uuid[]) GROUP BY aggregate_id
"""
_MARK = "UPDATE outbox_events SET published_at = %s WHERE id = ANY(%s::uuid[])"
_TAKE_BACK = """
UPDATE outbox_events SET published_at = NULL WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM outbox_events WHERE published_at BETWEEN %s AND %s LIMIT %s
))
"""
_MEMORY = "SELECT memory FROM outbox_memory"
_REMEMBER = """
INSERT INTO outbox_memory (memory) VALUES (%s) ON CONFLICT (id) DO UPDATE SET memory = excluded.memory
"""


class Relay:
    """Publishes the outbox. Any number may run: an aggregate's events still leave in their order.

    An event is marked after the broker confirmed it, so a crash in between publishes it twice and never not
    at all. So does a broker that has forgotten what it had.
    """

    def __init__(self, broker: Broker) -> None:
        """Publish to `broker`, which this relay alone uses."""
        self._broker = broker
        self._listening: psycopg2.extensions.connection | None = None
        self._memory: str | None = None
        self._looks_again_at = 0.0

    def run(self, stop: Flag) -> None:
        """Publish until `stop` is set, through whatever failures of the broker."""
        pause = BACK_OFF[0]
        try:
            while not stop.is_set():
                try:
                    self._listen()
                    self._take_back()
                    published = self.publish_batch()
                except BrokerDown as error:
                    logger.warning("cannot publish events, trying again in %.2f s: %s", pause, error)
                    stop.wait(pause)
                    pause = min(2 * pause, BACK_OFF[1])
                    continue
                pause = BACK_OFF[0]
                if not published:
                    self._wait()
                elif published < BATCH:
                    stop.wait(GATHER)
        finally:
            self.close()

    def publish_batch(self) -> int:
        """Publish up to a batch and return how many events it had.

        Raises:
            BrokerDown: the broker may have some of them, and gets all of them again next time.
        """
        with database.atomic():
            rows = _in_order(database.execute_sql(_NEXT, (BATCH,)).fetchall())
            if rows:
                with publishing(row.traceparent for row in rows):
                    self._broker.publish([Publication(str(row.id), row.type, row.body) for row in rows])
                database.execute_sql(_MARK, (utcnow(), [row.id for row in rows]))
        return len(rows)

    def _take_back(self) -> None:
        """Have published again what a broker had that was emptied since; every inbox knows what it had."""
        if time.monotonic() < self._looks_again_at:
            return
        memory = self._broker.memory()
        self._looks_again_at = time.monotonic() + POLL
        if memory is None or memory == self._memory:
            return
        row = database.execute_sql(_MEMORY).fetchone()
        if row is not None and row[0] != memory:
            now, taken = utcnow(), 0
            span = (now - REMEMBERED, now, TAKEN_BACK_AT_ONCE)
            while count := database.execute_sql(_TAKE_BACK, span).rowcount:
                taken += count
            logger.warning("the broker was emptied: %d events are published again", taken)
        database.execute_sql(_REMEMBER, (memory,))
        self._memory = memory

    def close(self) -> None:
        """Let go of the broker and of the connection that listens."""
        self._broker.close()
        self._stop_listening()

    def _listen(self) -> None:
        if self._listening is None:
            self._listening = database.dedicated_connection()
            with self._listening.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")

    def _wait(self) -> None:
        """Return when an event was committed, or after the poll interval."""
        if self._listening is None:
            return
        try:
            if select.select([self._listening], [], [], POLL)[0]:
                self._listening.poll()
                self._listening.notifies.clear()
        except psycopg2.Error:
            self._stop_listening()

    def _stop_listening(self) -> None:
        connection, self._listening = self._listening, None
        if connection is not None:
            with contextlib.suppress(psycopg2.Error):
                connection.close()


class _Row(NamedTuple):
    id: UUID
    type: str
    body: str
    traceparent: str | None
    aggregate_id: UUID
    sequence: int


def _in_order(rows: Sequence[tuple[Any, ...]]) -> list[_Row]:
    """Leave out what has to wait for an earlier event of its aggregate that another relay has in hand."""
    batch = [_Row(*row) for row in rows]
    if not batch:
        return []
    aggregates = list({row.aggregate_id for row in batch})
    waiting = {
        aggregate: iter(sequences)
        for aggregate, sequences in database.execute_sql(_WAITING, (aggregates,)).fetchall()
    }
    ready: list[_Row] = []
    for row in batch:
        expected = waiting.get(row.aggregate_id)
        if expected is not None and next(expected, None) == row.sequence:
            ready.append(row)
        else:
            waiting.pop(row.aggregate_id, None)
    return ready
