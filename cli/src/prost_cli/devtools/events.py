"""The outbox and inbox of each service, read from its own database in a thread."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import orjson
import psycopg2
import psycopg2.errors
import psycopg2.extras

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prost_cli.devtools.config import Service

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
_REDRIVE = """
UPDATE inbox_events SET state = 'FAILED', attempts = 0, next_attempt_at = now(), settled_at = NULL
WHERE state = 'DEAD' AND type <> 'unreadable' AND event_id::text = ANY(%s)
"""


class Databases:
    """Reads the services' databases; `services` returns those of this moment."""

    def __init__(self, services: Callable[[], Sequence[Service]]) -> None:
        self._services = services
        # One connection at a time: a page that refreshes itself must not use up a small server's.
        self._lock = threading.Lock()

    async def events(self, service: str = "") -> list[dict[str, Any]]:
        """Return each service's `outbox`, `inbox` and `counts`, or the `problem` with its database.

        Times are Unix seconds, bodies are documents as published. Of each box the newest 50 rows, those
        that wait or are dead first.
        """
        wanted = [s for s in self._services() if s.database_url and service in {"", s.name}]
        return await asyncio.to_thread(lambda: [self._read(each) for each in wanted])

    async def redrive(self, service: str, ids: Sequence[str]) -> int | None:
        """Have dead letters tried again from the first attempt; return how many they were.

        None when the service is unknown or its inbox cannot be reached.
        """
        url = next((s.database_url for s in self._services() if s.name == service), None)
        return await asyncio.to_thread(self._redrive, url, ids) if url else None

    def _read(self, service: Service) -> dict[str, Any]:
        found: dict[str, Any] = {"service": service.name, "problem": "", "outbox": [], "inbox": []}
        try:
            with self._lock, closing(self._connect(service.database_url)) as connection:
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

    def _redrive(self, url: str, ids: Sequence[str]) -> int | None:
        try:
            with (
                self._lock,
                closing(self._connect(url)) as connection,
                connection,
                connection.cursor() as cursor,
            ):
                cursor.execute(_REDRIVE, (list(ids),))
                return int(cursor.rowcount)
        except psycopg2.Error:
            return None

    def _connect(self, url: str | None) -> Any:
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
