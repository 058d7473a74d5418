"""The rules of the trade: prices, deposits, ages, states and the errors that name their breach."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from prost.errors import Conflict, FieldError, Invalid, NotFound, PreconditionFailed
from prost.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


class ProductState(StrEnum):
    """Where a product stands in its life; customers see PUBLISHED only."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    ARCHIVED = "ARCHIVED"


class ReviewState(StrEnum):
    """Where a review stands in moderation; customers see PUBLISHED only."""

    PENDING = "PENDING"
    PUBLISHED = "PUBLISHED"
    REJECTED = "REJECTED"


class DepositKind(StrEnum):
    """How a container comes back, in the words that packaging law wants shown."""

    REUSABLE = "reusable"
    ONE_WAY = "one_way"
    NONE = "none"


class Vessel(StrEnum):
    """What a customer carries home."""

    BOTTLE = "bottle"
    CAN = "can"
    CRATE = "crate"
    KEG = "keg"
    CARTON = "carton"


class Allergen(StrEnum):
    """The allergens that food law wants named, as far as drinks contain them."""

    GLUTEN_BARLEY = "gluten_barley"
    GLUTEN_WHEAT = "gluten_wheat"
    GLUTEN_RYE = "gluten_rye"
    GLUTEN_OATS = "gluten_oats"
    GLUTEN_SPELT = "gluten_spelt"
    SULPHITES = "sulphites"
    MILK = "milk"
    EGGS = "eggs"
    FISH = "fish"
    SOY = "soy"
    NUTS = "nuts"
    PEANUTS = "peanuts"
    SESAME = "sesame"
    CELERY = "celery"
    MUSTARD = "mustard"
    LUPIN = "lupin"
    CRUSTACEANS = "crustaceans"
    MOLLUSCS = "molluscs"


class ProductNotFound(NotFound):
    """No product that the caller may see has this id or slug."""


class VariantNotFound(NotFound):
    """No variant has this id."""


class ImageNotFound(NotFound):
    """The product has no image of this id."""


class ReviewNotFound(NotFound):
    """No review has this id."""


class SlugTaken(Conflict):
    """Another product already has this slug."""


class SkuTaken(Conflict):
    """Another variant already has this stock-keeping unit."""


class AlreadyReviewed(Conflict):
    """The customer has reviewed this product before."""


class TransitionRefused(Conflict):
    """The product or review cannot go from its state to the wanted one."""


class StaleVersion(PreconditionFailed):
    """The product changed since the caller read the version named in If-Match."""


ALCOHOL_FREE_MAX: Final = Decimal("0.5")
"""Percent by volume up to which a drink may be sold as alcohol-free."""

AGE_FROM: Final = ((Decimal("22.0"), 18), (Decimal("1.2"), 16))
"""Above these percentages by volume the buyer must be this old; spirits of less are declared by hand."""

ONE_WAY_DEPOSIT: Final = Money(25)
ONE_WAY_VOLUME_ML: Final = range(100, 3001)
CRATE_DEPOSIT: Final = Money(150)
LOWEST_PRICE_WINDOW: Final = timedelta(days=30)

PRODUCT_TRANSITIONS: Final[Mapping[ProductState, frozenset[ProductState]]] = {
    ProductState.DRAFT: frozenset({ProductState.PUBLISHED, ProductState.ARCHIVED}),
    ProductState.PUBLISHED: frozenset({ProductState.DRAFT, ProductState.ARCHIVED}),
    ProductState.ARCHIVED: frozenset({ProductState.DRAFT}),
}

REVIEW_TRANSITIONS: Final[Mapping[ReviewState, frozenset[ReviewState]]] = {
    ReviewState.PENDING: frozenset({ReviewState.PUBLISHED, ReviewState.REJECTED}),
    ReviewState.PUBLISHED: frozenset({ReviewState.REJECTED}),
    ReviewState.REJECTED: frozenset({ReviewState.PUBLISHED}),
}

COUNTRIES: Final[Mapping[str, tuple[str, str]]] = {
    "AR": ("Argentinien", "Argentina"),
    "AT": ("Österreich", "Austria"),
    "AU": ("Australien", "Australia"),
    "BB": ("Barbados", "Barbados"),
    "BE": ("Belgien", "Belgium"),
    "BR": ("Brasilien", "Brazil"),
    "CA": ("Kanada", "Canada"),
    "CH": ("Schweiz", "Switzerland"),
    "CL": ("Chile", "Chile"),
    "CO": ("Kolumbien", "Colombia"),
    "CU": ("Kuba", "Cuba"),
    "CZ": ("Tschechien", "Czechia"),
    "DE": ("Deutschland", "Germany"),
    "DK": ("Dänemark", "Denmark"),
    "ES": ("Spanien", "Spain"),
    "ET": ("Äthiopien", "Ethiopia"),
    "FI": ("Finnland", "Finland"),
    "FR": ("Frankreich", "France"),
    "GB": ("Vereinigtes Königreich", "United Kingdom"),
    "GR": ("Griechenland", "Greece"),
    "HU": ("Ungarn", "Hungary"),
    "IE": ("Irland", "Ireland"),
    "IN": ("Indien", "India"),
    "IT": ("Italien", "Italy"),
    "JM": ("Jamaika", "Jamaica"),
    "JP": ("Japan", "Japan"),
    "MX": ("Mexiko", "Mexico"),
    "NL": ("Niederlande", "Netherlands"),
    "NO": ("Norwegen", "Norway"),
    "NZ": ("Neuseeland", "New Zealand"),
    "PE": ("Peru", "Peru"),
    "PL": ("Polen", "Poland"),
    "PT": ("Portugal", "Portugal"),
    "SE": ("Schweden", "Sweden"),
    "US": ("Vereinigte Staaten", "United States"),
    "ZA": ("Südafrika", "South Africa"),
}
"""Countries of origin that the shop trades from: ISO code to German and English name."""

