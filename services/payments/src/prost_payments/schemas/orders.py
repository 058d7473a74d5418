"""What other services send and are answered."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from prost.wire import Wire
from prost_payments.domain import MAX_AMOUNT, MAX_ATTEMPTS, Capture, PaymentState, has_card_number


def _no_card_number(text: str) -> str:
    if has_card_number(text):
        raise ValueError("looks like the number of a card, which must not be sent here")
    return text


NoCard = AfterValidator(_no_card_number)
Minor = Annotated[int, Field(ge=1, le=MAX_AMOUNT)]
Method = Annotated[str, StringConstraints(pattern=r"^pm_[A-Za-z0-9_]+$", max_length=100), NoCard]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NoCard]
Email = Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"), NoCard]
Url = Annotated[str, StringConstraints(pattern=r"^[!-~]+$", max_length=1000), NoCard]


class ChargeIn(Wire):
    """What an order wants to be paid. The address of mail is not kept: nothing here needs it.

    `attempt` counts how often the order has asked for it: a failed payment is charged again for a higher one.
    """

    order_id: UUID
    amount_minor: Minor
    currency: Literal["EUR"]
    payment_method: Method
    attempt: Annotated[int, Field(ge=1, le=MAX_ATTEMPTS)] = 1
    capture: Capture = Capture.MANUAL
    return_url: Url
    customer_id: UUID | None = None
    email: Email | None = None


class CaptureIn(Wire):
    """Whose money is taken."""

    order_id: UUID


class VoidIn(Wire):
    """Whose payment is given up, and why."""

    order_id: UUID
    reason: Reason


class RefundIn(Wire):
    """What goes back, under an id of its own, and why."""

    order_id: UUID
    refund_id: UUID
    amount_minor: Minor
    reason: Reason


class PaymentOut(Wire):
    """Where an order's payment stands."""

    payment_id: UUID
    order_id: UUID
    state: PaymentState
    amount_minor: int
    captured_minor: int
    refunded_minor: int
    redirect_url: str | None
    failure_code: str | None
