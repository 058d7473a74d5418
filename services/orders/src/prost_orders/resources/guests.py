"""Whose an order is, when nobody is signed in: who has the cart's cookie, or the key of the order."""

import hmac
from typing import Final

from falcon.asgi import Request

from prost.errors import NotFound
from prost_orders.domain.orders import Order, hashed

CART_COOKIE: Final = "prost_cart"
_LONGEST: Final = 200


def cart_token(req: Request) -> str | None:
    """Return the cookie that names a guest's cart; None without one, and where two claim to be it."""
    values = req.get_cookie_values(CART_COOKIE) or []
    return values[0] if len(values) == 1 and 0 < len(values[0]) <= _LONGEST else None


def require_access(req: Request, order: Order | None, key: str | None) -> Order:
    """Return an order that the caller may see: theirs, staff's any. Raises NotFound for what is not."""
    if order is not None and _may_see(req, order, key):
        return order
    raise NotFound("There is no such order, or it is not yours.")


def _may_see(req: Request, order: Order, key: str | None) -> bool:
    principal = req.context.principal
    if principal is not None and not principal.is_service:
        if principal.is_staff:
            return True
        if order.customer_id is not None and principal.owns(order.customer_id):
            return True
    token = cart_token(req)
    return _proves(token, order.guest_hash) or _proves(key, order.guest_key_hash)


def _proves(secret: str | None, kept: str | None) -> bool:
    return secret is not None and kept is not None and hmac.compare_digest(hashed(secret), kept)
