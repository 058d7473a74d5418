"""What other services ask for on behalf of an order; each call may come again and is done once."""

from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Conflict, FieldError, Invalid, NotFound, Unavailable
from prost.http import operation
from prost_payments.flows import Flows
from prost_payments.schemas import orders as wire
from prost_payments.schemas.common import Answer
from prost_payments.use_cases import steps

ERRORS = (Conflict, Unavailable)
TAGS = ("orders",)


class _Resource:
    def __init__(self, flows: Flows) -> None:
        self.flows = flows
        self.provider = flows.provider


class ChargeResource(_Resource):
    """Charging an order."""

    def __init__(self, flows: Flows, public_url: str) -> None:
        """Send customers back to pages of one origin only."""
        super().__init__(flows)
        self._public_url = public_url

    @operation(
        summary="Charge an order.",
        body=wire.ChargeIn,
        returns=wire.PaymentOut,
        errors=ERRORS,
        auth="service",
        tags=TAGS,
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.ChargeIn) -> Answer:
        """Answer where the payment stands, which may be FAILED. Refusals: payment-differs, payment-voided."""
        self.provider.check_method(body.payment_method)
        back = self._own_page(body.return_url)
        charge = steps.Charge(
            body.order_id,
            body.amount_minor,
            body.payment_method,
            body.capture,
            back,
            body.customer_id,
            body.attempt,
        )
        step = await self.flows.run(steps.begin_charge, self.provider.name, self.provider.lease, charge)
        return step.document

    def _own_page(self, url: str) -> str:
        """Return a whole address. Raises Invalid for one that would send the customer elsewhere."""
        whole = self._public_url + url if url.startswith("/") else url
        if not whole.startswith(f"{self._public_url}/") or url.startswith("//"):
            problem = FieldError("body.return_url", "is no page of the shop", "return-url")
            raise Invalid("Customers come back to the shop.", errors=[problem])
        return whole


class CaptureResource(_Resource):
    """Taking the money."""

    @operation(
        summary="Take what is authorized for an order.",
        body=wire.CaptureIn,
        returns=wire.PaymentOut,
        errors=(NotFound, *ERRORS),
        auth="service",
        tags=TAGS,
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.CaptureIn) -> Answer:
        """Answer where the payment stands. Refusals: payment-not-found, not-authorized with `state`."""
        step = await self.flows.run(
            steps.begin_capture, self.provider.name, self.provider.lease, body.order_id
        )
        return step.document


class VoidResource(_Resource):
    """Giving a payment up."""

    @operation(
        summary="Give up the payment of an order, also one that is not there yet.",
        body=wire.VoidIn,
        returns=wire.PaymentOut,
        errors=ERRORS,
        auth="service",
        tags=TAGS,
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.VoidIn) -> Answer:
        """Answer where the payment stands. Refusals: payment-captured, capture-under-way."""
        step = await self.flows.run(
            steps.begin_void, self.provider.name, self.provider.lease, body.order_id, body.reason
        )
        return step.document


class RefundResource(_Resource):
    """Sending money back."""

    @operation(
        summary="Send money of an order back.",
        body=wire.RefundIn,
        returns=wire.PaymentOut,
        errors=(NotFound, *ERRORS),
        auth="service",
        tags=TAGS,
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.RefundIn) -> Answer:
        """Answer where the payment stands; what the provider still works on is not in `refunded_minor` yet.

        Refusals: payment-not-found, not-captured with `state`, refund-differs, refund-exceeds with
        `refundable_minor`.
        """
        step = await self.flows.run(
            steps.begin_refund,
            self.provider.name,
            self.provider.lease,
            body.order_id,
            body.refund_id,
            body.amount_minor,
            body.reason,
        )
        return step.document


class ByOrderResource:
    """The payment of an order."""

    @operation(
        summary="Tell where the payment of an order stands.",
        returns=wire.PaymentOut,
        errors=(NotFound, Unavailable),
        auth="service",
        tags=TAGS,
    )
    async def on_get(self, req: Request, resp: Response, *, order_id: UUID) -> Answer:
        """Answer it."""
        return await in_db(steps.read_by_order, order_id)
