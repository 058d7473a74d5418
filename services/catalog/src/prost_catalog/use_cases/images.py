"""Attaches stored pictures to products and categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prost.db import database
from prost_catalog import domain
from prost_catalog.models import Category, Media, Product, ProductImage
from prost_catalog.use_cases.cards import refresh_cards
from prost_catalog.use_cases.editing import announce, bump, lock_product

if TYPE_CHECKING:
    from uuid import UUID

    from prost_catalog.domain import ImageMeta


def attach_image(
    product_id: UUID, version: int | None, image: ImageMeta, alt: tuple[str, str], position: int
) -> UUID:
    """Show a stored picture with a product; `alt` describes it in German and English.

    A picture that the product already has is described and placed anew.

    Raises:
        ProductNotFound, StaleVersion: as they say.
    """
    alt_de, alt_en = alt
    with database.atomic():
        product = lock_product(product_id, version)
        media = remember_media(image)
        shown: ProductImage | None = ProductImage.get_or_none(product=product_id, media=media)
        if shown is None:
            shown = ProductImage.create(
                product=product_id, media=media, alt_de=alt_de, alt_en=alt_en, position=position
            )
        else:
            shown.alt_de, shown.alt_en, shown.position = alt_de, alt_en, position
            shown.save()
        bump(product)
        announce(product)
    image_id: UUID = shown.id
    return image_id


def detach_image(product_id: UUID, version: int | None, image_id: UUID) -> None:
    """Stop showing a picture with a product; its files stay, since addresses by content never change.

    Raises:
        ProductNotFound, StaleVersion, ImageNotFound: as they say.
    """
    with database.atomic():
        product = lock_product(product_id, version)
        chosen = (ProductImage.product == product_id) & (ProductImage.id == image_id)
        if not ProductImage.delete().where(chosen).execute():
            raise domain.ImageNotFound("The product has no such image.")
        bump(product)
        announce(product)


def show_on_shelf(category: str, image: ImageMeta, *, instead_of: str = "") -> None:
    """Show a stored picture with a category that has none, or only the one with this content hash."""
    with database.atomic():
        old = Media.select(Media.id).where(Media.content_hash == instead_of)
        shelf = Category.slug == category
        replaceable = Category.image.is_null() | Category.image.in_(old)
        if Category.update(image=remember_media(image)).where(shelf & replaceable).execute():
            # Search indexes read the shelves anew when a card comes.
            rows: Any = Product.select(Product.id).join(Category).where(shelf).limit(1).tuples()
            refresh_cards([product_id for (product_id,) in rows])


def remember_media(image: ImageMeta) -> Media:
    """Record a stored picture once, however many products show it."""
    Media.insert(
        content_hash=image.content_hash,
        color=image.color,
        widths=list(image.widths),
        formats=list(image.formats),
    ).on_conflict_ignore().execute()
    media: Media = Media.get(Media.content_hash == image.content_hash)
    return media
