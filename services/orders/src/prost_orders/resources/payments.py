"""Paying an order again."""

from hashlib import sha256
from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Conflict, NotFound, Unavailable
from prost.http import operation
from prost_orders.resources.guests import require_access
from prost_orders.resources.orders import OrderQuery
from prost_orders.saga.checkout import Checkout
from prost_orders.schemas.orders import OrderOut
from prost_orders.schemas.placing import NewPayment
from prost_orders.use_cases.placing import Request as Keyed
from prost_orders.use_cases.reading import read_order


class PaymentResource:
    """The payment of an order."""

    def __init__(self, checkout: Checkout) -> None:
        """Have orders paid there."""
        self._checkout = checkout

    @operation(
        summary="Pay an order again whose payment has failed.",
        query=OrderQuery,
        body=NewPayment,
        returns=(201, OrderOut),
        errors=(NotFound, Conflict, Unavailable),
        auth="optional",
        idempotent=True,
        also=(202,),
        tags=("orders",),
    )
    async def on_post(
        self,
        req: Request,
        resp: Response,
        *,
        order_id: UUID,
        query: OrderQuery,
        body: NewPayment,
        idempotency_key: str,
    ) -> bytes:
        """Answer as placing the order does: 201 once it is decided, 202 while it is under way.

        Refusals: order-not-payable with `state`, request-in-flight; idempotency-key-reused.
        """
        order = require_access(req, await in_db(read_order, order_id), query.key)
        request = Keyed(f"payment:{order_id}", idempotency_key, sha256(body.payment_method.encode()).digest())
        told = await self._checkout.pay_again(request, order, body.payment_method)
        resp.status = told.status
        resp.cache_control = ["no-store"]
        return told.body
