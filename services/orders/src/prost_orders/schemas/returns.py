"""The wire of a withdrawal and of its receipt."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from prost.http import MoneyOut
from prost.wire import Wire
from prost_orders.domain.orders import MAX_LINES
from prost_orders.schemas.orders import Answer, ReturnedLineOut, return_document
from prost_orders.use_cases.returns import Withdrawal


class ReturnLine(Wire):
    """So many of a variant."""

    variant_id: UUID
    quantity: Annotated[int, Field(ge=1, le=999)]


class WithdrawalIn(Wire):
    """What somebody withdraws from: all that there is left, or these lines. Nobody has to give a reason."""

    lines: Annotated[list[ReturnLine], Field(min_length=1, max_length=MAX_LINES)] | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)] | None = (
        None
    )

    def withdrawal(self) -> Withdrawal:
        """Return it as the use case takes it."""
        lines = None if self.lines is None else [(line.variant_id, line.quantity) for line in self.lines]
        return Withdrawal(lines, self.reason)


class Receipt(Wire):
    """That a withdrawal came in, what it says, and the date and time of its receipt (BGB 356a)."""

    return_id: UUID
    order_id: UUID
    order_number: str
    received_at: datetime
    reason: str | None
    lines: list[ReturnedLineOut]
    shipping: MoneyOut
    refund: MoneyOut


def receipt_document(receipt: Mapping[str, Any]) -> Answer:
    """Return a receipt as it is answered, the same each time."""
    document = return_document({**receipt, "state": None, "credit_note": None})
    return {
        "order_id": receipt["order_id"],
        "order_number": receipt["order_number"],
        **{name: value for name, value in document.items() if name not in {"state", "credit_note"}},
    }
