"""What of the neighbours' answers matters here."""

from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from prost_orders.domain.orders import PaymentState


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class CartLine(_Foreign):
    """What is in a cart, with the price that its owner has seen."""

    variant_id: UUID
    quantity: int
    price_minor: int


class CartContents(_Foreign):
    """A cart."""

    lines: list[CartLine]


class Offer(_Foreign):
    """A variant, as the catalogue sells it now."""

    variant_id: UUID
    product_id: UUID
    sku: str
    slug: str
    name: str
    variant: dict[str, Any]
    image: dict[str, Any] | None
    price_minor: int
    deposit_minor: int
    vat_rate: str
    minimum_age: int
    sellable: bool


class Offers(_Foreign):
    """Those that there are."""

    items: list[Offer]


Standing = Literal[
    "CREATED",
    "PENDING",
    "ACTION_REQUIRED",
    "UNKNOWN",
    "AUTHORIZED",
    "CAPTURED",
    "PARTIALLY_REFUNDED",
    "REFUNDED",
    "VOIDED",
    "FAILED",
]
PAID: Final = frozenset({"AUTHORIZED", "CAPTURED"})
OPEN: Final = frozenset({"CREATED", "PENDING", "ACTION_REQUIRED", "UNKNOWN"})


class Payment(_Foreign):
    """Where the payment of an order stands."""

    state: Standing
    captured_minor: int = 0
    refunded_minor: int = 0
    redirect_url: str | None = None
    failure_code: str | None = None

    @property
    def as_seen(self) -> PaymentState:
        """The state as orders tells it: what is not known yet is unknown."""
        return PaymentState.UNKNOWN if self.state in {"CREATED", "PENDING"} else PaymentState(self.state)

    @property
    def kept_minor(self) -> int:
        """What the shop has of it."""
        return self.captured_minor - self.refunded_minor
