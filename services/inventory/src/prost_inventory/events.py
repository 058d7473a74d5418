"""The facts that inventory publishes; the functions in its database write them, in this form."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from prost.events import Event


class StockLine(BaseModel):
    """So many of an item."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sku: str
    quantity: int


class _OfOrder(Event):
    order_id: UUID
    lines: list[StockLine]

    def aggregate_id(self) -> UUID:
        """Name the order: what happens to its goods keeps its order."""
        return self.order_id


class StockReserved(_OfOrder):
    """All lines of an order are held until `expires_at`."""

    type: ClassVar[str] = "inventory.stock-reserved.v1"
    expires_at: datetime


class StockReleased(_OfOrder):
    """What an order had held is free again; the `reason` of what expired is "expired"."""

    type: ClassVar[str] = "inventory.stock-released.v1"
    reason: str


class StockDeducted(_OfOrder):
    """What an order had held has left the stock."""

    type: ClassVar[str] = "inventory.stock-deducted.v1"


class _OfItem(Event):
    item_id: UUID
    sku: str
    available: int

    def aggregate_id(self) -> UUID:
        """Name the item: its ups and downs keep their order."""
        return self.item_id


class StockLow(_OfItem):
    """An item fell to its threshold, or below."""

    type: ClassVar[str] = "inventory.stock-low.v1"
    threshold: int


class BackInStock(_OfItem):
    """An item of which there was nothing can be ordered again."""

    type: ClassVar[str] = "inventory.back-in-stock.v1"
