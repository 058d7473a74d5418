"""The wire models of inventory."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from prost.wire import Wire
from prost_inventory.domain import (
    HOLD_SECONDS,
    MAIN_LOCATION,
    MAX_HOLD_SECONDS,
    MAX_LINES,
    MAX_ON_HAND,
    MAX_QUANTITY,
    MAX_THRESHOLD,
    MOST_SHOWN,
    Disposition,
    Level,
    ReservationState,
)

_SKU = "[A-Z0-9]+(-[A-Z0-9]+)*"
_SKU_LENGTH = 40


def _each_no_longer(skus: str) -> str:
    if any(len(sku) > _SKU_LENGTH for sku in skus.split(",")):
        raise ValueError(f"an SKU has at most {_SKU_LENGTH} characters")
    return skus


Sku = Annotated[str, StringConstraints(pattern=f"^{_SKU}$", max_length=_SKU_LENGTH)]
Skus = Annotated[
    str,
    StringConstraints(pattern=f"^{_SKU}(,{_SKU}){{0,{MAX_LINES - 1}}}$"),
    AfterValidator(_each_no_longer),
]
Location = Annotated[str, StringConstraints(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class AvailabilityQuery(Wire):
    """Up to 100 SKUs with commas between them."""

    skus: Skus


class Available(Wire):
    """Whether an item can be ordered, and how many of it at once, as far as customers are told."""

    sku: Sku
    state: Literal["in_stock", "low", "out"]
    quantity: Annotated[int, Field(ge=0, le=MOST_SHOWN)]


class Availability(Wire):
    """The items in the order in which they were asked for, each once."""

    items: list[Available]


class Line(Wire):
    """So many of an item."""

    sku: Sku
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)]

    @property
    def row(self) -> tuple[str, int]:
        """The line as use cases take it."""
        return self.sku, self.quantity


Lines = Annotated[list[Line], Field(min_length=1, max_length=MAX_LINES)]


class ReservationIn(Wire):
    """What an order wants held, and for how many seconds."""

    order_id: UUID
    lines: Lines
    expires_in: Annotated[int, Field(ge=1, le=MAX_HOLD_SECONDS)] = HOLD_SECONDS


class ReservationOut(Wire):
    """Where the reservation of an order stands."""

    order_id: UUID
    state: ReservationState
    expires_at: datetime


class ReleaseIn(Wire):
    """Which order gives back what it holds, and why."""

    order_id: UUID
    reason: Reason


class DeductionIn(Wire):
    """Whose goods leave the stock."""

    order_id: UUID


class OrderState(Wire):
    """What has become of an order's reservation."""

    order_id: UUID
    state: ReservationState


class ReturnIn(Wire):
    """What comes back from an order; `scrap` is not sold again."""

    order_id: UUID
    return_id: UUID
    lines: Lines
    disposition: Literal["restock", "scrap"]

    @property
    def fate(self) -> Disposition:
        """The disposition as the domain names it."""
        return Disposition(self.disposition.upper())


class ReturnOut(Wire):
    """A return that was taken in."""

    order_id: UUID
    return_id: UUID
    disposition: Literal["restock", "scrap"]


PageSize = Annotated[int, Field(ge=1, le=100)]
PageToken = Annotated[str, Field(max_length=500)]


class StockQuery(Wire):
    """Which items, by a part of their SKU or by being low or out, and which page of them."""

    q: Annotated[str, Field(max_length=40)] = ""
    low: bool = False
    page_size: PageSize = 50
    page_token: PageToken | None = None


class MovementsQuery(Wire):
    """Which page of an item's movements."""

    page_size: PageSize = 50
    page_token: PageToken | None = None


class StockOut(Wire):
    """An item: all of it that is on hand and held, and what one order can have, from one location."""

    sku: Sku
    level: Level
    threshold: int
    on_hand: int
    reserved: int
    available: int


class StockPage(Wire):
    """Items by SKU; `next_page_token` is null on the last page."""

    items: list[StockOut]
    next_page_token: str | None


class LocationOut(Wire):
    """An item at one location."""

    location: Location
    on_hand: int
    reserved: int
    available: int


class StockDetail(StockOut):
    """An item with its locations."""

    locations: list[LocationOut]


class MovementOut(Wire):
    """An entry of the ledger: `delta` came or, below zero, left."""

    number: int
    location: Location
    kind: Literal["ADJUSTED", "DEDUCTED", "RETURNED", "SCRAPPED"]
    delta: int
    order_id: UUID | None
    return_id: UUID | None
    actor: str | None
    reason: str | None
    created_at: datetime


class MovementsPage(Wire):
    """An item's movements, newest first; `next_page_token` is null on the last page."""

    items: list[MovementOut]
    next_page_token: str | None


def _not_zero(value: int) -> int:
    if value == 0:
        raise ValueError("changes nothing")
    return value


class AdjustmentIn(Wire):
    """A correction: by `delta`, or to the number `on_hand` that was counted."""

    location: Location = MAIN_LOCATION
    delta: Annotated[int, Field(ge=-MAX_ON_HAND, le=MAX_ON_HAND), AfterValidator(_not_zero)] | None = None
    on_hand: Annotated[int, Field(ge=0, le=MAX_ON_HAND)] | None = None
    reason: Reason

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.delta is None) is (self.on_hand is None):
            raise ValueError("takes either delta or on_hand")
        return self


class AdjustmentOut(Wire):
    """The stock at the location after a correction, and by how much that changed it."""

    sku: Sku
    location: Location
    delta: int
    on_hand: int
    reserved: int


class ThresholdIn(Wire):
    """The number at which an item counts as low."""

    threshold: Annotated[int, Field(ge=0, le=MAX_THRESHOLD)]


class Violation(Wire):
    """Something that should not be."""

    invariant: str
    sku: str | None
    location: str | None
    order_id: UUID | None
    expected: int
    found: int


class Invariants(Wire):
    """All that should not be; empty when all is well."""

    items: list[Violation]


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class CatalogueVariant(_Foreign):
    """What of a variant in the catalogue matters here."""

    sku: str


class CatalogueProduct(_Foreign):
    """What of a product in the catalogue matters here."""

    variants: list[CatalogueVariant]


class CataloguePage(_Foreign):
    """A page of the catalogue's products."""

    items: list[CatalogueProduct]
    next_page_token: str | None


Answer = dict[str, Any]
"""What a handler gives where `returns` says its form: written without making a model of it."""
