"""A bus that delivers every event twice, and what the service announced."""

import os
import socket
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from prost.db import PostgresDatabase, utcnow, uuid7
from prost.db import database as process_database
from prost.events import Envelope, Event, Handler
from prost.events._broker import Delivery
from prost.events._inbox import Inbox

if TYPE_CHECKING:
    from uuid import UUID

__all__ = ["Bus", "HandlerFailed", "bus", "rabbitmq_url"]

_OUTCOME = "SELECT state, error FROM inbox_events WHERE consumer = %s AND event_id = %s"


class HandlerFailed(AssertionError):
    """A handler did not take the event; the message is its error."""


class Bus:
    """Delivers events to handlers the way a broker may: each one twice."""

    def __init__(self, consumer: str = "test") -> None:
        """Deliver to the inbox of `consumer`."""
        self._consumer = consumer
        self._sequences: Counter[UUID] = Counter()

    def deliver(self, handlers: Mapping[str, Handler], event: Event) -> Envelope:
        """Have the handler of the event's type take it, twice.

        Raises:
            HandlerFailed: it did not; in production the event would be tried again.
        """
        aggregate = event.aggregate_id()
        self._sequences[aggregate] += 1
        event_id = uuid7()
        envelope = Envelope(
            id=event_id,
            type=event.type,
            occurred_at=utcnow(),
            aggregate_id=aggregate,
            sequence=self._sequences[aggregate],
            correlation_id=event_id,
            data=event.model_dump(mode="json"),
        )
        inbox = Inbox(self._consumer, handlers)
        for _ in range(2):
            inbox.receive([Delivery(envelope.model_dump_json().encode())])
        row = process_database.execute_sql(_OUTCOME, (self._consumer, event_id)).fetchone()
        state, error = row
        if state != "DONE":
            raise HandlerFailed(f"{event.type} is {state}: {error}")
        return envelope

    def published(self, event_type: str | None = None) -> list[Envelope]:
        """Return what the service announced, of one type or of all, in order."""
        rows = process_database.execute_sql("SELECT body FROM outbox_events ORDER BY position").fetchall()
        envelopes = [Envelope.model_validate_json(body) for (body,) in rows]
        return [each for each in envelopes if event_type in {None, each.type}]


@pytest.fixture
def bus(database: PostgresDatabase) -> Bus:  # noqa: ARG001 - the inbox and the outbox are in it.
    """Give a bus over this test's database."""
    return Bus()


@pytest.fixture(scope="session")
def rabbitmq_url() -> str:
    """Give the URL of a RabbitMQ: the one that is set, or one on this machine with its first password.

    Without one the test is skipped, or fails where PROST_TEST_REQUIRE names rabbitmq.
    """
    url = os.environ.get("PROST_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5672), timeout=2).close()
    except OSError:
        reason = "no RabbitMQ answers; set PROST_TEST_RABBITMQ_URL to one whose queues the tests may use"
        if "rabbitmq" in os.environ.get("PROST_TEST_REQUIRE", ""):
            pytest.fail(reason)
        pytest.skip(reason)
    return url
