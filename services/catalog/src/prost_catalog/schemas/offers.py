"""The wire of offers: what other services ask of variants before they show or sell them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from prost.wire import Wire
from prost_catalog.schemas.common import DepositName, Image, Localized, Sku, Slug

MAX_VARIANTS = 50

Cents = Annotated[int, Field(ge=0)]


class OffersIn(Wire):
    """Which variants; one that is named twice is answered once."""

    variant_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_VARIANTS)]


class Offer(Wire):
    """What a variant costs at this moment: gross price and deposit in euro cents.

    `sellable` is false for what customers may not order: drafts, what is archived, what is unavailable.
    """

    variant_id: UUID
    product_id: UUID
    sku: Sku
    slug: Slug
    name: str
    variant: Localized
    image: Image | None
    price_minor: Cents
    deposit_minor: Cents
    deposit_kind: DepositName
    vat_rate: Annotated[str, Field(examples=["19.00"])]
    minimum_age: Literal[0, 16, 18]
    volume_ml: int
    pack_size: int
    sellable: bool


class Offers(Wire):
    """The offers in the order in which they were asked for; unknown variants are left out."""

    items: list[Offer]
