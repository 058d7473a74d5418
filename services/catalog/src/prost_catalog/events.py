"""The facts that the catalogue announces."""

from typing import ClassVar
from uuid import UUID

from prost.events import Event


class ProductChanged(Event):
    """A product was made, changed, published or withdrawn; its `version` tells which news is newer.

    `skus` are those of its variants, without the archived ones.
    """

    type: ClassVar[str] = "catalog.product-changed.v1"
    product_id: UUID
    slug: str
    name: str
    state: str
    version: int
    skus: tuple[str, ...] = ()

    def aggregate_id(self) -> UUID:
        """Order the news by product."""
        return self.product_id


class PriceChanged(Event):
    """A variant has a new gross price, in minor units of `currency`; None before its first."""

    type: ClassVar[str] = "catalog.price-changed.v1"
    product_id: UUID
    variant_id: UUID
    sku: str
    amount_minor: int
    previous_minor: int | None
    currency: str = "EUR"

    def aggregate_id(self) -> UUID:
        """Order the news by product."""
        return self.product_id


class ReviewPublished(Event):
    """A customer's review, rating 1 to 5, passed moderation."""

    type: ClassVar[str] = "catalog.review-published.v1"
    product_id: UUID
    review_id: UUID
    rating: int

    def aggregate_id(self) -> UUID:
        """Order the news by product."""
        return self.product_id
