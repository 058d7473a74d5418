"""The seed's tables, read from the TOML files beside this module into typed records."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from prost.money import Money
from prost_catalog.domain import DepositKind, Vessel, lowest_age, slugify
from prost_catalog.seed.packaging import Container, Pack, Text, read_pack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

_DATA: Final = files(__package__) / "data"
_SPIRITS: Final = "spirituosen"
_SPIRITS_AGE: Final = 18
_FULL_RATE: Final = "19.00"


@dataclass(frozen=True)
class CategorySource:
    """A shelf of the shop."""

    slug: str
    name: Text
    description: Text


@dataclass(frozen=True)
class StyleSource:
    """A kind of drink and what it says about its products; `serve` is a range in degrees Celsius."""

    slug: str
    category: str
    name: Text
    liquid: str
    glass: str
    serve: tuple[int, int]
    vat_rate: Decimal
    ingredients: Text | None
    allergens: tuple[str, ...]


@dataclass(frozen=True)
class LabelDesign:
    """How a producer dresses its bottles, in the names of the drawings of `prost_catalog.artwork`."""

    face: str
    layout: str
    motif: str
    pattern: str


@dataclass(frozen=True)
class ProducerSource:
    """An invented producer; the palette holds paper, ink, accent and second colour."""

    slug: str
    name: str
    wordmark: str
    country: str
    region: str
    design: LabelDesign
    palette: tuple[str, str, str, str]


@dataclass(frozen=True)
class ProductSource:
    """A drink of the seed: `label` is what its label says, `tint` and `motif` set it apart on the shelf."""

    slug: str
    name: str
    label: str
    producer: ProducerSource
    style: StyleSource
    abv: Decimal | None
    featured: bool
    packs: tuple[Pack, ...]
    description: Text
    tasting: Text
    ingredients: Text | None
    allergens: tuple[str, ...]
    tint: str | None
    motif: str
    liquid: str

    @property
    def minimum_age(self) -> int:
        """The age in years from which it may be sold; spirits are for adults at any strength."""
        return _SPIRITS_AGE if self.style.category == _SPIRITS else lowest_age(self.abv)


@dataclass(frozen=True)
class Source:
    """Everything that the seed puts into an empty catalogue."""

    categories: tuple[CategorySource, ...]
    styles: Mapping[str, StyleSource]
    producers: Mapping[str, ProducerSource]
    products: tuple[ProductSource, ...]


def _tables(folder: Traversable) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        yield tomllib.loads(path.read_text("utf-8"))


def read_table(name: str) -> dict[str, Any]:
    """Read one of the seed's TOML files."""
    return tomllib.loads((_DATA / name).read_text("utf-8"))


def _text(pair: Mapping[str, str] | None) -> Text | None:
    return Text(pair["de"], pair["en"]) if pair else None


def _container(code: str, row: Mapping[str, Any]) -> Container:
    deposit = row["deposit"]
    return Container(
        code=code,
        vessel=Vessel(row["vessel"]),
        art=row["art"],
        name=Text(**row["name"]),
        deposit_kind=DepositKind(deposit["kind"]),
        deposit_each=Money(deposit.get("cents", 0)),
        crate=row.get("crate"),
    )


def _style(slug: str, row: Mapping[str, Any]) -> StyleSource:
    low, high = row["serve"]
    return StyleSource(
        slug=slug,
        category=row["category"],
        name=Text(**row["name"]),
        liquid=row["liquid"],
        glass=row["glass"],
        serve=(low, high),
        vat_rate=Decimal(row.get("vat", _FULL_RATE)),
        ingredients=_text(row.get("ingredients")),
        allergens=tuple(row.get("allergens", ())),
    )


def _producer(slug: str, row: Mapping[str, Any]) -> ProducerSource:
    paper, ink, accent, second = row["palette"]
    return ProducerSource(
        slug=slug,
        name=row["name"],
        wordmark=row["wordmark"],
        country=row["origin"]["country"],
        region=row["origin"]["region"],
        design=LabelDesign(**row["label"]),
        palette=(paper, ink, accent, second),
    )


def _product(
    row: Mapping[str, Any], style: StyleSource, producer: ProducerSource, containers: Mapping[str, Container]
) -> ProductSource:
    name: str = row["name"]
    return ProductSource(
        slug=slugify(name),
        name=name,
        label=row.get("label") or name.removeprefix(producer.wordmark).strip(),
        producer=producer,
        style=style,
        abv=Decimal(row["abv"]) if "abv" in row else None,
        featured=row.get("featured", False),
        packs=tuple(read_pack(pack, containers) for pack in row["packs"]),
        description=Text(**row["description"]),
        tasting=Text(**row["tasting"]),
        ingredients=_text(row.get("ingredients")) or style.ingredients,
        allergens=tuple(row.get("allergens", style.allergens)),
        tint=row.get("tint"),
        motif=row.get("motif", producer.design.motif),
        liquid=row.get("liquid", style.liquid),
    )


@cache
def load_source() -> Source:
    """Read all tables; products come in the order of the categories, then of their files."""
    containers = {code: _container(code, row) for code, row in read_table("containers.toml").items()}
    categories = tuple(
        CategorySource(row["slug"], Text(**row["name"]), Text(**row["description"]))
        for row in read_table("categories.toml")["category"]
    )
    styles = {slug: _style(slug, row) for table in _tables(_DATA / "styles") for slug, row in table.items()}
    producers = {
        slug: _producer(slug, row) for table in _tables(_DATA / "producers") for slug, row in table.items()
    }
    products = [
        _product(row, styles[row["style"]], producers[row["producer"]], containers)
        for table in _tables(_DATA / "products")
        for row in table["product"]
    ]
    shelves = [category.slug for category in categories]
    products.sort(key=lambda product: shelves.index(product.style.category))
    return Source(categories, styles, producers, tuple(products))
