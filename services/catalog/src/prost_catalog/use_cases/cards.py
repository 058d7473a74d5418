"""Keeps the cards in step with the products, in the transaction that changes them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import orjson
from peewee import chunked
from psycopg2.extras import execute_values

from prost.db import database
from prost_catalog.domain import ProductState
from prost_catalog.models import Product
from prost_catalog.use_cases.projection import project

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

CHANNEL = "catalog_cards"
"""PostgreSQL channel that is notified when cards changed."""

# One writer of cards at a time, until its commit: `seq` grows in commit order, so a follower that has read
# up to a number misses nothing below it.
LOCK_FEED = "SELECT pg_advisory_xact_lock(hashtext('product_cards'))"
"""Takes the end of the feed until the transaction ends."""

PRODUCTS = """
SELECT products.*,
       categories.slug AS category_slug, categories.name_de AS category_name_de,
       categories.name_en AS category_name_en, parents.slug AS category_parent_slug,
       producers.slug AS producer_slug, producers.name AS producer_name,
       styles.slug AS style_slug, styles.name_de AS style_name_de, styles.name_en AS style_name_en
FROM products
JOIN categories ON categories.id = products.category_id
LEFT JOIN categories AS parents ON parents.id = categories.parent_id
JOIN producers ON producers.id = products.producer_id
LEFT JOIN styles ON styles.id = products.style_id
WHERE products.id = ANY(%s::uuid[])
"""

VARIANTS = """
SELECT variants.*,
       array_agg(prices.amount_minor ORDER BY prices.valid_from) AS amounts,
       array_agg(prices.valid_from ORDER BY prices.valid_from) AS instants
FROM variants JOIN prices ON prices.variant_id = variants.id
WHERE variants.product_id = ANY(%s::uuid[]) AND NOT variants.archived
GROUP BY variants.id
ORDER BY variants.position, variants.id
"""

IMAGES = """
SELECT product_images.product_id, product_images.alt_de, product_images.alt_en,
       media.content_hash, media.color, media.widths, media.formats
FROM product_images JOIN media ON media.id = product_images.media_id
WHERE product_images.product_id = ANY(%s::uuid[])
ORDER BY product_images.position, product_images.id
"""

UPSERT = """
INSERT INTO product_cards (product_id, seq, card, details, document) VALUES %s
ON CONFLICT (product_id) DO UPDATE SET
    seq = excluded.seq, card = excluded.card, details = excluded.details, document = excluded.document
"""


def refresh_cards(product_ids: Sequence[UUID]) -> None:
    """Project products anew and put them at the end of the feed; unpublished ones are withdrawn."""
    with database.atomic():
        # What is projected is read under the lock, so the last card is made of the last state.
        database.execute_sql(LOCK_FEED)
        connection: Any = database.connection()  # type: ignore[no-untyped-call] # peewee has no types.
        execute_values(
            connection.cursor(),
            UPSERT,
            list(_card_rows([str(product_id) for product_id in product_ids])),
            template="(%s, nextval('product_cards_seq'), %s, %s, %s)",
        )
        database.execute_sql("SELECT pg_notify(%s, '')", (CHANNEL,))


def refresh_all_cards(batch: int = 1000) -> int:
    """Project every product anew, `batch` of them per transaction, and return how many there were."""
    products: Any = Product.select(Product.id).order_by(Product.id).tuples()
    ids = [product_id for (product_id,) in products]
    for some in chunked(ids, batch):
        refresh_cards(some)
    return len(ids)


def _card_rows(product_ids: list[str]) -> Iterable[tuple[object, ...]]:
    variants, images = _by_product(VARIANTS, product_ids), _by_product(IMAGES, product_ids)
    for product in _rows(PRODUCTS, product_ids):
        key = product["id"]
        if product["state"] != ProductState.PUBLISHED or not variants[key]:
            yield key, None, None, None
            continue
        shown = project(product, variants[key], images[key])
        yield key, shown.card, shown.details, orjson.dumps(shown.document).decode()


def _by_product(query: str, product_ids: list[str]) -> defaultdict[object, list[dict[str, Any]]]:
    found: defaultdict[object, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(query, product_ids):
        found[row["product_id"]].append(row)
    return found


def _rows(query: str, product_ids: list[str]) -> list[dict[str, Any]]:
    cursor = database.execute_sql(query, (product_ids,))
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
