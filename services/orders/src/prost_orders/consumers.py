"""The events that orders acts on: event type to the function that handles it, in one transaction."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from prost.events import Envelope, Handler
from prost_orders.use_cases.hearing import hear_of_deletion, hear_of_payment, hear_of_refund


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PaymentNews(_Read):
    """What of a payment's news matters here."""

    order_id: UUID


class PaymentRefunded(_Read):
    """What of a refund matters here."""

    order_id: UUID
    refund_id: UUID | None
    amount_minor: int


class AccountDeleted(_Read):
    """Whose account is gone."""

    account_id: UUID


def on_payment_news(_envelope: Envelope, event: PaymentNews) -> None:
    """Look at the order: news come twice and out of order, and payments itself says what is true."""
    hear_of_payment(event.order_id)


def on_payment_refunded(_envelope: Envelope, event: PaymentRefunded) -> None:
    """Count what went back."""
    if event.refund_id is not None:
        hear_of_refund(event.order_id, event.refund_id, event.amount_minor)


def on_account_deleted(_envelope: Envelope, event: AccountDeleted) -> None:
    """Forget whose the orders were, as far as the law lets the shop."""
    hear_of_deletion(event.account_id)


HANDLERS: Final[dict[str, Handler]] = {
    "payments.payment-authorized.v1": on_payment_news,
    "payments.payment-captured.v1": on_payment_news,
    "payments.payment-failed.v1": on_payment_news,
    "payments.payment-voided.v1": on_payment_news,
    "payments.payment-refunded.v1": on_payment_refunded,
    "auth.account-deleted.v1": on_account_deleted,
}
