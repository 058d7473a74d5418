"""What orders, inventory and payments must agree on; no one of them can see it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Row = dict[str, Any]

PATIENCE: Final = 600
"""Seconds after which money or goods without their order are no longer on their way."""

QUERIES: Final = {
    # Orders first: what an order says has happened before it says so.
    "orders": "SELECT id::text, state, total_minor FROM orders",
    "inventory": """
        SELECT order_id::text, state, extract(epoch FROM now() - updated_at)::integer AS age FROM reservations
        """,
    "payments": """
        SELECT order_id::text, state, captured_minor, refunded_minor,
            extract(epoch FROM now() - updated_at)::integer AS age
        FROM payments
        """,
}
PARTIES: Final = QUERIES.keys()

_SOLD: Final = {"CONFIRMED", "SHIPPED", "DELIVERED", "RETURNED"}
_ENDED: Final = {"REJECTED", "EXPIRED", "CANCELLED"}


def disagreements(facts: Mapping[str, Sequence[Row]], *, patience: int) -> list[dict[str, Any]]:
    """Compare the rows of `QUERIES`. What is younger than `patience` seconds may still be on its way."""
    orders = {row["id"]: row for row in facts["orders"]}
    holds, payments = _by_order(facts["inventory"]), _by_order(facts["payments"])
    found = [
        *_unsold(orders, holds, payments),
        *_unordered(orders, holds, payments, patience),
    ]
    return [{"service": "between services", **each} for each in found]


def _unsold(
    orders: Mapping[str, Row], holds: Mapping[str, list[Row]], payments: Mapping[str, list[Row]]
) -> Iterator[Row]:
    """Find orders that say they are sold without one committed hold and one capture of their total."""
    for order_id, order in orders.items():
        if order["state"] not in _SOLD:
            continue
        committed = [row for row in holds.get(order_id, ()) if row["state"] == "COMMITTED"]
        if len(committed) != 1:
            yield _violation("a-confirmed-order-has-one-committed-hold", order_id, 1, len(committed))
        captured = [row["captured_minor"] for row in payments.get(order_id, ()) if row["captured_minor"]]
        due = [order["total_minor"]] if order["total_minor"] else []
        if captured != due:
            yield _violation("a-confirmed-order-has-one-capture", order_id, due, captured)


def _unordered(
    orders: Mapping[str, Row],
    holds: Mapping[str, list[Row]],
    payments: Mapping[str, list[Row]],
    patience: int,
) -> Iterator[Row]:
    """Find money that is kept and goods that are gone or held without an order that says so."""
    for order_id, rows in payments.items():
        state = orders[order_id]["state"] if order_id in orders else None
        kept = sum(row["captured_minor"] - row["refunded_minor"] for row in rows if row["age"] >= patience)
        if kept and state not in _SOLD:
            yield _violation("no-capture-without-a-confirmed-order", order_id, 0, kept)
    for order_id, rows in holds.items():
        state = orders[order_id]["state"] if order_id in orders else None
        late = {row["state"] for row in rows if row["age"] >= patience}
        if "COMMITTED" in late and state not in _SOLD | {"CANCELLED"}:
            yield _violation("no-goods-leave-without-a-confirmed-order", order_id, None, state)
        if "HELD" in late and state in _ENDED:
            yield _violation("an-ended-order-holds-nothing", order_id, None, state)


def _by_order(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["order_id"], []).append(row)
    return found


def _violation(invariant: str, order_id: str, expected: object, found: object) -> Row:
    return {"invariant": invariant, "order_id": order_id, "expected": expected, "found": found}
