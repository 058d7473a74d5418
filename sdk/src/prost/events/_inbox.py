"""The inbox: each event takes effect once; one that fails is kept, tried again and in the end set aside."""

import logging
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import peewee
from pydantic import ValidationError

from prost.db import database, utcnow, uuid7
from prost.events._broker import Delivery
from prost.events._envelope import Envelope
from prost.events._handlers import Handler, subscriptions
from prost.events._outbox import handling
from prost.events._trace import consuming

__all__ = ["Inbox"]

#: Attempts after which an event is dead, and the seconds between the first ones.
MAX_ATTEMPTS = 8
BACK_OFF = (1, 5, 30, 120, 600, 1800, 3600)
#: Seconds that an early event waits for one that this consumer has never received.
PATIENCE = 60.0
#: Deliveries that ended without an answer after which the event is held to end its consumer each time.
MAX_DELIVERIES = 10

logger = logging.getLogger(__name__)

_RECEIVE = """
INSERT INTO inbox_events (
    consumer, event_id, type, aggregate_id, sequence, state, attempts, received_at, settled_at
) SELECT %s, unnest(%s::uuid[]), unnest(%s), unnest(%s::uuid[]), unnest(%s::bigint[]), 'DONE', 1, %s, %s
ON CONFLICT DO NOTHING RETURNING event_id
"""
_DUE = """
SELECT event_id, body, attempts, received_at FROM inbox_events
WHERE consumer = %s AND state IN ('FAILED', 'PARKED') AND next_attempt_at <= %s
ORDER BY next_attempt_at, aggregate_id, sequence LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_SETTLE = """
UPDATE inbox_events SET
    state = %s, attempts = %s, error = %s, body = %s, next_attempt_at = %s, settled_at = %s
