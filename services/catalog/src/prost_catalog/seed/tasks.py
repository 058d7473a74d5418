"""What the seed draws: two views of every product, and a group portrait of every shelf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from prost_catalog.artwork.pictures import front, group_portrait, served
from prost_catalog.seed.source import load_source
from prost_catalog.seed.subjects import subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from prost_catalog.artwork.pictures import Layer, Subject
    from prost_catalog.seed.source import ProductSource

PREFIX: Final = "picture/"
"""What the stamps of all pictures begin with."""

VIEWS: Final[tuple[Callable[[Subject], Layer], ...]] = (front, served)
_IN_A_GROUP: Final = 3


@dataclass(frozen=True)
class Task:
    """One picture to make: a product and which of its views."""

    slug: str
    view: int

    @property
    def part(self) -> str:
        """The name of its stamp."""
        return f"{PREFIX}{self.slug}/{self.view}"

    @property
    def category(self) -> str:
        """The shelf whose backdrop is behind it."""
        return self.product.style.category

    @property
    def product(self) -> ProductSource:
        """The product that is shown."""
        return next(product for product in load_source().products if product.slug == self.slug)

    def layer(self) -> Layer:
        """Draw it."""
        return VIEWS[self.view](subject(self.product))


@dataclass(frozen=True)
class ShelfTask:
    """The picture of a shelf."""

    category: str

    @property
    def part(self) -> str:
        """The name of its stamp."""
        return f"{PREFIX}shelf/{self.category}"

    def layer(self) -> Layer:
        """Draw it."""
        return group_portrait([subject(product) for product in _group(self.category)])


def _group(category: str) -> list[ProductSource]:
    """Choose drinks of a shelf that look unlike each other: other vessels first, then other producers."""
    shelf = [product for product in load_source().products if product.style.category == category]
    shelf.sort(key=lambda product: not product.featured)
    chosen: list[ProductSource] = []
    for differs in (_by_vessel, _by_producer):
        for product in shelf:
            if len(chosen) < _IN_A_GROUP and differs(product) not in map(differs, chosen):
                chosen.append(product)
    return chosen


def _by_vessel(product: ProductSource) -> tuple[str, ...]:
    return (product.packs[0].container.art,)


def _by_producer(product: ProductSource) -> tuple[str, ...]:
    return (product.producer.slug,)
