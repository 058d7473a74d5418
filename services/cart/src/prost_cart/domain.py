"""The rules of a cart, without any I/O: how much fits in, what it costs, and what can be wrong."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from prost.errors import FieldError, Invalid, NotFound
from prost.money import Money

MAX_LINES: Final = 50
MAX_QUANTITY: Final = 99
DAY: Final = 86_400
GUEST_SECONDS: Final = 30 * DAY
CUSTOMER_SECONDS: Final = 90 * DAY
ORDER_SECONDS: Final = 90 * DAY
"""For how long an order that has been taken out of a cart is remembered."""

_PERCENT: Final = 100


class LineNotFound(NotFound):
    """The cart has no line of this variant."""


class CartNotFound(NotFound):
    """No cart is known by this token."""


class CartIsFull(Invalid):
    """The cart has as many lines as it can have."""


class TooMany(Invalid):
    """One cart holds no more than so many of a variant."""


class UnknownVariant(Invalid):
    """The catalogue knows no such variant."""


class NotSellable(Invalid):
    """The variant cannot be bought."""


class Line(NamedTuple):
    """So many of a variant, and its price in cents as it was last shown to the one who buys."""

    variant_id: str
    quantity: int
    seen: int


class Merged(NamedTuple):
    """What became of a guest's lines: how many came over, which met the limit, which found no room."""

    lines: int
    capped: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as the catalogue sells it; amounts in cents, gross, `vat_rate` in percent ("19.00")."""

    variant_id: str
    product_id: str
    sku: str
    slug: str
    name: str
    variant: Mapping[str, str]
    image: Mapping[str, object] | None
    price: int
    deposit: int
    deposit_kind: str
    vat_rate: str
    minimum_age: int
    volume_ml: int
    pack_size: int
    sellable: bool


class Vat(NamedTuple):
    """What is taxed at a rate, and the tax in it."""

    rate: str
    gross: int
    net: int
    vat: int


class Totals(NamedTuple):
    """What a cart comes to, in cents; the deposit is not part of the goods."""

    goods: int
    deposit: int
    vat: tuple[Vat, ...]


def total(bought: Iterable[tuple[Offer, int]]) -> Totals:
    """Add up offers and their quantities. A deposit is taxed like the goods that it comes with.

    The tax of a rate is taken from the sum of its lines, so that no line's rounding adds up.
    """
    goods = deposit = 0
    gross: defaultdict[str, int] = defaultdict(int)
    for offer, quantity in bought:
        goods += quantity * offer.price
        deposit += quantity * offer.deposit
        gross[offer.vat_rate] += quantity * (offer.price + offer.deposit)
    taxed = (_vat(rate, gross[rate]) for rate in sorted(gross, key=Decimal, reverse=True))
    return Totals(goods, deposit, tuple(taxed))


def _vat(rate: str, gross: int) -> Vat:
    hundredths = int(Decimal(rate) * _PERCENT)
    tax = Money(gross).scaled(hundredths, hundredths + _PERCENT * _PERCENT).minor
    return Vat(rate, gross, gross - tax, tax)


def price_per_litre(offer: Offer) -> int:
    """Return what a litre costs, deposit excluded."""
    return Money(offer.price).scaled(1000, offer.volume_ml * offer.pack_size).minor


def require_sellable(offer: Offer | None) -> Offer:
    """Return an offer that can be bought. Raises UnknownVariant and NotSellable."""
    if offer is None:
        problem = FieldError("body.variant_id", "is no variant of the catalogue", "unknown-variant")
        raise UnknownVariant("There is no such variant.", errors=[problem])
    if not offer.sellable:
        problem = FieldError("body.variant_id", "cannot be bought at the moment", "not-sellable")
        raise NotSellable(f"{offer.name} cannot be bought at the moment.", errors=[problem])
    return offer


def too_many(held: int) -> TooMany:
    """Say that more do not fit in with those that the cart has."""
    message = f"the cart has {held} of it, and holds {MAX_QUANTITY} at most"
    problem = FieldError("body.quantity", message, "too-many")
    return TooMany(f"A cart holds at most {MAX_QUANTITY} of a variant.", errors=[problem])


def cart_is_full() -> CartIsFull:
    """Say that there is no room for another line."""
    problem = FieldError("body.variant_id", f"would be line {MAX_LINES + 1} of the cart", "cart-is-full")
    return CartIsFull(f"A cart has at most {MAX_LINES} lines.", errors=[problem])
