"""What staff reads: products and variants as they are in the database, drafts and archived ones included."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from peewee import JOIN

from prost.money import Money
from prost_catalog import domain
from prost_catalog.models import (
    Category,
    Media,
    Price,
    Producer,
    Product,
    ProductImage,
    Review,
    Style,
    Variant,
)
from prost_catalog.use_cases.projection import instant, picture


def read_product(product_id: UUID) -> dict[str, Any]:
    """Read all that staff can change of a product.

    Raises:
        ProductNotFound: there is none.
    """
    rows = (
        Product.select(
            Product,
            Category.slug.alias("category_slug"),
            Producer.slug.alias("producer_slug"),
            Style.slug.alias("style_slug"),
        )
        .join(Category)
        .switch(Product)
        .join(Producer)
        .switch(Product)
        .join(Style, JOIN.LEFT_OUTER)
        .where(Product.id == product_id)
    )
    row = next(iter(dicts(rows)), None)
    if row is None:
        raise domain.ProductNotFound("There is no such product.")
    no_ingredients = row["ingredients_de"] is None or row["ingredients_en"] is None
    return {
        **_row(row),
        "style": row["style_slug"],
        "origin": {"country": row["country"], "region": row["region"]},
        "alcohol_by_volume": None if row["alcohol_by_volume"] is None else str(row["alcohol_by_volume"]),
        "minimum_age": row["minimum_age"],
        "vat_rate": str(row["vat_rate"]),
        "featured": row["featured"],
        "description": _texts(row, "description"),
        "tasting": _texts(row, "tasting"),
        "ingredients": None if no_ingredients else _texts(row, "ingredients"),
        "allergens": row["allergens"],
        "serving": row["serving"],
        "created_at": instant(row["created_at"]),
        "variants": _variants(product_id),
        "images": _images(product_id),
    }


def read_products(state: str | None, after: UUID | None, size: int) -> list[dict[str, Any]]:
    """Read a page of products, newest first, that begins after the product with the id `after`."""
    rows = (
        Product.select(
            Product.id,
            Product.slug,
            Product.name,
            Product.state,
            Product.version,
            Product.updated_at,
            Category.slug.alias("category_slug"),
            Producer.slug.alias("producer_slug"),
        )
        .join(Category)
        .switch(Product)
        .join(Producer)
        .order_by(Product.id.desc())
        .limit(size)
    )
    if state is not None:
        rows = rows.where(Product.state == state)
    if after is not None:
        rows = rows.where(Product.id < after)
    return [_row(row) for row in dicts(rows)]


def read_prices(variant_id: UUID) -> list[dict[str, Any]]:
    """Read a variant's prices, newest first.

    Raises:
        VariantNotFound: there is none.
    """
    rows = Price.select().where(Price.variant == variant_id).order_by(Price.valid_from.desc())
    found = [
        {
            "price": Money(row["amount_minor"]).wire(),
            "valid_from": instant(row["valid_from"]),
            "set_by": row["set_by"],
        }
        for row in dicts(rows)
    ]
    if not found:
        raise domain.VariantNotFound("There is no such variant.")
    return found


def read_reviews_in(state: str, after: UUID | None, size: int) -> list[dict[str, Any]]:
    """Read a page of reviews in one state, oldest first, that begins after the review with the id `after`."""
    rows = Review.select().where(Review.state == state).order_by(Review.id).limit(size)
    if after is not None:
        rows = rows.where(Review.id > after)
    return [staff_review(row) for row in rows]


def staff_review(review: Review) -> dict[str, Any]:
    """Write a review as staff sees it."""
    return {
        **own_review(review),
        "product_id": str(review.product_id),
        "customer_id": review.customer_id,
        "moderated_by": review.moderated_by,
        "moderated_at": None if review.moderated_at is None else instant(review.moderated_at),
    }


def own_review(review: Review) -> dict[str, Any]:
    """Write a review as its author sees it."""
    return {
        "id": str(review.id),
        "rating": review.rating,
        "title": review.title,
        "body": review.body,
        "author": review.author,
        "created_at": instant(review.created_at),
        "state": review.state,
    }


def dicts(query: Any) -> list[dict[str, Any]]:
    """Run a query and return its rows without making models of them."""
    return list(query.dicts())


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "slug": row["slug"],
        "name": row["name"],
        "state": row["state"],
        "version": row["version"],
        "category": row["category_slug"],
        "producer": row["producer_slug"],
        "updated_at": instant(row["updated_at"]),
    }


def _variants(product_id: UUID) -> Sequence[dict[str, Any]]:
    newest = Price.select(Price.amount_minor).where(Price.variant == Variant.id)
    price = newest.order_by(Price.valid_from.desc()).limit(1)
    rows = (
        Variant.select(Variant, price.alias("price_minor"))
        .where(Variant.product == product_id)
        .order_by(Variant.position, Variant.id)
    )
    return [
        {
            "id": str(row["id"]),
            "sku": row["sku"],
            "name": _texts(row, "name"),
            "volume_ml": row["volume_ml"],
            "pack_size": row["pack_size"],
            "vessel": row["vessel"],
            "deposit": {"kind": row["deposit_kind"], "amount": Money(row["deposit_minor"]).wire()},
            "price": Money(row["price_minor"]).wire(),
            "available": row["available"],
            "archived": row["archived"],
            "position": row["position"],
        }
        for row in dicts(rows)
    ]


def _images(product_id: UUID) -> Sequence[dict[str, Any]]:
    rows = (
        ProductImage.select(ProductImage, Media.content_hash, Media.color, Media.widths, Media.formats)
        .join(Media)
        .where(ProductImage.product == product_id)
        .order_by(ProductImage.position, ProductImage.id)
    )
    return [
        {
            "id": str(row["id"]),
            "position": row["position"],
            "image": picture(row, row["alt_de"], row["alt_en"]),
        }
        for row in dicts(rows)
    ]


def _texts(row: dict[str, Any], column: str) -> dict[str, str]:
    return {"de": row[f"{column}_de"], "en": row[f"{column}_en"]}
