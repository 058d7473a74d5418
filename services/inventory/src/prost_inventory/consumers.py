"""The events that inventory acts on: event type to the function that handles it, in one transaction."""

from contextlib import suppress
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from prost.events import Envelope, Handler
from prost_inventory.domain import ReservationCommitted
from prost_inventory.use_cases.goods import learn_skus
from prost_inventory.use_cases.reservations import release_stock


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ProductChanged(_Read):
    """What of a changed product matters here; a publisher from before it named `skus` names none."""

    skus: list[str] = []


class OrderCancelled(_Read):
    """What of a cancelled order matters here."""

    order_id: UUID


def on_product_changed(_envelope: Envelope, event: ProductChanged) -> None:
    """Make room on the shelf for what is new."""
    learn_skus(event.skus)


def on_order_cancelled(_envelope: Envelope, event: OrderCancelled) -> None:
    """Give back what the order still holds; what has left the stock comes back as a return."""
    with suppress(ReservationCommitted):
        release_stock(event.order_id, "order-cancelled")


HANDLERS: Final[dict[str, Handler]] = {
    "catalog.product-changed.v1": on_product_changed,
}
