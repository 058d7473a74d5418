"""Placing orders, looking at them and calling them off."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated
from uuid import UUID

import orjson
from falcon.asgi import Request, Response
from pydantic import Field

from prost.db import in_db
from prost.errors import (
    Conflict,
    DeadlineExceeded,
    FieldError,
    Invalid,
    NotFound,
    ProstError,
    Unavailable,
    UpstreamFailed,
)
from prost.http import operation
from prost.wire import Wire
from prost_orders.domain.orders import LANGUAGES, Order, hashed
from prost_orders.domain.shipping import SHIPPING_RATES
from prost_orders.resources.guests import cart_token, require_access
from prost_orders.resources.lists import OrdersPage, OrdersQuery, staff_page
from prost_orders.saga.checkout import Checkout, Wish
from prost_orders.saga.proposal import Buyer
from prost_orders.schemas import orders as wire
from prost_orders.schemas.placing import SHIPS_TO, NewOrder
from prost_orders.use_cases.placing import Request as Keyed
from prost_orders.use_cases.reading import read_order

ERRORS: Sequence[type[ProstError]] = (Conflict, UpstreamFailed, Unavailable, DeadlineExceeded)


class OrderQuery(Wire):
    """The key with which a guest can look at an order from elsewhere."""

    key: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class OrdersResource:
    """All orders."""

    def __init__(self, checkout: Checkout) -> None:
        """Place orders there."""
        self._checkout = checkout

    @operation(
        summary="List all orders.",
        query=OrdersQuery,
        returns=OrdersPage,
        errors=(Unavailable,),
        auth="staff",
        tags=("staff",),
    )
    async def on_get(self, req: Request, resp: Response, *, query: OrdersQuery) -> wire.Answer:
        """Answer one page, newest first."""
        return await staff_page(query)

    @operation(
        summary="Order what is in the cart, with the obligation to pay.",
        body=NewOrder,
        returns=(201, wire.OrderOut),
        errors=ERRORS,
        auth="optional",
        idempotent=True,
        also=(202,),
        tags=("orders",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: NewOrder, idempotency_key: str) -> bytes:
        """Answer 201 once the order is decided, whichever way, and 202 while it is under way.

        Refusals: price-changed with `changes`, request-in-flight; cart-empty, age-not-confirmed,
        not-sellable, voucher-refused, idempotency-key-reused.
        """
        principal = req.context.principal
        customer_id = None if principal is None or principal.is_service else principal.subject
        token = cart_token(req)
        _require_fields(body, is_guest=customer_id is None)
        buyer = Buyer(customer_id, token, body.email)
        scope = f"customer:{customer_id}" if customer_id is not None else f"guest:{hashed(token or '')}"
        digest = sha256(orjson.dumps(body.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)).digest()
        told = await self._checkout.place(
            Keyed(scope, idempotency_key, digest),
            Wish(
                buyer=buyer,
                address=body.shipping_address.model_dump(),
                shipping_method=body.shipping_method,
                payment_method=body.payment_method,
                voucher=body.voucher,
                age_confirmed=body.age_confirmed,
                language=_language(req),
            ),
        )
        resp.status = told.status
        resp.cache_control = ["no-store"]
        return told.body


class OrderResource:
    """One order."""

    @operation(
        summary="Show an order to whoever placed it, and to staff.",
        query=OrderQuery,
        returns=wire.OrderOut,
        errors=(NotFound, Unavailable),
        auth="optional",
        tags=("orders",),
    )
    async def on_get(self, req: Request, resp: Response, *, order_id: UUID, query: OrderQuery) -> wire.Answer:
        """Answer it; what is somebody else's is not there."""
        order = require_access(req, await in_db(read_order, order_id), query.key)
        resp.cache_control = ["no-store"]
        return wire.order_document(order)


class CancellationResource:
    """Calling an order off."""

    def __init__(self, checkout: Checkout) -> None:
        """Cancel orders there."""
        self._checkout = checkout

    @operation(
        summary="Cancel an order that was not handed over yet.",
        query=OrderQuery,
        returns=wire.OrderOut,
        errors=(NotFound, Conflict, Unavailable),
        auth="optional",
        tags=("orders",),
    )
    async def on_post(
        self, req: Request, resp: Response, *, order_id: UUID, query: OrderQuery
    ) -> wire.Answer:
        """Answer the order; what is held and paid is given back, if not now then soon.

        Refusal: order-not-cancellable.
        """
        order = require_access(req, await in_db(read_order, order_id), query.key)
        await self._checkout.cancel(order, _canceller(req, order))
        resp.cache_control = ["no-store"]
        return wire.order_document(require_access(req, await in_db(read_order, order_id), query.key))


def _canceller(req: Request, order: Order) -> str:
    principal = req.context.principal
    is_own = principal is None or principal.owns(order.customer_id)
    return "by-customer" if is_own or not principal.is_staff else "by-staff"


def _language(req: Request) -> str:
    """Return the first language of the shop that a browser accepts; German without any."""
    tags = (req.get_header("Accept-Language") or "").split(",")
    return next((name for tag in tags if (name := tag.strip()[:2].lower()) in LANGUAGES), LANGUAGES[0])


def _require_fields(body: NewOrder, *, is_guest: bool) -> None:
    """Refuse what no order can be made of, naming each field. Raises Invalid."""
    faults = []
    if is_guest and body.email is None:
        faults.append(FieldError("body.email", "is needed to order without an account", "missing"))
    if body.shipping_method not in SHIPPING_RATES:
        known = " or ".join(sorted(SHIPPING_RATES))
        faults.append(FieldError("body.shipping_method", f"has to be {known}", "unknown"))
    if body.shipping_address.country not in SHIPS_TO:
        known = ", ".join(sorted(SHIPS_TO))
        faults.append(FieldError("body.shipping_address.country", f"is not served: {known}", "unknown"))
    if faults:
        raise Invalid("The order cannot be placed like this.", errors=faults)
