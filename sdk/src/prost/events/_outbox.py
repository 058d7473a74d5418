"""The outbox: events are written in the transaction of their cause."""

from contextvars import ContextVar

from prost.db import database, utcnow, uuid7
from prost.events._envelope import Envelope, Event
from prost.events._trace import traceparent

__all__ = ["CHANNEL", "Outbox", "handling"]

#: The channel of PostgreSQL's NOTIFY that wakes the relay.
CHANNEL = "prost_outbox"

#: The event that is being handled, and so the cause of what is added.
handling: ContextVar[Envelope | None] = ContextVar("prost_event", default=None)

# The row stays locked until the transaction ends, so an aggregate's events are committed in their order.
_NUMBER = """
INSERT INTO outbox_sequences AS s (aggregate_id, sequence, latest, before)
VALUES (%(aggregate)s, 1, jsonb_build_object(%(type)s::text, 1), '{}')
ON CONFLICT (aggregate_id) DO UPDATE SET
    sequence = s.sequence + 1,
    latest = s.latest || jsonb_build_object(%(type)s::text, s.sequence + 1),
    before = s.latest
RETURNING sequence, before
"""
_INSERT = """
INSERT INTO outbox_events (id, type, aggregate_id, sequence, body, traceparent, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


_PENDING = "SELECT body FROM outbox_events WHERE published_at IS NULL ORDER BY position LIMIT %s"


class Outbox:
    """Where a use case leaves what it announces."""

    @staticmethod
    def pending(limit: int = 100) -> list[Envelope]:
        """Return what the broker does not have yet, the oldest first."""
        rows = database.execute_sql(_PENDING, (limit,)).fetchall()
        return [Envelope.model_validate_json(body) for (body,) in rows]

    @staticmethod
    def add(event: Event) -> Envelope:
        """Announce `event` if, and only if, the transaction around this commits.

        Raises:
            RuntimeError: there is no transaction, so nothing would tie the event to its cause.
        """
        if not database.in_transaction():
            raise RuntimeError("Outbox.add belongs inside database.atomic(), beside the change it announces.")
        aggregate = event.aggregate_id()
        names = {"aggregate": aggregate, "type": event.type}
        sequence, before = database.execute_sql(_NUMBER, names).fetchone()
        cause = handling.get()
        event_id = uuid7()
        envelope = Envelope(
            id=event_id,
            type=event.type,
            occurred_at=utcnow(),
            aggregate_id=aggregate,
            sequence=sequence,
            before=before,
            correlation_id=cause.correlation_id if cause else event_id,
            causation_id=cause.id if cause else None,
            traceparent=traceparent(),
            data=event.model_dump(mode="json"),
        )
        row = (
            envelope.id, envelope.type, aggregate, sequence,
            envelope.model_dump_json(), envelope.traceparent, envelope.occurred_at,
        )  # fmt: skip
        database.execute_sql(_INSERT, row)
        database.execute_sql("SELECT pg_notify(%s, '')", (CHANNEL,))
        return envelope
