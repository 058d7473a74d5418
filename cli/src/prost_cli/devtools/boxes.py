"""The outbox and inbox in one database, by a connection for each look."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import orjson
import psycopg2
import psycopg2.errors
import psycopg2.extras

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS = 50
_CONNECT_TIMEOUT = 2
_STATEMENT_TIMEOUT = 3000

_OUTBOX = """
SELECT id::text, type, aggregate_id::text, sequence, body,
    extract(epoch FROM created_at)::float AS created_at,
    extract(epoch FROM published_at)::float AS published_at
FROM outbox_events ORDER BY published_at IS NOT NULL, position DESC LIMIT %s
"""
_INBOX = """
SELECT consumer, event_id::text AS id, type, aggregate_id::text, sequence, state, attempts, error, body,
    extract(epoch FROM received_at)::float AS received_at,
    extract(epoch FROM next_attempt_at)::float AS next_attempt_at
FROM inbox_events ORDER BY state <> 'DEAD', received_at DESC LIMIT %s
"""
_COUNTS = """
SELECT (SELECT count(*) FROM outbox_events WHERE published_at IS NULL) AS waiting,
    count(*) FILTER (WHERE state = 'DEAD') AS dead,
    count(*) FILTER (WHERE state IN ('FAILED', 'PARKED')) AS retrying
FROM inbox_events WHERE state <> 'DONE'
"""
_DEAD = """
SELECT event_id::text AS id, type, aggregate_id::text, attempts, error, body,
    extract(epoch FROM received_at)::float AS received_at, extract(epoch FROM settled_at)::float AS died_at
FROM inbox_events WHERE state = 'DEAD' ORDER BY settled_at DESC, event_id LIMIT %s
"""
# As `prost.events.redrive` does it.
_REDRIVE = """
UPDATE inbox_events SET state = 'FAILED', attempts = 0, next_attempt_at = now(), settled_at = NULL
WHERE state = 'DEAD' AND type <> 'unreadable' AND (%(all)s OR event_id::text = ANY(%(ids)s))
"""


def read(url: str) -> dict[str, Any]:
    """Return `outbox`, `inbox` and `counts`, or the `problem` with the database."""
    found: dict[str, Any] = {"problem": "", "outbox": [], "inbox": []}
    try:
        with closing(_connect(url)) as connection:
            connection.set_session(readonly=True, autocommit=True)
            with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
                for box, statement in (("outbox", _OUTBOX), ("inbox", _INBOX)):
                    cursor.execute(statement, (ROWS,))
                    found[box] = [_with_document(row) for row in cursor]
                cursor.execute(_COUNTS)
                found["counts"] = dict(cursor.fetchone() or {})
    except psycopg2.errors.UndefinedTable:
        found["problem"] = "its database has no outbox yet"
    except psycopg2.Error as error:
        found["problem"] = f"its database does not answer: {_first_line(error)}"
    return found


def dead(url: str, limit: int) -> list[dict[str, Any]] | None:
    """Return dead letters, the latest first, times in Unix seconds; None when the inbox cannot be reached."""
    try:
        with closing(_connect(url)) as connection:
            connection.set_session(readonly=True, autocommit=True)
            with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
                cursor.execute(_DEAD, (limit,))
                return [_with_document(row) for row in cursor]
    except psycopg2.Error:
        return None


def redrive(url: str, ids: Sequence[str] | None) -> int | None:
    """Have these dead letters, or all of them, tried again and return how many they were.

    What could not be read as an event stays dead. None when the inbox cannot be reached.
    """
    try:
        with closing(_connect(url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(_REDRIVE, {"all": ids is None, "ids": list(ids or ())})
            return int(cursor.rowcount)
    except psycopg2.Error:
        return None


def _connect(url: str) -> Any:
    return psycopg2.connect(
        url,
        connect_timeout=_CONNECT_TIMEOUT,
        application_name="prost-devtools",
        options=f"-c statement_timeout={_STATEMENT_TIMEOUT}",
    )


def _with_document(row: dict[str, Any]) -> dict[str, Any]:
    try:
        document = orjson.loads(row["body"] or "null")
    except ValueError:
        document = row["body"]
    return {**row, "body": document}


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
