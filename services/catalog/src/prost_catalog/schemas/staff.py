"""The wire of those who keep the catalogue."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from prost.http import MoneyIn, MoneyOut
from prost.money import Money
from prost.wire import Wire
from prost_catalog.schemas.common import (
    AllergenName,
    Country,
    DepositName,
    Image,
    Localized,
    PageSize,
    PageToken,
    Serving,
    Sku,
    Slug,
    Text,
    Timestamp,
    VesselName,
)

ProductStateName = Literal["DRAFT", "PUBLISHED", "ARCHIVED"]

_STRONGEST = 96
_DEAREST = 2_000_000_00


def _drinkable(percent: str) -> str:
    if Decimal(percent) > _STRONGEST:
        raise ValueError(f"is above {_STRONGEST}")
    return percent


def _payable(money: Money) -> Money:
    if not 0 < money.minor <= _DEAREST:
        raise ValueError("a price is above zero and at most two million")
    return money


Name = Annotated[Text, Field(max_length=160)]
ShortName = Annotated[Text, Field(max_length=80)]
Prose = Annotated[str, Field(max_length=4000)]
Percent = Annotated[
    str, Field(pattern=r"^[0-9]{1,2}(\.[0-9])?$", examples=["5.2"]), AfterValidator(_drinkable)
]
VatRate = Annotated[str, Field(pattern=r"^[0-4]?[0-9](\.[0-9]{1,2})?$", examples=["19.00"])]
Price = Annotated[MoneyIn, AfterValidator(_payable)]


class Titles(Wire):
    """A short name in both languages."""

    de: ShortName
    en: ShortName


class Texts(Wire):
    """A longer text in both languages."""

    de: Prose = ""
    en: Prose = ""


class OriginIn(Wire):
    """Where a product comes from; the country by its ISO 3166 code."""

    country: Country
    region: ShortName | None = None


class DepositIn(Wire):
    """What is paid back for all containers of a variant together, the crate included."""

    kind: DepositName
    amount: Annotated[MoneyIn, AfterValidator(lambda money: money if money.minor == 0 else _payable(money))]


class Sayings(Wire):
    """Facts of which each may be left out; only those named in `may_be_null` may also be taken away."""

    may_be_null: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*")
    @classmethod
    def _keeps_what_is_due(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.field_name not in cls.may_be_null:
            raise ValueError("cannot be null")
        return value


class ProductFacts(Sayings):
    """What staff may say of a product; what is left out stays as it is."""

    may_be_null = frozenset({"style", "alcohol_by_volume", "ingredients", "serving"})

    slug: Slug | None = None
    name: Name | None = None
    category: Slug | None = None
    producer: Slug | None = None
    style: Slug | None = None
    origin: OriginIn | None = None
    alcohol_by_volume: Percent | None = None
    minimum_age: Literal[0, 16, 18] | None = None
    vat_rate: VatRate | None = None
    featured: bool | None = None
    description: Texts | None = None
    tasting: Texts | None = None
    ingredients: Texts | None = None
    allergens: Annotated[list[AllergenName], Field(max_length=20)] | None = None
    serving: Serving | None = None

    def columns(self) -> dict[str, Any]:
        """Return what was said as columns of the products table."""
        return dict(self._columns())

    def _columns(self) -> Iterator[tuple[str, Any]]:
        for name in self.model_fields_set:
            value = getattr(self, name)
            match name:
                case "origin":
                    yield from value
                case "description" | "tasting" | "ingredients":
                    yield f"{name}_de", None if value is None else value.de
                    yield f"{name}_en", None if value is None else value.en
                case "alcohol_by_volume" | "vat_rate":
                    yield name, None if value is None else Decimal(value)
                case "serving":
                    yield name, None if value is None else value.model_dump()
                case _:
                    yield name, value


class ProductChange(ProductFacts):
    """A change of a product; null takes a fact away where there may be none."""


class VariantChange(Sayings):
    """A change of a variant; what is left out stays as it is."""

    name: Titles | None = None
    volume_ml: Annotated[int, Field(ge=10, le=100_000)] | None = None
    pack_size: Annotated[int, Field(ge=1, le=100)] | None = None
    vessel: VesselName | None = None
    deposit: DepositIn | None = None
    available: bool | None = None
    position: Annotated[int, Field(ge=0, le=1000)] | None = None

    def columns(self) -> dict[str, Any]:
        """Return what was said as columns of the variants table; the price, if any, as money."""
        return dict(self._columns())

    def _columns(self) -> Iterator[tuple[str, Any]]:
        for name in self.model_fields_set:
            value = getattr(self, name)
            if name == "name":
                yield from (("name_de", value.de), ("name_en", value.en))
            elif name == "deposit":
                yield from (("deposit_kind", value.kind), ("deposit_minor", value.amount.minor))
            else:
                yield name, value


class VariantIn(VariantChange):
    """A new variant with its first gross price."""

    sku: Sku
    name: Titles
    volume_ml: Annotated[int, Field(ge=10, le=100_000)]
    vessel: VesselName
    deposit: DepositIn
    price: Price


class ProductIn(ProductFacts):
    """A new product, which begins as a draft; without a slug it gets one made of its name."""

    name: Name
    category: Slug
    producer: Slug
    origin: OriginIn
    minimum_age: Literal[0, 16, 18]
    vat_rate: VatRate
    variants: Annotated[tuple[VariantIn, ...], Field(max_length=20)] = ()

    def columns(self) -> dict[str, Any]:
        """Return what was said as columns of the products table."""
        return {name: value for name, value in self._columns() if name != "variants"}


class StateIn(Wire):
    """The state that a product is to go to."""

    state: ProductStateName


class PriceIn(Wire):
    """A gross price that holds from now on."""

    price: Price


class ImageQuery(Wire):
    """What a picture shows, and its place among the product's pictures."""

    alt_de: Annotated[Text, Field(max_length=200)]
    alt_en: Annotated[Text, Field(max_length=200)]
    position: Annotated[int, Field(ge=0, le=1000)] = 0


