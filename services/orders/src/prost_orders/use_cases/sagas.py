"""How far the saga of an order has come: who works on it, what it has come to, and when it is looked at."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from prost.db import database, utcnow
from prost.events import Outbox
from prost_orders.domain.orders import (
    LEASE,
    Happened,
    Order,
    OrderNotCancellable,
    OrderState,
    PaymentState,
    SagaStep,
    pause_after,
)
from prost_orders.use_cases.placing import Told, fact_of
from prost_orders.use_cases.reading import read_order

_MOVE: Final = f"SELECT move_order({', '.join(['%s'] * 17)})"
_CANCEL: Final = "SELECT found_state, cancelled, leased FROM cancel_order(%s, %s, %s, %s, %s, %s, %s)"
_WORK: Final = """
SELECT s.step, s.attempts, s.expires_at, r.guest_key
FROM order_sagas s LEFT JOIN order_requests r ON r.order_id = s.order_id AND r.answer IS NULL
WHERE s.order_id = %s AND s.holder = %s
"""
_LEASE: Final = """
UPDATE order_sagas SET holder = %(holder)s, due_at = %(until)s, attempts = attempts + 1
WHERE order_id IN (
    SELECT order_id FROM order_sagas WHERE step <> 'DONE' AND due_at <= %(now)s
    ORDER BY due_at LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED
) RETURNING order_id
"""
_PARK: Final = """
UPDATE order_sagas SET holder = NULL, due_at = %s, error = %s WHERE order_id = %s AND holder = %s
"""
_CLEARED: Final = """
UPDATE order_sagas SET step = 'DONE', holder = NULL, error = NULL
WHERE order_id = ANY(%s::uuid[]) AND step = 'CLEAR_CART'
"""
_DUE: Final = "SELECT EXISTS (SELECT FROM order_sagas WHERE step <> 'DONE' AND due_at <= %s)"
_OPEN: Final = "SELECT step, count(*) FROM order_sagas WHERE step <> 'DONE' GROUP BY step"
_LONGEST_ERROR: Final = 300


@dataclass(frozen=True, slots=True)
class Work:
    """An order with what is left to be done for it, in the hands of `holder`."""

    order: Order
    step: SagaStep
    holder: UUID
    attempts: int
    expires_at: datetime
    guest_key: str | None = None
    told: Told | None = None
    """What was answered by whoever works on it, which stays the answer."""


@dataclass(frozen=True, slots=True)
class Move:
    """What an order has come to: its state, what is left to be done, and who does it, by when."""

    state: OrderState
    payment: PaymentState
    step: SagaStep
    redirect_url: str | None = None
    shortages: Sequence[dict[str, Any]] | None = None
    happened: Sequence[Happened] = ()
    holder: UUID | None = None
    due_in: timedelta = LEASE
    fact: str | None = None
    reason: str | None = None


def move_order(
    work: Work, sources: Collection[OrderState], move: Move, told: Told | None, at: datetime
) -> bool:
    """Write what an order has come to, with what is told of it; false if it is in others' hands by now."""
    order = work.order
    short = None if move.shortages is None else orjson.dumps(move.shortages).decode()
    more = {} if move.reason is None else {"reason": move.reason}
    arguments = (
        order.id,
        work.holder,
        list(sources),
        move.state,
        move.payment,
        move.redirect_url,
        short,
        orjson.dumps(move.happened).decode(),
        move.step,
        move.holder,
        at + move.due_in,
        at,
        move.fact,
        None if move.fact is None else fact_of(order, **more),
        Outbox.cause(),
        None if told is None else told.status,
        None if told is None else told.body,
    )
    (moved,) = database.execute_sql(_MOVE, arguments).fetchone()
    return bool(moved)


def cancel_order(order: Order, holder: UUID, reason: str) -> Work | None:
    """Call an order off, and return it as work if nobody else has it in hand.

    Raises:
        OrderNotCancellable: it was handed over, or is over.
    """
    at = utcnow()
    happened = orjson.dumps([Happened(at, "cancelled", reason)]).decode()
    arguments = (order.id, holder, happened, at, at + LEASE, fact_of(order, reason=reason), Outbox.cause())
    state, cancelled, leased = database.execute_sql(_CANCEL, arguments).fetchone()
    if not cancelled:
        if state == OrderState.CANCELLED:
            return None
        raise OrderNotCancellable(f"An order that is {state} cannot be cancelled.", state=state)
    return read_work(order.id, holder) if leased else None


def read_work(order_id: UUID, holder: UUID) -> Work | None:
    """Return what there is to be done for an order, None if it is in other hands."""
    row = database.execute_sql(_WORK, (order_id, holder)).fetchone()
    order = None if row is None else read_order(order_id)
    if order is None:
        return None
    step, attempts, expires_at, guest_key = row
    return Work(order, SagaStep(step), holder, attempts, expires_at, guest_key)


def lease_due(holder: UUID, most: int) -> list[UUID]:
    """Take the orders whose time has come, and that nobody else is taking, and return their ids."""
    now = utcnow()
    names = {"holder": holder, "until": now + LEASE, "now": now, "most": most}
    return [order_id for (order_id,) in database.execute_sql(_LEASE, names).fetchall()]


def park(work: Work, error: str) -> None:
    """Leave an order alone for a while, the longer the more often it was tried."""
    due = utcnow() + pause_after(work.attempts)
    database.execute_sql(_PARK, (due, error[:_LONGEST_ERROR], work.order.id, work.holder))


def wait_on(work: Work, pause: timedelta) -> None:
    """Look at an order again later, with nothing new to be told of it."""
    database.execute_sql(_PARK, (utcnow() + pause, None, work.order.id, work.holder))


def finish_cleared(order_ids: Collection[UUID]) -> None:
    """Write that what was ordered is no longer in the carts."""
    database.execute_sql(_CLEARED, (list(order_ids),))


def is_anything_due() -> bool:
    """Tell whether the time of an order has come."""
    return bool(database.execute_sql(_DUE, (utcnow(),)).fetchone()[0])


def count_open() -> dict[str, int]:
    """Return how many orders are not through, by what is left to be done."""
    found = dict(database.execute_sql(_OPEN).fetchall())
    return {step: found.get(step, 0) for step in SagaStep if step is not SagaStep.DONE}
