"""What an order would cost, and how it can be sent."""

from falcon.asgi import Request, Response

from prost.errors import Conflict, DeadlineExceeded, FieldError, Invalid, Unavailable, UpstreamFailed
from prost.http import PublicCache, operation
from prost_orders.domain.shipping import SHIPPING_RATES
from prost_orders.resources.guests import cart_token
from prost_orders.saga.neighbours import Neighbours
from prost_orders.saga.proposal import Buyer, propose
from prost_orders.schemas import quotes as wire
from prost_orders.schemas.orders import Answer


class QuoteResource:
    """What an order would cost."""

    def __init__(self, neighbours: Neighbours) -> None:
        """Ask these."""
        self._neighbours = neighbours

    @operation(
        summary="Say what the cart would cost as an order; places nothing.",
        body=wire.QuoteIn,
        returns=wire.QuoteOut,
        errors=(Conflict, UpstreamFailed, Unavailable, DeadlineExceeded),
        auth="optional",
        tags=("orders",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.QuoteIn) -> Answer:
        """Answer it. Refusals: price-changed; cart-empty, not-sellable, voucher-refused."""
        if body.shipping_method not in SHIPPING_RATES:
            known = " or ".join(sorted(SHIPPING_RATES))
            fault = FieldError("body.shipping_method", f"has to be {known}", "unknown")
            raise Invalid("There is no such way of sending an order.", errors=[fault])
        principal = req.context.principal
        customer_id = None if principal is None or principal.is_service else principal.subject
        # Without the address: whether somebody else's has used a voucher is nobody's business.
        buyer = Buyer(customer_id, cart_token(req))
        proposal = await propose(self._neighbours, buyer, body.shipping_method, body.voucher)
        resp.cache_control = ["no-store"]
        return wire.quote_document(proposal.quote, body.shipping_method, proposal.minimum_age)


class ShippingMethodsResource:
    """How orders are sent."""

    @operation(
        summary="List the ways in which an order can be sent.",
        returns=wire.ShippingMethods,
        auth="anonymous",
        cache=PublicCache("shipping-methods", max_age=300),
        tags=("orders",),
    )
    async def on_get(self, req: Request, resp: Response) -> Answer:
        """Answer all of them, cheapest first."""
        return {"items": [wire.shipping_method_document(rate) for rate in SHIPPING_RATES.values()]}
