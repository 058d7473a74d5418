"""What must hold of orders at any time, as far as their own database knows; the neighbours know the rest."""

from datetime import timedelta
from typing import Any, Final

from prost.db import utcnow
from prost.invariants import find_violations

_LATE: Final = timedelta(minutes=30)

_UNDECIDED: Final = """
SELECT o.id, o.state FROM orders o
WHERE o.state IN ('PLACED', 'RESERVED', 'AWAITING_PAYMENT', 'AUTHORIZED', 'PAYMENT_FAILED')
    AND o.placed_at < %(late)s
"""
_UNDONE: Final = """
SELECT o.id, s.step FROM order_sagas s JOIN orders o ON o.id = s.order_id
WHERE s.step = 'COMPENSATE' AND o.updated_at < %(late)s
"""
_STEP: Final = """
SELECT o.id, o.state || ' ' || coalesce(s.step, 'without a saga')
FROM orders o LEFT JOIN order_sagas s ON s.order_id = o.id
WHERE s.step IS NULL OR NOT CASE
    WHEN o.state IN ('PLACED', 'RESERVED', 'AWAITING_PAYMENT', 'AUTHORIZED', 'PAYMENT_FAILED')
        THEN s.step = 'PAY'
    WHEN o.state IN ('REJECTED', 'EXPIRED', 'CANCELLED') THEN s.step IN ('COMPENSATE', 'DONE')
    ELSE s.step IN ('CLEAR_CART', 'DONE')
END
"""
_PAID: Final = """
SELECT o.id, o.payment_state FROM orders o
WHERE o.state IN ('CONFIRMED', 'SHIPPED', 'DELIVERED') AND o.total_minor > 0
    AND o.payment_state NOT IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED')
"""
_MONEY: Final = """
SELECT o.id, o.payment_state FROM orders o JOIN order_sagas s ON s.order_id = o.id
WHERE o.state IN ('REJECTED', 'EXPIRED', 'CANCELLED') AND s.step = 'DONE'
    AND o.payment_state IN ('AUTHORIZED', 'CAPTURED', 'UNKNOWN', 'ACTION_REQUIRED')
"""
_LINES: Final = """
SELECT o.id, 'lines ' || coalesce(sum(l.quantity * l.unit_price_minor), 0)
FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id GROUP BY o.id
HAVING coalesce(sum(l.quantity * l.unit_price_minor), 0) <> o.subtotal_minor
    OR coalesce(sum(l.quantity * l.deposit_minor), 0) <> o.deposit_minor
    OR coalesce(sum(l.discount_minor), 0) <> o.discount_minor
"""
_TOLD: Final = """
SELECT o.id, o.state FROM orders o
WHERE o.confirmed_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM order_timeline t WHERE t.order_id = o.id AND t.event = 'confirmed'
)
"""
_INVOICED: Final = """
SELECT o.id, 'no invoice' FROM orders o
WHERE o.confirmed_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM documents d WHERE d.order_id = o.id AND d.kind = 'INVOICE'
)
"""
_SETTLED: Final = """
SELECT r.order_id, coalesce(r.error, 'open') FROM returns r
WHERE r.state = 'OPEN' AND r.received_at < %(late)s
"""
_REDEEMED: Final = """
SELECT o.id, o.voucher_code FROM orders o
WHERE o.voucher_code IS NOT NULL AND NOT EXISTS (
    SELECT FROM voucher_redemptions v WHERE v.order_id = o.id AND (v.returned_at IS NOT NULL)
        = (o.state IN ('REJECTED', 'EXPIRED', 'CANCELLED'))
)
"""

INVARIANTS: Final = {
    "orders-are-decided-in-time": _UNDECIDED,
    "what-came-to-nothing-is-undone-in-time": _UNDONE,
    "a-saga-fits-its-order": _STEP,
    "a-confirmed-order-is-paid": _PAID,
    "what-came-to-nothing-costs-nothing": _MONEY,
    "lines-add-up": _LINES,
    "a-confirmation-is-in-the-timeline": _TOLD,
    "a-confirmed-order-has-an-invoice": _INVOICED,
    "returns-are-settled-in-time": _SETTLED,
    "a-voucher-is-used-by-orders-that-live": _REDEEMED,
}
"""Each answers its violations: the order, and what was found."""


def invariants() -> list[dict[str, Any]]:
    """Return what should not be; an empty list is what should be."""
    return find_violations(INVARIANTS, ("order_id", "found"), {"late": utcnow() - _LATE})
