"""What must hold of the money at any time, asked of the database as a whole."""

from typing import Any, Final

from prost.db import utcnow
from prost.invariants import find_violations
from prost_payments.domain import LATE, LATE_EVENT

_ZERO = """
SELECT l.payment_id, NULL::uuid, 0, sum(l.amount_minor)
FROM ledger l GROUP BY l.payment_id, l.fact HAVING sum(l.amount_minor) <> 0
"""
_BOOKS = """
SELECT p.id, p.order_id, e.expected, coalesce(l.total, 0)
FROM payments p
CROSS JOIN LATERAL (VALUES
    ('authorized', p.authorized_minor - p.captured_minor - p.released_minor),
    ('holds', p.captured_minor + p.released_minor - p.authorized_minor),
    ('cash', p.captured_minor - p.refunded_minor),
    ('revenue', -p.captured_minor),
    ('refunds', p.refunded_minor)
) AS e (account, expected)
LEFT JOIN (SELECT payment_id, account, sum(amount_minor) AS total FROM ledger GROUP BY payment_id, account) l
    ON l.payment_id = p.id AND l.account = e.account
WHERE e.expected <> coalesce(l.total, 0)
"""
_CAPTURED = """
SELECT id, order_id, authorized_minor - released_minor, captured_minor FROM payments
WHERE captured_minor > authorized_minor - released_minor OR captured_minor - refunded_minor > amount_minor
"""
_REFUNDED = """
SELECT p.id, p.order_id, coalesce(r.total, 0), p.refunded_minor
FROM payments p LEFT JOIN (
    SELECT payment_id, sum(amount_minor) AS total FROM refunds WHERE state = 'SUCCEEDED' GROUP BY payment_id
) r ON r.payment_id = p.id
WHERE p.refunded_minor <> coalesce(r.total, 0) OR p.refunded_minor > p.captured_minor
"""
_OPEN = """
SELECT p.id, p.order_id, 0, extract(epoch FROM %(now)s - p.updated_at)::bigint
FROM payments p
WHERE p.state IN ('PENDING', 'UNKNOWN', 'ACTION_REQUIRED') AND p.updated_at < %(late)s
"""
_ATTEMPTS = """
SELECT p.id, p.order_id, 0, extract(epoch FROM %(now)s - a.created_at)::bigint
FROM attempts a JOIN payments p ON p.id = a.payment_id
WHERE a.settled_at IS NULL AND a.created_at < %(late)s
"""
_LEFT = """
SELECT p.id, p.order_id, 0, p.authorized_minor - p.released_minor - p.refunded_minor
FROM payments p
WHERE p.state IN ('VOIDED', 'FAILED') AND p.authorized_minor - p.released_minor - p.refunded_minor > 0
    AND p.updated_at < %(late)s
"""
_EVENTS = """
SELECT NULL::uuid, e.order_id, 0, extract(epoch FROM %(now)s - e.received_at)::bigint
FROM provider_events e WHERE e.state = 'RECEIVED' AND e.received_at < %(late_event)s
"""

INVARIANTS: Final = {
    "the-ledger-sums-to-zero": _ZERO,
    "the-ledger-says-what-payments-say": _BOOKS,
    "no-more-is-captured-than-authorized": _CAPTURED,
    "no-more-is-refunded-than-captured": _REFUNDED,
    "no-payment-is-open-for-long": _OPEN,
    "no-call-is-open-for-long": _ATTEMPTS,
    "nothing-stays-of-what-was-given-up": _LEFT,
    "events-are-processed": _EVENTS,
}
"""Each answers its violations: payment, order, what should be and what is, in cents or in seconds."""


def invariants() -> list[dict[str, Any]]:
    """Return what should not be; an empty list is what should be."""
    now = utcnow()
    return find_violations(
        INVARIANTS,
        ("payment_id", "order_id", "expected", "found"),
        {"now": now, "late": now - LATE, "late_event": now - LATE_EVENT},
    )
