"""Turns the rows of a product into the JSON that lists and pages send and the facts that search needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import orjson

from prost.money import Money
from prost_catalog import domain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Mapping[str, Any]


@dataclass(frozen=True)
class Projection:
    """One product as it is read: list item, what its page adds, and the search document."""

    card: bytes
    details: bytes
    document: dict[str, object]


def project(product: Row, variants: Sequence[Row], images: Sequence[Row]) -> Projection:
    """Project a published product.

    `product` is a row of products joined with its category, producer and style; `variants` carry their
    price history as `amounts` and `instants`, oldest first; `images` come with the columns of their media.
    """
    shown_images = [picture(row, row["alt_de"], row["alt_en"]) for row in images]
    shown_variants = [_variant(row, product["vat_rate"]) for row in variants]
    alcohol = product["alcohol_by_volume"]
    average = average_rating(product["rating_sum"], product["rating_count"])
    available = any(row["available"] for row in variants)
    card = {
        "id": str(product["id"]),
        "slug": product["slug"],
        "name": product["name"],
        "category": {"slug": product["category_slug"], "name": _named(product, "category_name")},
        "producer": {"slug": product["producer_slug"], "name": product["producer_name"]},
        "style": None
        if product["style_slug"] is None
        else {"slug": product["style_slug"], "name": _named(product, "style_name")},
        "origin": {"country": product["country"], "region": product["region"]},
        "alcohol_by_volume": None if alcohol is None else str(alcohol),
        "alcohol_free": domain.is_alcohol_free(alcohol),
        "minimum_age": product["minimum_age"],
        "rating": {"average": average, "count": product["rating_count"]},
        "available": available,
        "featured": product["featured"],
        "image": shown_images[0] if shown_images else None,
        "variants": shown_variants,
    }
    ingredients = product["ingredients_de"], product["ingredients_en"]
    details = {
        "description": _named(product, "description"),
        "tasting": _named(product, "tasting"),
        "ingredients": None if None in ingredients else _named(product, "ingredients"),
        "allergens": product["allergens"],
        "serving": product["serving"],
        "images": shown_images,
        "created_at": instant(product["created_at"]),
        "updated_at": instant(product["updated_at"]),
    }
    return Projection(
        orjson.dumps(card), orjson.dumps(details), _document(product, variants, available=available)
    )


def picture(media: Row, alt_de: str, alt_en: str) -> dict[str, object]:
    """Describe a stored picture with its sources, smallest first within each format."""
    return {
        "alt": {"de": alt_de, "en": alt_en},
        "color": media["color"],
        "sources": [
            {
                "url": f"/media/catalog/{media['content_hash']}/{width}.{kind}",
                "type": f"image/{kind}",
                "width": width,
            }
            for kind in media["formats"]
            for width in sorted(media["widths"])
        ],
    }


def average_rating(rating_sum: int, rating_count: int) -> str | None:
    """Give the mean to one decimal place, None without ratings."""
    if not rating_count:
        return None
    return str((Decimal(rating_sum) / rating_count).quantize(Decimal("0.1"), ROUND_HALF_UP))


def instant(moment: datetime) -> str:
    """Write an instant as RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def price_of(variant: Row) -> domain.CurrentPrice:
    """Read the current price off a variant row with its `amounts` and `instants`."""
    history = [
        domain.PricePoint(Money(amount), valid_from)
        for amount, valid_from in zip(variant["amounts"], variant["instants"], strict=True)
    ]
    return domain.current_price(history)


def _named(row: Row, column: str) -> dict[str, str]:
    return {"de": row[f"{column}_de"], "en": row[f"{column}_en"]}


def _variant(row: Row, vat_rate: Decimal) -> dict[str, object]:
    price = price_of(row)
    per_litre = domain.price_per_litre(price.amount, row["volume_ml"], row["pack_size"])
    return {
        "id": str(row["id"]),
        "sku": row["sku"],
        "name": _named(row, "name"),
        "volume_ml": row["volume_ml"],
        "pack_size": row["pack_size"],
        "vessel": row["vessel"],
        "price": price.amount.wire(),
        "price_per_litre": per_litre.wire(),
        "previous_price": price.previous.wire() if price.previous else None,
        "lowest_price_30_days": price.lowest_30_days.wire() if price.lowest_30_days else None,
        "vat_rate": str(vat_rate),
        "deposit": {"kind": row["deposit_kind"], "amount": Money(row["deposit_minor"]).wire()},
        "available": row["available"],
    }


def _document(product: Row, variants: Sequence[Row], *, available: bool) -> dict[str, object]:
    prices = [price_of(row).amount for row in variants]
    per_litre = [
        domain.price_per_litre(price, row["volume_ml"], row["pack_size"])
        for price, row in zip(prices, variants, strict=True)
    ]
    count = product["rating_count"]
    return {
        "slug": product["slug"],
        "name": product["name"],
        "categories": [
            slug for slug in (product["category_slug"], product["category_parent_slug"]) if slug is not None
        ],
        "producer": product["producer_slug"],
        "style": product["style_slug"],
        "deposits": sorted({row["deposit_kind"] for row in variants}),
        "origin": product["country"],
        "alcohol_free": domain.is_alcohol_free(product["alcohol_by_volume"]),
        "available": available,
        "featured": product["featured"],
        "price": min(prices).minor,
        "price_per_litre": min(per_litre).minor,
        "rating": 100 * product["rating_sum"] // count if count else 0,
        "rating_count": count,
        "created_at": int(product["created_at"].timestamp() * 1000),
        "words": [
            product["producer_name"],
            product["category_name_de"],
            product["category_name_en"],
            *(
                part
                for part in (product["style_name_de"], product["style_name_en"], product["region"])
                if part
            ),
            *domain.COUNTRIES.get(product["country"], ()),
        ],
        "skus": [row["sku"] for row in variants],
    }
