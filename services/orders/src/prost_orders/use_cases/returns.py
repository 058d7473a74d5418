"""Takes withdrawals in, and keeps what is left to be done for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from prost.db import database, utcnow
from prost.errors import NotFound
from prost.events import Outbox
from prost_orders.domain.orders import LEASE, Order, pause_after
from prost_orders.domain.pricing import refund
from prost_orders.domain.returns import as_sold, correction_content, lines_to_return, require_withdrawable
from prost_orders.use_cases.reading import read_order

_LOCK: Final = "SELECT 1 FROM orders WHERE id = %s FOR NO KEY UPDATE"
_BEFORE: Final = "SELECT variant_id, sum(quantity) FROM return_lines WHERE order_id = %s GROUP BY variant_id"
_RETURN: Final = """
INSERT INTO returns (id, order_id, reason, received_at, refund_minor, content, holder, due_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_LINES: Final = """
INSERT INTO return_lines (return_id, order_id, variant_id, quantity)
SELECT %s, %s, w.* FROM unnest(%s::uuid[], %s::integer[]) AS w
"""
_TOLD: Final = """
WITH entry AS (
    INSERT INTO order_timeline (order_id, at, event, detail)
    VALUES (%(order)s, %(at)s, 'withdrawn', %(return)s)
)
UPDATE orders SET updated_at = %(at)s, version = version + 1 WHERE id = %(order)s
"""
_WORK: Final = """
SELECT order_id, refund_minor, content, attempts, received_at FROM returns
WHERE id = %s AND holder = %s AND state = 'OPEN'
"""
_FINISH: Final = "SELECT finish_return(%s, %s, %s, %s, %s)"
_LEASE: Final = """
UPDATE returns SET holder = %(holder)s, due_at = %(until)s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM returns WHERE state = 'OPEN' AND due_at <= %(now)s
    ORDER BY due_at LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED
) RETURNING id
"""
_DUE: Final = "SELECT EXISTS (SELECT FROM returns WHERE state = 'OPEN' AND due_at <= %s)"
_PARK: Final = "UPDATE returns SET holder = NULL, due_at = %s, error = %s WHERE id = %s AND holder = %s"
_OF_ORDER: Final = """
SELECT id, state, received_at, reason, refund_minor, content, correction
FROM returns WHERE order_id = %s ORDER BY received_at, id
"""
_LONGEST_ERROR: Final = 300


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What somebody declares: of which lines, None for all that there is left."""

    lines: Sequence[tuple[UUID, int]] | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ReturnWork:
    """A return that is not through, in the hands of `holder`."""

    id: UUID
    order: Order
    refund_minor: int
    content: Mapping[str, Any]
    attempts: int
    received_at: datetime
    holder: UUID


def withdraw(order_id: UUID, withdrawal: Withdrawal, return_id: UUID, holder: UUID) -> dict[str, Any]:
    """Take a withdrawal in and return its receipt; what is paid back is settled with it.

    Raises:
        WithdrawalNotPossible, WithdrawalOver, NothingLeft, Invalid: as they say.
    """
    with database.atomic():
        database.execute_sql(_LOCK, (order_id,))
        order, now = read_order(order_id), utcnow()
        if order is None:
            raise NotFound("There is no such order.")
        require_withdrawable(order, now)
        before = dict(database.execute_sql(_BEFORE, (order_id,)).fetchall())
        coming = lines_to_return(order, before, withdrawal.lines)
        owed = refund(as_sold(order.lines), order.shipping_refundable_minor, before, coming)
        content = correction_content(order, owed)
        row = (
            return_id, order_id, withdrawal.reason, now, owed.total, orjson.dumps(content).decode(),
            holder, now + LEASE,
        )  # fmt: skip
        database.execute_sql(_RETURN, row)
        database.execute_sql(_LINES, (return_id, order_id, list(coming), list(coming.values())))
        database.execute_sql(_TOLD, {"order": order_id, "at": now, "return": str(return_id)})
    return {
        "return_id": str(return_id),
        "order_id": str(order_id),
        "order_number": order.number,
        "received_at": now.isoformat(),
        "reason": withdrawal.reason,
        "refund_minor": owed.total,
        "content": content,
    }


def returns_of(order_id: UUID) -> list[dict[str, Any]]:
    """Return what has come back of an order, in the order in which that was declared."""
    names = ("id", "state", "received_at", "reason", "refund_minor", "content", "correction")
    rows = database.execute_sql(_OF_ORDER, (order_id,)).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def read_return(return_id: UUID, holder: UUID) -> ReturnWork | None:
    """Return what there is to be done for a return, None if it is through or in other hands."""
    row = database.execute_sql(_WORK, (return_id, holder)).fetchone()
    order = None if row is None else read_order(row[0])
    if order is None:
        return None
    _, owed, content, attempts, received_at = row
    return ReturnWork(return_id, order, owed, content, attempts, received_at, holder)


def finish_return(work: ReturnWork) -> bool:
    """Write that a return is through, and announce it; false if it is in other hands by now."""
    order = work.order
    fact = {
        "order_id": order.id,
        "number": order.number,
        "customer_id": order.customer_id,
        "email": order.email,
        "return_id": work.id,
        "received_at": work.received_at,
        "lines": [
            {"sku": line["sku"], "variant_id": line["variant_id"], "quantity": line["quantity"]}
            for line in work.content["lines"]
        ],
        "total_minor": order.total_minor,
        "refund_minor": work.refund_minor,
    }
    arguments = (work.id, work.holder, utcnow(), orjson.dumps(fact).decode(), Outbox.cause())
    (finished,) = database.execute_sql(_FINISH, arguments).fetchone()
    return bool(finished)


def lease_returns(holder: UUID, most: int) -> list[UUID]:
    """Take the returns whose time has come, and that nobody else is taking, and return their ids."""
    now = utcnow()
    names = {"holder": holder, "until": now + LEASE, "now": now, "most": most}
    return [return_id for (return_id,) in database.execute_sql(_LEASE, names).fetchall()]


def is_return_due() -> bool:
    """Tell whether there is a return to be taken on."""
    (due,) = database.execute_sql(_DUE, (utcnow(),)).fetchone()
    return bool(due)


def park_return(work: ReturnWork, error: str) -> None:
    """Leave a return alone for a while, the longer the more often it was tried."""
    due = utcnow() + pause_after(work.attempts)
    database.execute_sql(_PARK, (due, error[:_LONGEST_ERROR], work.id, work.holder))
