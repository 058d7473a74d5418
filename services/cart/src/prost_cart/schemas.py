"""The wire: what customers and other services send and are sent, and what is read of others' answers."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from prost.http import MoneyOut
from prost.wire import Wire
from prost_cart.domain import MAX_LINES, MAX_QUANTITY, Offer

Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
Cents = Annotated[int, Field(ge=0)]
Rate = Annotated[str, Field(pattern=r"^[0-9]{1,2}\.[0-9]{2}$", examples=["19.00"])]
DepositKind = Literal["reusable", "one_way", "none"]
MinimumAge = Literal[0, 16, 18]
Customer = Annotated[str, Field(min_length=1, max_length=200)]
Token = Annotated[str, Field(max_length=8192)]
TokenHash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class AddIn(Wire):
    """So many more of a variant."""

    variant_id: UUID
    quantity: Quantity = 1


class QuantityIn(Wire):
    """How many there are to be."""

    quantity: Quantity


class RemoveIn(Wire):
    """What is taken out."""

    variant_id: UUID


class Localized(Wire):
    """A text in the shop's two languages."""

    de: str
    en: str


class Stock(Wire):
    """Whether an item can be ordered, and how many of it at once, as far as customers are told."""

    state: Literal["in_stock", "low", "out"]
    quantity: int


class CartLine(Wire):
    """So many of a variant: `unit_price` is that of now, `previous_price` the one seen where that differs.

    Prices are gross; the deposit is apart, per unit and per line, and `price_per_litre` leaves it out.
    `image` is as the catalogue has it. `stock` is null while it is not known.
    """

    variant_id: UUID
    product_id: UUID
    sku: str
    slug: str
    name: str
    variant: Localized
    image: dict[str, Any] | None
    quantity: Quantity
    unit_price: MoneyOut
    previous_price: MoneyOut | None
    line_total: MoneyOut
    deposit: MoneyOut
    deposit_kind: DepositKind
    line_deposit: MoneyOut
    price_per_litre: MoneyOut
    vat_rate: Rate
    minimum_age: MinimumAge
    stock: Stock | None
    sellable: bool


class Vat(Wire):
    """What is taxed at a rate, deposits included, and the tax that is in it."""

    rate: Rate
    gross: MoneyOut
    net: MoneyOut
    vat: MoneyOut


class Totals(Wire):
    """What it comes to; `total` is goods and deposit."""

    goods: MoneyOut
    deposit: MoneyOut
    total: MoneyOut
    vat: list[Vat]


class Cart(Wire):
    """A cart: its lines as they were first added, `count` the sum of their quantities."""

    lines: Annotated[list[CartLine], Field(max_length=MAX_LINES)]
    count: int
    totals: Totals
    minimum_age: MinimumAge
    prices_changed: bool
    expires_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})] | None


class Merged(Wire):
    """What became of the guest's lines: how many came over, which were cut off, which found no room."""

    lines: int
    capped: list[UUID]
    left_out: list[UUID]


class MergedCart(Cart):
    """The customer's cart with what came over from the guest's."""

    merged: Merged


class ContentsIn(Wire):
    """Whose cart: the customer's if there is one, else that of the guest's cookie."""

    customer_id: Customer | None = None
    cart_token: Token | None = None


class ContentsLine(Wire):
    """So many of a variant, and the price in cents that was last shown for it."""

    variant_id: UUID
    quantity: Quantity
    price_minor: Cents


class Contents(Wire):
    """What is in a cart."""

    lines: list[ContentsLine]


class OrderedLine(Wire):
    """So many of a variant were ordered."""

    variant_id: UUID
    quantity: Annotated[int, Field(ge=1, le=999_999)]


class CheckedOutIn(Wire):
    """What was ordered, and from whose cart; `cart_token_hash` is the cookie's SHA-256 in hexadecimals."""

    customer_id: Customer | None = None
    cart_token_hash: TokenHash | None = None
    order_id: UUID
    lines: Annotated[list[OrderedLine], Field(max_length=100)]


class CheckedOut(Wire):
    """Whether this call took the order's lines out; an earlier one did, or there was no cart, where not."""

    order_id: UUID
    taken_out: bool


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class OfferAnswer(_Read):
    """What is read of an offer of the catalogue."""

    variant_id: UUID
    product_id: UUID
    sku: str
    slug: str
    name: str
    variant: Localized
    image: dict[str, Any] | None
    price_minor: Cents
    deposit_minor: Cents
    deposit_kind: DepositKind
    vat_rate: Rate
    minimum_age: MinimumAge
    volume_ml: Annotated[int, Field(gt=0)]
    pack_size: Annotated[int, Field(gt=0)]
    sellable: bool

    @property
    def offer(self) -> Offer:
        """The offer as the cart reckons with it."""
        facts = self.model_dump(mode="json", exclude={"price_minor", "deposit_minor"})
        return Offer(**facts, price=self.price_minor, deposit=self.deposit_minor)


class OffersAnswer(_Read):
    """What the catalogue answers."""

    items: list[OfferAnswer]


class ItemAnswer(_Read):
    """What is read of an item of inventory."""

    sku: str
    state: Literal["in_stock", "low", "out"]
    quantity: int


class AvailabilityAnswer(_Read):
    """What inventory answers."""

    items: list[ItemAnswer]
