"""The facts that payments publishes; the functions in its database write them, in this form."""

from typing import ClassVar
from uuid import UUID

from prost.events import Event


class _OfPayment(Event):
    payment_id: UUID
    order_id: UUID
    amount_minor: int
    currency: str
    failure_code: str | None
    refund_id: UUID | None

    def aggregate_id(self) -> UUID:
        """Name the payment: what happens to it keeps its order."""
        return self.payment_id


class PaymentAuthorized(_OfPayment):
    """The customer's bank holds the amount for the order."""

    type: ClassVar[str] = "payments.payment-authorized.v1"


class PaymentCaptured(_OfPayment):
    """The amount was taken."""

    type: ClassVar[str] = "payments.payment-captured.v1"


class PaymentFailed(_OfPayment):
    """The amount was not to be had, because of `failure_code`; another method may be tried."""

    type: ClassVar[str] = "payments.payment-failed.v1"


class PaymentVoided(_OfPayment):
    """The payment was given up before anything was taken."""

    type: ClassVar[str] = "payments.payment-voided.v1"


class PaymentRefunded(_OfPayment):
    """An amount, of the refund `refund_id`, went back."""

    type: ClassVar[str] = "payments.payment-refunded.v1"