class StaffQuery(Wire):
    """Which products staff wants to see, newest first."""

    state: ProductStateName | None = None
    page_size: PageSize = 20
    page_token: PageToken | None = None


class StaffVariant(Wire):
    """A variant as staff sees it, archived ones included."""

    id: UUID
    sku: Sku
    name: Localized
    volume_ml: int
    pack_size: int
    vessel: VesselName
    deposit: dict[Literal["kind", "amount"], Any]
    price: MoneyOut
    available: bool
    archived: bool
    position: int


class StaffImage(Wire):
    """A picture as staff sees it."""

    id: UUID
    position: int
    image: Image


class StaffProductRow(Wire):
    """A product in a list of staff."""

    id: UUID
    slug: Slug
    name: str
    state: ProductStateName
    version: int
    category: Slug
    producer: Slug
    updated_at: Timestamp


class StaffProduct(StaffProductRow):
    """A product as staff sees and changes it; `version` is its ETag."""

    style: Slug | None
    origin: OriginIn
    alcohol_by_volume: str | None
    minimum_age: Literal[0, 16, 18]
    vat_rate: str
    featured: bool
    description: Localized
    tasting: Localized
    ingredients: Localized | None
    allergens: list[AllergenName]
    serving: Serving | None
    created_at: Timestamp
    variants: list[StaffVariant]
    images: list[StaffImage]


class StaffProductList(Wire):
    """A page of products."""

    items: list[StaffProductRow]
    next_page_token: str | None


class PricePoint(Wire):
    """A gross price, from when it holds, and who set it."""

    price: MoneyOut
    valid_from: Timestamp
    set_by: str


class PriceHistory(Wire):
    """All prices of a variant, newest first."""

    items: list[PricePoint]
