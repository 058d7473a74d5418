"""The wire of products, lists, categories and suggestions."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from prost.http import MoneyOut
from prost.money import Money
from prost.wire import Wire
from prost_catalog.schemas.common import (
    AllergenName,
    Country,
    DepositName,
    Flag,
    Image,
    Localized,
    PageSize,
    PageToken,
    Serving,
    Sku,
    Slug,
    Timestamp,
    VesselName,
)

Sort = Literal["relevance", "name", "-name", "price", "-price", "price_per_litre", "rating", "newest"]


def _cents(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    money = Money.parse(value)
    if not 0 <= money.minor < 2**31:
        raise ValueError("is out of range")
    return money.minor


Cents = Annotated[
    int,
    BeforeValidator(_cents),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,7}(\.[0-9]{1,2})?$", "examples": ["12.90"]}),
]
"""An amount in euro on the wire, in cents inside."""

Slugs = Annotated[tuple[Slug, ...], Field(max_length=50)]


class ProductsQuery(Wire):
    """Which products, in which order; a parameter given more than once means any of its values."""

    q: Annotated[str, Field(max_length=200)] = ""
    category: Slugs = ()
    style: Slugs = ()
    producer: Slugs = ()
    deposit: Annotated[tuple[DepositName, ...], Field(max_length=10)] = ()
    origin: Annotated[tuple[Country, ...], Field(max_length=50)] = ()
    min_price: Cents | None = None
    max_price: Cents | None = None
    alcohol_free: Flag | None = None
    available: Flag | None = None
    sort: Sort = "relevance"
    page_size: PageSize = 20
    page_token: PageToken | None = None


class SuggestionsQuery(Wire):
    """What has been typed so far."""

    q: Annotated[str, Field(min_length=1, max_length=100)]


class Named(Wire):
    """A shelf's address and name."""

    slug: Slug
    name: Localized


class ProducerRef(Wire):
    """A producer's address and name."""

    slug: Slug
    name: str


class Origin(Wire):
    """Where a product comes from; the country by its ISO 3166 code."""

    country: Country
    region: str | None


class Rating(Wire):
    """The mean of all published ratings, 1 to 5, to one decimal place."""

    average: str | None
    count: int


class Deposit(Wire):
    """What is paid back when the containers come back."""

    kind: DepositName
    amount: MoneyOut


class Variant(Wire):
    """A product in one vessel and pack: `volume_ml` of one container, `pack_size` containers, gross price.

    The price per litre leaves the deposit out. `lowest_price_30_days` is that before a reduction.
    """

    id: str
    sku: Sku
    name: Localized
    volume_ml: int
    pack_size: int
    vessel: VesselName
    price: MoneyOut
    price_per_litre: MoneyOut
    previous_price: MoneyOut | None
    lowest_price_30_days: MoneyOut | None
    vat_rate: str
    deposit: Deposit
    available: bool


class ProductCard(Wire):
    """A product in a list."""

    id: str
    slug: Slug
    name: str
    category: Named
    producer: ProducerRef
    style: Named | None
    origin: Origin
    alcohol_by_volume: str | None
    alcohol_free: bool
    minimum_age: Literal[0, 16, 18]
    rating: Rating
    available: bool
    featured: bool
    image: Image | None
    variants: list[Variant]


class Product(ProductCard):
    """A product on its own page, with what food law wants shown before purchase."""

    description: Localized
    tasting: Localized
    ingredients: Localized | None
    allergens: list[AllergenName]
    serving: Serving | None
    images: list[Image]
    created_at: Timestamp
    updated_at: Timestamp


class FacetValue(Wire):
    """How many products a filter value would show."""

    value: str
    label: Localized
    count: int


class FlagCount(Wire):
    """How many products a switch would show."""

    value: Literal["true"]
    count: int


class PriceRange(Wire):
    """The lowest and highest price on offer."""

    min: MoneyOut
    max: MoneyOut


class Facets(Wire):
    """Counts of each filter's values under all other filters, most first."""

    category: list[FacetValue]
    style: list[FacetValue]
    producer: list[FacetValue]
    deposit: list[FacetValue]
    origin: list[FacetValue]
    alcohol_free: list[FlagCount]
    price: PriceRange


class ProductList(Wire):
    """A page of products, how many there are in all, and the filters beside them."""

    items: list[ProductCard]
    next_page_token: str | None
    total: int
    facets: Facets


class Category(Wire):
    """A shelf with the number of its products, those of the shelves below it included."""

    slug: Slug
    name: Localized
    description: Localized
    parent: Slug | None
    count: int
    image: Image | None


class CategoryList(Wire):
    """All shelves in their order."""

    items: list[Category]


class Suggestion(Wire):
    """A way to go on from what was typed."""

    kind: Literal["product", "category", "producer"]
    slug: Slug
    label: Localized
    image: Image | None


class SuggestionList(Wire):
    """Suggestions, best first."""

    items: list[Suggestion]
