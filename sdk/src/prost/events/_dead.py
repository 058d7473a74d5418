"""Dead letters: what a service could not handle, to be looked at and sent round again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from prost.db import database, utcnow

__all__ = ["DeadLetter", "dead_letters", "redrive"]

_LIST = """
SELECT consumer, event_id, type, aggregate_id, sequence, attempts, error, body, received_at, settled_at
FROM inbox_events WHERE state = 'DEAD' ORDER BY settled_at DESC, event_id LIMIT %s
"""
_REDRIVE = """
UPDATE inbox_events SET state = 'FAILED', attempts = 0, next_attempt_at = %s, settled_at = NULL
WHERE state = 'DEAD' AND type <> 'unreadable' AND (%s OR event_id = ANY(%s::uuid[]))
"""


@dataclass(frozen=True)
class DeadLetter:
    """An event that will not be tried again by itself. `body` is what was received."""

    consumer: str
    event_id: UUID
    type: str
    aggregate_id: UUID | None
    sequence: int | None
    attempts: int
    error: str
    body: str
    received_at: datetime
    died_at: datetime


def dead_letters(limit: int = 100) -> list[DeadLetter]:
    """Return the service's dead letters, the latest first."""
    rows = database.execute_sql(_LIST, (limit,)).fetchall()
    return [DeadLetter(*row) for row in rows]


def redrive(event_ids: Sequence[UUID] | None = None) -> int:
    """Have these dead letters, or all of them, tried again from the first attempt; return how many.

    What could not be read as an event stays where it is.
    """
    arguments = (utcnow(), event_ids is None, list(event_ids or ()))
    return int(database.execute_sql(_REDRIVE, arguments).rowcount)
