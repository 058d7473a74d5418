"""Puts the shelves and the goods of the seed into the catalogue, in one transaction."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

from prost.db import database, utcnow, uuid7
from prost.events import Outbox
from prost_catalog.domain import ProductState, ReviewState, slugify
from prost_catalog.events import ProductChanged
from prost_catalog.models import Category, Price, Producer, Product, Review, Style, Variant
from prost_catalog.seed.reviews import sample_reviews
from prost_catalog.use_cases.cards import refresh_cards

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from prost_catalog.seed.packaging import Pack
    from prost_catalog.seed.source import ProductSource, Source

    Row = dict[str, Any]

_BATCH: Final = 500
_SET_BY: Final = "seed"
_FIRST_PRICE_DAYS: Final = 200
_REDUCED_DAYS: Final = 6
_GLASS_NAMES: Final = {
    "willi": ("Willibecher", "Willi becher"),
    "stange": ("Stange", "Stange"),
    "tulip": ("Biertulpe", "Beer tulip"),
    "mug": ("Henkelkrug", "Handled mug"),
    "weizen": ("Weißbierglas", "Wheat beer glass"),
    "bowl": ("Pokal", "Goblet"),
    "white": ("Weißweinglas", "White wine glass"),
    "red": ("Rotweinglas", "Red wine glass"),
    "flute": ("Sektflöte", "Flute"),
    "ribbed": ("Geripptes", "Ribbed glass"),
    "shot": ("Stamper", "Shot glass"),
    "nosing": ("Nosingglas", "Nosing glass"),
    "tumbler": ("Tumbler", "Tumbler"),
    "gintonic": ("Ballonglas", "Balloon glass"),
    "water": ("Wasserglas", "Water glass"),
    "juice": ("Saftglas", "Juice glass"),
    "longdrink": ("Longdrinkglas", "Highball glass"),
    "milk": ("Milchglas", "Milk glass"),
}


def put_goods(source: Source) -> int:
    """Add what the catalogue does not have yet and return the number of new products; what is there stays."""
    with database.atomic():
        categories = _shelve(Category, [_category(row, at) for at, row in enumerate(source.categories)])
        styles = _shelve(
            Style,
            [{"slug": s.slug, "name_de": s.name.de, "name_en": s.name.en} for s in source.styles.values()],
        )
        producers = _shelve(
            Producer,
            [
                {"slug": p.slug, "name": p.name, "country": p.country, "region": p.region}
                for p in source.producers.values()
            ],
        )
        rows: Any = Product.select(Product.slug).tuples()
        known = {slug for (slug,) in rows}
        fresh = [product for product in source.products if product.slug not in known]
        ids = {product.slug: uuid7() for product in fresh}
        now = utcnow()
        # They came in no order of shelves, so that the newest ones are of several.
        turns = Random(_SET_BY).sample(range(len(fresh)), len(fresh))  # noqa: S311 - it deals, it guards nothing.
        _insert(
            Product,
            [
                _product(product, ids[product.slug], now - timedelta(days=3, minutes=turn))
                | {
                    "category": categories[product.style.category],
                    "style": styles[product.style.slug],
                    "producer": producers[product.producer.slug],
                }
                for product, turn in zip(fresh, turns, strict=True)
            ],
        )
        variants = [row for product in fresh for row in _variants(product, ids[product.slug])]
        _insert(Variant, [variant for variant, _ in variants])
        _insert(Price, [price for variant, pack in variants for price in _prices(variant["id"], pack, now)])
        _insert(Review, [row for product in fresh for row in _reviews(product, ids[product.slug], now)])
        _announce(fresh, ids)
    return len(fresh)


def sku(product: ProductSource, pack: Pack) -> str:
    """Name a variant by producer, product, container and size, such as `KRANZ-HELL-EURO-20X500`."""
    house = set(slugify(f"{product.producer.name} {product.producer.wordmark}").split("-"))
    words = [word[:5] for word in product.slug.split("-") if word not in house]
    short = "".join(words)[-14:]
    size = str(pack.volume_ml) if pack.count == 1 else f"{pack.count}X{pack.volume_ml}"
    maker = product.producer.slug.replace("-", "")[:5]
    return f"{maker}-{short}-{pack.container.code.replace('-', '')[:8]}-{size}".upper()


def _shelve(model: Any, rows: Sequence[Row]) -> dict[str, UUID]:
    model.insert_many([{"id": uuid7(), **row} for row in rows]).on_conflict_ignore().execute()
    return dict(model.select(model.slug, model.id).tuples())


def _insert(model: Any, rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), _BATCH):
        model.insert_many(rows[start : start + _BATCH]).execute()


def _category(category: Any, position: int) -> Row:
    return {
        "slug": category.slug,
        "name_de": category.name.de,
        "name_en": category.name.en,
        "description_de": category.description.de,
        "description_en": category.description.en,
        "position": position,
    }


def _product(product: ProductSource, key: UUID, made_at: datetime) -> Row:
    reviews = sample_reviews(product)
    ingredients = product.ingredients
    low, high = product.style.serve
    glass_de, glass_en = _GLASS_NAMES[product.style.glass]
    return {
        "id": key,
        "slug": product.slug,
        "name": product.name,
        "state": ProductState.PUBLISHED,
        "country": product.producer.country,
        "region": product.producer.region,
        "alcohol_by_volume": product.abv,
        "minimum_age": product.minimum_age,
        "vat_rate": product.style.vat_rate,
        "featured": product.featured,
        "description_de": product.description.de,
        "description_en": product.description.en,
        "tasting_de": product.tasting.de,
        "tasting_en": product.tasting.en,
        "ingredients_de": ingredients.de if ingredients else None,
        "ingredients_en": ingredients.en if ingredients else None,
        "allergens": list(product.allergens),
        "serving": {
            "temperature_min_c": low,
            "temperature_max_c": high,
            "glass": {"de": glass_de, "en": glass_en},
        },
        "rating_sum": sum(review.rating for review in reviews),
        "rating_count": len(reviews),
        "created_at": made_at,
        "updated_at": made_at,
    }


def _variants(product: ProductSource, key: UUID) -> Iterator[tuple[Row, Pack]]:
    for position, pack in enumerate(product.packs):
        variant = {
            "id": uuid7(),
            "product": key,
            "sku": sku(product, pack),
            "name_de": pack.name.de,
            "name_en": pack.name.en,
            "volume_ml": pack.volume_ml,
            "pack_size": pack.count,
            "vessel": pack.vessel,
            "deposit_kind": pack.container.deposit_kind,
            "deposit_minor": pack.deposit.minor,
            "position": position,
        }
        yield variant, pack


def _prices(variant: UUID, pack: Pack, now: datetime) -> Iterator[Row]:
    steps = [(pack.previous or pack.price, _FIRST_PRICE_DAYS)]
    if pack.previous is not None:
        steps.append((pack.price, _REDUCED_DAYS))
    for amount, age_days in steps:
        yield {
            "id": uuid7(),
            "variant": variant,
            "amount_minor": amount.minor,
            "valid_from": now - timedelta(days=age_days),
            "set_by": _SET_BY,
        }


def _reviews(product: ProductSource, key: UUID, now: datetime) -> Iterator[Row]:
    for review in sample_reviews(product):
        said_at = now - timedelta(days=review.age_days, minutes=7 * review.age_days % 1440)
        yield {
            "id": uuid7(),
            "product": key,
            "customer_id": review.customer,
            "author": review.author,
            "rating": review.rating,
            "title": review.title,
            "body": review.body,
            "state": ReviewState.PUBLISHED,
            "moderated_by": _SET_BY,
            "moderated_at": said_at,
            "created_at": said_at,
        }


def _announce(products: Sequence[ProductSource], ids: dict[str, UUID]) -> None:
    if not products:
        return
    refresh_cards(list(ids.values()))
    for product in products:
        Outbox.add(
            ProductChanged(
                product_id=ids[product.slug],
                slug=product.slug,
                name=product.name,
                state=ProductState.PUBLISHED,
                version=1,
                skus=tuple(sku(product, pack) for pack in product.packs),
            )
        )
