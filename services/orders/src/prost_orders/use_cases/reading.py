"""Reads orders, each with its lines and timeline in one statement."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from prost.db import database
from prost_orders.domain.orders import Happened, Order, OrderLine, OrderState, PaymentState

_COLUMNS: Final = (
    "id", "number", "customer_id", "guest_hash", "guest_key_hash", "email", "state", "payment_state",
    "payment_method", "redirect_url", "shipping_method", "shipping_address", "voucher_code",
    "subtotal_minor", "discount_minor", "shipping_minor", "shipping_refundable_minor",
    "deposit_minor", "total_minor", "vat",
    "minimum_age", "language", "shortages", "placed_at", "confirmed_at", "updated_at", "version",
    "payment_attempt",
)  # fmt: skip
_READ: Final = f"""
SELECT {", ".join(f"o.{name}" for name in _COLUMNS)},
    (
        SELECT json_agg(json_build_object(
            'variant_id', l.variant_id, 'product_id', l.product_id, 'sku', l.sku, 'slug', l.slug,
            'name', l.name, 'variant', l.variant, 'image', l.image, 'quantity', l.quantity,
            'unit_price_minor', l.unit_price_minor, 'deposit_minor', l.deposit_minor,
            'discount_minor', l.discount_minor, 'vat_rate', l.vat_rate::text
        ) ORDER BY l.position) FROM order_lines l WHERE l.order_id = o.id
    ),
    (
        SELECT json_agg(json_build_array(t.at, t.event, t.detail) ORDER BY t.number)
        FROM order_timeline t WHERE t.order_id = o.id
    ),
    (
        SELECT json_agg(json_build_object(
            'return_id', r.id, 'state', r.state, 'received_at', r.received_at, 'reason', r.reason,
            'refund_minor', r.refund_minor, 'content', r.content, 'credit_note', r.correction
        ) ORDER BY r.received_at, r.id) FROM returns r WHERE r.order_id = o.id
    )
FROM orders o
"""  # noqa: S608 - made of names that are written above.
_OVER: Final = "JOIN order_sagas s ON s.order_id = o.id AND s.step = 'DONE'"
_VERSIONS: Final = "SELECT id, version FROM orders WHERE id = ANY(%s::uuid[])"


def read_order(order_id: UUID) -> Order | None:
    """Return an order, None if there is none."""
    row = database.execute_sql(f"{_READ} WHERE o.id = %s", (order_id,)).fetchone()
    return None if row is None else _order(row)


def list_orders(
    size: int,
    before: UUID | None = None,
    *,
    customer_id: str | None = None,
    state: OrderState | None = None,
    part: str | None = None,
) -> list[Order]:
    """Return orders, newest first: a customer's, in a state, with a part of their number or address."""
    wanted: dict[str, object] = {}
    if customer_id is not None:
        wanted["o.customer_id = %s"] = customer_id
    if before is not None:
        wanted["o.id < %s"] = before
    if state is not None:
        wanted["o.state = %s"] = state
    if part is not None:
        wanted["strpos(upper(o.number || ' ' || coalesce(o.email, '')), upper(%s)) > 0"] = part
    where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
    rows = database.execute_sql(f"{_READ} {where} ORDER BY o.id DESC LIMIT %s", (*wanted.values(), size))
    return [_order(row) for row in rows.fetchall()]


def list_recent(size: int) -> list[Order]:
    """Return the orders that are over, and with which nothing is left to be done, newest first."""
    rows = database.execute_sql(f"{_READ} {_OVER} ORDER BY o.id DESC LIMIT %s", (size,))
    return [_order(row) for row in rows.fetchall()]


def read_versions(order_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return which changes of orders are the latest."""
    return dict(database.execute_sql(_VERSIONS, (list(order_ids),)).fetchall())


def _order(row: tuple[Any, ...]) -> Order:
    *columns, lines, timeline, returns = row
    values = dict(zip(_COLUMNS, columns, strict=True))
    values["state"] = OrderState(values["state"])
    values["payment_state"] = PaymentState(values["payment_state"])
    return Order(
        **values,
        lines=tuple(map(_line, lines or ())),
        returns=tuple(returns or ()),
        timeline=tuple(Happened(datetime.fromisoformat(at), *rest) for at, *rest in timeline or ()),
    )


def _line(value: Mapping[str, Any]) -> OrderLine:
    ids = {name: UUID(value[name]) for name in ("variant_id", "product_id")}
    return OrderLine(**{**value, **ids})