WHERE consumer = %s AND event_id = %s
"""
# Writing it locks the position, the first one of an aggregate, too: its events are handled one at a time.
_POSITION = """
INSERT INTO inbox_positions AS p (consumer, aggregate_id, sequence) VALUES (%s, %s, 0)
ON CONFLICT (consumer, aggregate_id) DO UPDATE SET sequence = p.sequence RETURNING sequence
"""
_MOVE = "UPDATE inbox_positions SET sequence = %s WHERE consumer = %s AND aggregate_id = %s"
_BLOCKED = """
SELECT 1 FROM inbox_events WHERE consumer = %s AND aggregate_id = %s AND sequence < %s AND state <> 'DONE'
AND type = ANY(%s) LIMIT 1
"""
_RELEASE = """
UPDATE inbox_events SET next_attempt_at = %s WHERE consumer = %s AND aggregate_id = %s AND state = 'PARKED'
"""


class _HandlerFailed(Exception):
    """A handler has raised `error`."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Inbox:
    """What one consumer has received. `consumer` is the service's name.

    Every method runs in one transaction of its own, on the calling thread's connection.
    """

    def __init__(self, consumer: str, handlers: Mapping[str, Handler]) -> None:
        """Handle the types that `handlers` names."""
        self._consumer = consumer
        self._subscriptions = subscriptions(handlers)
        self._ordered = [name for name, each in self._subscriptions.items() if each.ordered]

    def receive(self, deliveries: Sequence[Delivery]) -> None:
        """Let events take effect in their order, unless they did before; return when that is committed.

        A failing handler is an outcome: its event is kept for later. What is raised is the database's.
        """
        if len(deliveries) > 1 and self._receive_together(deliveries):
            return
        for delivery in deliveries:
            self._receive_alone(delivery)

    def _receive_together(self, deliveries: Sequence[Delivery]) -> bool:
        """Handle events in one transaction; False, and nothing done, when one of them needs its own."""
        try:
            received = [(Envelope.model_validate_json(one.body), _text(one.body)) for one in deliveries]
        except ValidationError:
            return False
        if any(delivery.attempts > 1 for delivery in deliveries):
            return False
        try:
            with database.atomic():
                new = self._note([envelope for envelope, _ in received])
                for envelope, body in received:
                    if envelope.id in new:
                        new.remove(envelope.id)
                        self._attempt(envelope, body, attempts=0, waited=0.0, is_kept=False)
        except (_HandlerFailed, peewee.OperationalError):
            # Nothing is left of it. Alone, each has an outcome of its own, and no locks but its own.
            return False
        return True

    def _receive_alone(self, delivery: Delivery) -> None:
        try:
            envelope = Envelope.model_validate_json(delivery.body)
        except ValidationError as error:
            self._keep_unreadable(delivery.body, error)
            return
        body = _text(delivery.body)
        try:
            with database.atomic():
                if not self._note([envelope]):
                    return
                if delivery.attempts > MAX_DELIVERIES:
                    reason = f"{delivery.attempts - 1} deliveries ended without an answer"
                    self._settle(envelope.id, "DEAD", 0, reason, body)
                    return
                self._attempt(envelope, body, attempts=0, waited=0.0, is_kept=False)
        except _HandlerFailed as failure:
            # Nothing that the handler wrote is left. Where the event was delivered to another meanwhile,
            # that one's outcome stands.
            with database.atomic():
                if self._note([envelope]):
                    self._fail(envelope, body, 1, failure.error)

    def retry_due(self) -> bool:
        """Try one event again whose time has come; return whether there was one."""
        with database.atomic():
            now = utcnow()
            row = database.execute_sql(_DUE, (self._consumer, now)).fetchone()
            if row is None:
                return False
            event_id, body, attempts, received_at = row
            try:
                envelope = Envelope.model_validate_json(body)
            except ValidationError as error:
                self._settle(event_id, "DEAD", attempts, _summary(error), body)
                return True
            waited = (now - received_at).total_seconds()
            try:
                # The savepoint undoes what a failing handler wrote, and leaves the record of its failure.
                with database.atomic():
                    self._attempt(envelope, body, attempts=attempts, waited=waited, is_kept=True)
            except _HandlerFailed as failure:
                self._fail(envelope, body, attempts + 1, failure.error)
            return True

    def _note(self, envelopes: Sequence[Envelope]) -> set[UUID]:
        """Write that events are done, as they will be if the transaction commits; return the new ones."""
        now = utcnow()
        columns = (
            [one.id for one in envelopes],
            [one.type for one in envelopes],
            [one.aggregate_id for one in envelopes],
            [one.sequence for one in envelopes],
        )
        rows = database.execute_sql(_RECEIVE, (self._consumer, *columns, now, now)).fetchall()
        return {event_id for (event_id,) in rows}

    def _attempt(self, envelope: Envelope, body: str, *, attempts: int, waited: float, is_kept: bool) -> None:
        """Handle the event in the transaction around this. Raises _HandlerFailed, which has to undo it.

        One that came just now is noted as done already; one that `is_kept` for another attempt is not.
        """
        subscription = self._subscriptions.get(envelope.type)
        if subscription is None:
            self._settle(envelope.id, "DEAD", attempts, "no handler reads this type any more", body)
            return
        if subscription.ordered:
            verdict = self._place(envelope, waited)
            if verdict == "stale":
                self._settle(envelope.id, "DONE", attempts, "dropped: a later event was handled", None)
                return
            if verdict == "early":
                # It is released by the one that it waits for; the clock is for one that never comes.
                patience = PATIENCE - waited if waited < PATIENCE else PATIENCE
                again = utcnow() + timedelta(seconds=patience)
                self._settle(envelope.id, "PARKED", attempts, "waits for an earlier event", body, again)
                return
        token = handling.set(envelope)
        try:
            with consuming(envelope.type, envelope.traceparent):
                subscription.handle(envelope)
        except Exception as error:
            # Whatever a handler raises is kept with its event.
            raise _HandlerFailed(error) from error
        finally:
            handling.reset(token)
        if is_kept:
            self._settle(envelope.id, "DONE", attempts + 1, None, None)
        if subscription.ordered:
            place = (self._consumer, envelope.aggregate_id)
            database.execute_sql(_MOVE, (envelope.sequence, *place))
            database.execute_sql(_RELEASE, (utcnow(), *place))

    def _place(self, envelope: Envelope, waited: float) -> str:
        """Tell whether the event is `stale`, `early` or `next` among the ordered types of its aggregate."""
        place = (self._consumer, envelope.aggregate_id)
        position = database.execute_sql(_POSITION, place).fetchone()[0]
        if envelope.sequence <= position:
            return "stale"
        awaited = max((envelope.before.get(name, 0) for name in self._ordered), default=0)
        if position >= awaited:
            return "next"
        blocked = database.execute_sql(_BLOCKED, (*place, envelope.sequence, self._ordered)).fetchone()
        # What this consumer has in hand is waited for. What it never received may be from before its time.
        return "early" if blocked or waited < PATIENCE else "next"

    def _fail(self, envelope: Envelope, body: str, attempts: int, error: Exception) -> None:
        summary = _summary(error)
        logger.warning("event %s %s failed (attempt %d): %s", envelope.type, envelope.id, attempts, summary)
        if attempts >= MAX_ATTEMPTS:
            self._settle(envelope.id, "DEAD", attempts, summary, body)
            return
        seconds = BACK_OFF[min(attempts, len(BACK_OFF)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311 - it only spreads load.
        again = utcnow() + timedelta(seconds=seconds)
        self._settle(envelope.id, "FAILED", attempts, summary, body, again)

    def _keep_unreadable(self, body: bytes, error: ValidationError) -> None:
        event_id, now = uuid7(), utcnow()
        logger.error("a message that is no event was set aside as %s", event_id)
        with database.atomic():
            columns = ([event_id], ["unreadable"], [None], [None])
            database.execute_sql(_RECEIVE, (self._consumer, *columns, now, now))
            self._settle(event_id, "DEAD", 1, _summary(error), _text(body))

    def _settle(  # noqa: PLR0917 - the columns of one statement.
        self,
        event_id: UUID,
        state: str,
        attempts: int,
        error: str | None,
        body: str | None,
        next_attempt_at: Any = None,
    ) -> None:
        settled_at = utcnow() if state in {"DONE", "DEAD"} else None
        outcome = (state, attempts, error, body, next_attempt_at, settled_at)
        database.execute_sql(_SETTLE, (*outcome, self._consumer, event_id))


def _text(body: bytes) -> str:
    # PostgreSQL's text holds anything but a zero.
    return body.decode("utf-8", "replace").replace("\x00", "\ufffd")


def _summary(error: Exception) -> str:
    if isinstance(error, ValidationError):
        # Its own text repeats the input, which may be personal.
        problems = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        return "; ".join(problems)[:2000]
    return f"{type(error).__name__}: {error}"[:2000].replace("\x00", "\ufffd")
