"""The outbox: events are written in the transaction of their cause."""

from contextvars import ContextVar

import orjson

from prost.db import database, utcnow, uuid7
from prost.events._envelope import Envelope, Event
from prost.events._trace import traceparent

__all__ = ["CHANNEL", "Outbox", "handling"]

#: The channel of PostgreSQL's NOTIFY that wakes the relay; `outbox_add` of the migrations names it, too.
CHANNEL = "prost_outbox"

#: The event that is being handled, and so the cause of what is added.
handling: ContextVar[Envelope | None] = ContextVar("prost_event", default=None)

_ADD = "SELECT * FROM outbox_add(%s, %s, %s, %s, %s)"
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
        event_id, aggregate = uuid7(), event.aggregate_id()
        data, cause = event.model_dump_json(), _cause()
        row = database.execute_sql(
            _ADD, (event_id, event.type, aggregate, data, orjson.dumps(cause).decode())
        )
        sequence, before = row.fetchone()
        values = {"correlation_id": event_id, **cause, "id": event_id, "type": event.type}
        place = {"aggregate_id": aggregate, "sequence": sequence, "before": before}
        return Envelope.model_validate({**values, **place, "data": orjson.loads(data)})

    @staticmethod
    def cause() -> str:
        """Return what events come from, as JSON for a SQL function of the service's own.

        Such a function does a whole use case in one statement, and announces it by

            PERFORM outbox_add(uuid7(), 'orders.order-placed.v1', order_id, data, cause);
        """
        return orjson.dumps(_cause()).decode()


def _cause() -> dict[str, str]:
    found = {"occurred_at": utcnow().isoformat().replace("+00:00", "Z")}
    if (event := handling.get()) is not None:
        found |= {"correlation_id": str(event.correlation_id), "causation_id": str(event.id)}
    if (trace := traceparent()) is not None:
        found["traceparent"] = trace
    return found
