"""The facts that orders publishes; the functions in its database write them, in this form."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from prost.events import Event


class BoughtLine(BaseModel):
    """So many of a variant."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sku: str
    variant_id: UUID
    quantity: int


class _OfOrder(Event):
    order_id: UUID
    number: str
    customer_id: str | None
    email: str | None
    lines: list[BoughtLine]
    total_minor: int

    def aggregate_id(self) -> UUID:
        """Name the order: its facts keep their order."""
        return self.order_id


class OrderPlaced(_OfOrder):
    """Somebody has ordered, at these prices; nothing is held or paid yet."""

    type: ClassVar[str] = "orders.order-placed.v1"


class OrderConfirmed(_OfOrder):
    """The goods have left the stock for this order and the money is the shop's."""

    type: ClassVar[str] = "orders.order-confirmed.v1"


class OrderRejected(_OfOrder):
    """Nothing comes of the order, as there was too little: "out-of-stock"; nothing was charged."""

    type: ClassVar[str] = "orders.order-rejected.v1"
    reason: str


class OrderCancelled(_OfOrder):
    """The order was called off, or not paid in time ("expired"); what was paid is given back."""

    type: ClassVar[str] = "orders.order-cancelled.v1"
    reason: str


class OrderReturned(_OfOrder):
    """A customer's withdrawal is settled: these lines came back and `refund_minor` is on its way.

    `complete` with the last of what was sold; `received_at` is when the withdrawal was declared.
    """

    type: ClassVar[str] = "orders.order-returned.v1"
    return_id: UUID
    received_at: datetime
    refund_minor: int
    complete: bool
    credit_note: str
