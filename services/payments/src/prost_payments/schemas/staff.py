"""What staff sees of payments."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from prost.http import MoneyOut
from prost.wire import Wire
from prost_payments.domain import Capture, Kind, PaymentState


class PaymentsQuery(Wire):
    """Which payments, newest first."""

    state: PaymentState | None = None
    order_id: UUID | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 20
    page_token: Annotated[str, Field(max_length=500)] | None = None


class PaymentRow(Wire):
    """A payment in a list."""

    payment_id: UUID
    order_id: UUID
    customer_id: UUID | None
    provider: str
    state: PaymentState
    method: str | None
    amount: MoneyOut
    captured: MoneyOut
    refunded: MoneyOut
    failure_code: str | None
    created_at: datetime
    updated_at: datetime


class PaymentsPage(Wire):
    """One page of payments; `next_page_token` is null on the last."""

    items: list[PaymentRow]
    next_page_token: str | None


class AttemptOut(Wire):
    """A call to the provider; `asked` is how often it was made again."""

    number: int
    kind: Kind
    state: str
    amount: MoneyOut
    method: str | None
    ref: str | None
    refund_id: UUID | None
    failure_code: str | None
    asked: int
    created_at: datetime
    settled_at: datetime | None


class RefundOut(Wire):
    """What goes back, or went."""

    id: UUID
    state: str
    amount: MoneyOut
    reason: str
    failure_code: str | None
    created_at: datetime
    updated_at: datetime


class TransactionOut(Wire):
    """What a payment became, and its amounts from then on."""

    state: PaymentState
    method: str | None
    authorized: MoneyOut
    captured: MoneyOut
    released: MoneyOut
    refunded: MoneyOut
    failure_code: str | None
    reason: str | None
    created_at: datetime


class LedgerEntry(Wire):
    """An entry of the books; those of one fact sum to zero."""

    fact: str
    account: str
    amount: MoneyOut
    created_at: datetime


class PaymentDetail(PaymentRow):
    """A payment with all that is known of it, oldest first."""

    capture: Capture
    ref: str | None
    reason: str | None
    authorized: MoneyOut
    released: MoneyOut
    attempts: list[AttemptOut]
    refunds: list[RefundOut]
    transactions: list[TransactionOut]
    ledger: list[LedgerEntry]


class Violation(Wire):
    """Something that should not be."""

    invariant: str
    payment_id: UUID | None
    order_id: UUID | None
    expected: int
    found: int


class Invariants(Wire):
    """Whatever should not be; nothing is what should be."""

    items: list[Violation]
