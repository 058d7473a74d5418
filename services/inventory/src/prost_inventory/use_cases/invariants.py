"""What must hold of the stock at any time, asked of the database as a whole."""

from typing import Any, Final

from prost.db import utcnow
from prost.invariants import find_violations
from prost_inventory.domain import GRACE

_ON_HAND = """
SELECT s.sku, s.location, NULL::uuid, coalesce(m.total, 0), s.on_hand
FROM stock s LEFT JOIN (SELECT sku, location, sum(delta) AS total FROM movements GROUP BY sku, location) m
    ON m.sku = s.sku AND m.location = s.location
WHERE s.on_hand <> coalesce(m.total, 0)
"""
_RESERVED = """
SELECT s.sku, s.location, NULL::uuid, coalesce(h.total, 0), s.reserved
FROM stock s LEFT JOIN (
    SELECT h.sku, h.location, sum(h.quantity) AS total
    FROM holds h JOIN reservations r USING (order_id) WHERE r.state = 'HELD' GROUP BY h.sku, h.location
) h ON h.sku = s.sku AND h.location = s.location
WHERE s.reserved <> coalesce(h.total, 0)
"""
_DEDUCTED = """
SELECT coalesce(h.sku, m.sku), coalesce(h.location, m.location), coalesce(h.order_id, m.order_id),
    coalesce(h.quantity, 0), coalesce(-m.delta, 0)
FROM (SELECT h.* FROM holds h JOIN reservations r USING (order_id) WHERE r.state = 'COMMITTED') h
FULL JOIN (SELECT * FROM movements WHERE kind = 'DEDUCTED') m
    ON m.order_id = h.order_id AND m.sku = h.sku AND m.location = h.location
WHERE h.quantity IS DISTINCT FROM -m.delta
"""
_RETURNED = """
SELECT h.sku, h.location, h.order_id, h.quantity, sum(b.quantity)
FROM returns b JOIN holds h USING (order_id, sku)
GROUP BY h.order_id, h.sku HAVING sum(b.quantity) > h.quantity
"""
_LEVEL = """
SELECT i.sku, NULL, NULL::uuid, x.available, i.threshold
FROM items i JOIN (SELECT sku, max(on_hand - reserved) AS available FROM stock GROUP BY sku) x USING (sku)
WHERE i.level <> level_of(x.available, i.threshold)
"""
_EXPIRY = """
SELECT NULL, NULL, r.order_id, 0, extract(epoch FROM %(now)s - r.expires_at)::integer
FROM reservations r WHERE r.state = 'HELD' AND r.expires_at < %(late)s
"""

INVARIANTS: Final = {
    "on-hand-is-the-sum-of-movements": _ON_HAND,
    "reserved-is-the-sum-of-live-holds": _RESERVED,
    "a-committed-order-was-deducted-once": _DEDUCTED,
    "no-more-comes-back-than-left": _RETURNED,
    "the-level-told-last-is-true": _LEVEL,
    "holds-expire-in-time": _EXPIRY,
}
"""Each answers its violations: SKU, location, order, what should be and what is."""


def invariants() -> list[dict[str, Any]]:
    """Return what should not be; an empty list is what should be."""
    now = utcnow()
    return find_violations(
        INVARIANTS, ("sku", "location", "order_id", "expected", "found"), {"now": now, "late": now - GRACE}
    )