MAX_PICTURE_BYTES: Final = 12 * 1024 * 1024
"""How large an uploaded picture may be."""


@dataclass(frozen=True)
class ImageMeta:
    """A stored picture: address by content, dominant colour `#rrggbb`, widths in pixels, formats."""

    content_hash: str
    color: str
    widths: tuple[int, ...] = (320, 640, 1280)
    formats: tuple[str, ...] = ("avif",)


@dataclass(frozen=True)
class PricePoint:
    """A gross price and the instant from which it holds."""

    amount: Money
    valid_from: datetime


@dataclass(frozen=True)
class CurrentPrice:
    """What a customer pays now; `previous` and `lowest_30_days` are set while it is a reduction."""

    amount: Money
    previous: Money | None = None
    lowest_30_days: Money | None = None


def current_price(history: Sequence[PricePoint]) -> CurrentPrice:
    """Read the current price off a history ordered from oldest to newest.

    The reference of a reduction is the lowest price that held at any moment of the 30 days before it,
    which includes the price that was already running when those days began.
    """
    current = history[-1]
    if len(history) == 1 or current.amount >= history[-2].amount:
        return CurrentPrice(current.amount)
    window_start = current.valid_from - LOWEST_PRICE_WINDOW
    held = [point.amount for point, successor in pairwise(history) if successor.valid_from > window_start]
    return CurrentPrice(current.amount, previous=history[-2].amount, lowest_30_days=min(held))


def price_per_litre(price: Money, volume_ml: int, pack_size: int) -> Money:
    """Derive the unit price, deposit excluded, rounded half up to the cent."""
    volume = volume_ml * pack_size
    return Money((price.minor * 2000 + volume) // (2 * volume), price.currency)


def deposit_for(kind: DepositKind, vessel: Vessel, pack_size: int, per_container: Money) -> Money:
    """Add up the deposit of a variant: every container, and the crate around them.

    `per_container` counts for reusable containers only; one-way containers carry the statutory amount.
    """
    if kind is DepositKind.NONE:
        return Money(0)
    if kind is DepositKind.ONE_WAY:
        return ONE_WAY_DEPOSIT * pack_size
    crate = CRATE_DEPOSIT if vessel is Vessel.CRATE else Money(0)
    return per_container * pack_size + crate


def check_deposit(kind: DepositKind, amount: Money, volume_ml: int, pack_size: int) -> None:
    """Refuse a deposit that packaging law does not know.

    Raises:
        Invalid: naming `body.deposit`.
    """
    problem = ""
    if kind is DepositKind.NONE and amount.minor != 0:
        problem = "A container without deposit has no deposit amount."
    elif kind is DepositKind.REUSABLE and amount.minor <= 0:
        problem = "A reusable container needs a deposit amount."
    elif kind is DepositKind.ONE_WAY and volume_ml not in ONE_WAY_VOLUME_ML:
        problem = "One-way deposit applies to containers of 0.1 to 3 litres."
    elif kind is DepositKind.ONE_WAY and amount != ONE_WAY_DEPOSIT * pack_size:
        problem = f"One-way deposit is {ONE_WAY_DEPOSIT.decimal} per container."
    if problem:
        raise Invalid(problem, errors=[FieldError("body.deposit", problem, "deposit")])


def is_alcohol_free(alcohol_by_volume: Decimal | None) -> bool:
    """Tell whether a drink counts as alcohol-free; None means that it never had any."""
    return alcohol_by_volume is None or alcohol_by_volume <= ALCOHOL_FREE_MAX


def lowest_age(alcohol_by_volume: Decimal | None) -> int:
    """Name the lowest age in years that the law lets a drink of this strength be sold at."""
    strength = alcohol_by_volume or Decimal(0)
    return next((age for above, age in AGE_FROM if strength > above), 0)


def check_minimum_age(minimum_age: int, alcohol_by_volume: Decimal | None) -> None:
    """Refuse an age below the one that the strength demands.

    Raises:
        Invalid: naming `body.minimum_age`.
    """
    lowest = lowest_age(alcohol_by_volume)
    if minimum_age < lowest:
        problem = f"A drink of {alcohol_by_volume} % vol is sold from the age of {lowest}."
        raise Invalid(problem, errors=[FieldError("body.minimum_age", problem, "too-young")])


def move_product(state: ProductState, wanted: ProductState) -> ProductState:
    """Take a product to another state; its own state is always allowed.

    Raises:
        TransitionRefused: when no way leads there.
    """
    if wanted is not state and wanted not in PRODUCT_TRANSITIONS[state]:
        raise TransitionRefused(f"A product cannot go from {state} to {wanted}.")
    return wanted


def move_review(state: ReviewState, wanted: ReviewState) -> ReviewState:
    """Take a review to another state; its own state is always allowed.

    Raises:
        TransitionRefused: when no way leads there.
    """
    if wanted is not state and wanted not in REVIEW_TRANSITIONS[state]:
        raise TransitionRefused(f"A review cannot go from {state} to {wanted}.")
    return wanted


def slugify(name: str) -> str:
    """Turn a name into its address: lower-case ASCII words joined by hyphens, umlauts spelt out."""
    spelt = name.lower().translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"})
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:120].strip("-")
