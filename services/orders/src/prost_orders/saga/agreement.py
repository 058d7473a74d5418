"""Whether orders and payments tell the same of orders that are over."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

from prost_orders.domain.orders import Order, OrderState
from prost_orders.saga.neighbours import Neighbours
from prost_orders.saga.wire import Payment

_ONE_CAPTURE: Final = "a-confirmed-order-has-one-capture"
_NO_CAPTURE: Final = "no-capture-without-a-confirmed-order"
_SOLD: Final = frozenset(
    {OrderState.CONFIRMED, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED}
)


async def disagreements(neighbours: Neighbours, orders: Iterable[Order]) -> list[dict[str, Any]]:
    """Return on which orders payments disagrees."""
    asked = [order for order in orders if order.total_minor]
    payments = await asyncio.gather(*(neighbours.payment(order) for order in asked))
    found = zip(asked, payments, strict=True)
    return [fault for order, payment in found if (fault := _fault(order, payment)) is not None]


def _fault(order: Order, payment: Payment | None) -> dict[str, Any] | None:
    told = "nothing" if payment is None else f"{payment.state}, captured {payment.captured_minor}"
    if order.state in _SOLD:
        is_right = payment is not None and payment.captured_minor == order.total_minor
        return None if is_right else {"invariant": _ONE_CAPTURE, "order_id": order.id, "found": told}
    is_right = payment is None or (payment.kept_minor == 0 and payment.state != "AUTHORIZED")
    return None if is_right else {"invariant": _NO_CAPTURE, "order_id": order.id, "found": told}
