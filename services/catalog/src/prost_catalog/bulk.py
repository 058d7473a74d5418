"""Fills a database with any number of made-up products, for measuring: `python -m prost_catalog.bulk`."""

from __future__ import annotations

import argparse
import io
import random
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate, repeat
from itertools import product as combinations
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import orjson
import psycopg2
from psycopg2.extras import execute_values

from prost.db import uuid7
from prost.money import Money
from prost_catalog import domain
from prost_catalog.settings import Settings
from prost_catalog.use_cases.cards import CHANNEL, LOCK_FEED
from prost_catalog.use_cases.projection import project

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class.

CHUNK: Final = 10_000

# Slug, German and English name, share, strengths in tenths of a percent, styles.
_SHELVES: Final = (
    ("bier", "Bier", "Beer", 30, (45, 75), "Pils Helles Weißbier Dunkel Kölsch Altbier Bockbier Kellerbier"),
    ("wein", "Wein", "Wine", 20, (105, 145), "Riesling Silvaner Spätburgunder Merlot"),
    ("schaumwein", "Schaumwein", "Sparkling wine", 5, (105, 125), "Brut Rosé Winzersekt Crémant"),
    ("spirituosen", "Spirituosen", "Spirits", 10, (375, 470), "Gin Rum Whisky Obstbrand Wodka Likör"),
    ("alkoholfreies-bier", "Alkoholfreies Bier", "Alcohol-free beer", 5, (0, 5), "Radler Pils"),
    ("saefte", "Säfte", "Juices", 10, None, "Apfelsaft Orangensaft Traubensaft Johannisbeernektar"),
    ("limonaden", "Limonaden", "Soft drinks", 10, None, "Cola Zitronenlimonade Tonic Brause"),
    ("wasser", "Wasser", "Water", 5, None, "Mineralwasser Heilwasser Tafelwasser"),
    ("tee-kaffee", "Tee & Kaffee", "Tea & coffee", 3, None, "Eistee Mate Kräutertee"),
    ("milch-pflanzendrinks", "Milch & Pflanzendrinks", "Milk", 2, None, "Haferdrink Mandeldrink Kakao"),
)
_REDUCED_RATE: Final = "milch-pflanzendrinks"
_SHARES: Final = tuple(accumulate(shelf[3] for shelf in _SHELVES))
_PLACES: Final = "Berg Tal Wald See Stein Fels Hof Burg Au Quell Linden Eichen Adler Löwen Kloster Sonnen"
_ENDINGS: Final = "berg tal wald see stein fels hof burg au quell markt brunnen"
_HOUSES: Final = "Brauerei Kelterei Weingut Brennerei Manufaktur Quelle Hofgut Kellerei Mosterei Molkerei"
_TITLES: Final = "Alte Goldene Feine Klassische Frische Herbe Milde Urige Reine Edle Kühle Wilde Stille Rote"
_ORIGINS: Final = "DE DE DE DE DE DE DE DE DE DE DE DE AT AT BE CZ CH ES FR FR GB IE IT IT NL US"

# German and English name, millilitres, containers, vessel, deposit per container.
_PACKS: Final = (
    ("0,33 l Flasche", "0.33 l bottle", 330, 1, "bottle", "reusable", 1000),
    ("0,5 l Flasche", "0.5 l bottle", 500, 1, "bottle", "reusable", 1350),
    ("0,5 l Dose", "0.5 l can", 500, 1, "can", "one_way", 1300),
    ("0,75 l Flasche", "0.75 l bottle", 750, 1, "bottle", "none", 2400),
    ("Kasten 20 of 0,5 l", "Crate of 20 of 0.5 l", 500, 20, "crate", "reusable", 24000),
    ("1 l Karton", "1 l carton", 1000, 1, "carton", "none", 2000),
)


@dataclass(frozen=True)
class Shelf:
    """A category with its styles, as rows of the database."""

    category: dict[str, Any]
    styles: list[dict[str, Any]]
    strengths: tuple[int, int] | None


@dataclass(frozen=True)
class Plan:
    """What every worker needs to know to make its part."""

    url: str
    shelves: list[Shelf]
    producers: list[dict[str, Any]]
    first_number: int


class Copy:
    """Rows of one table on their way through COPY."""

    def __init__(self, table: str, columns: str) -> None:
        """Collect rows of these columns."""
        names = columns.split()
        self._values = itemgetter(*names)
        self._head = f"COPY {table} ({', '.join(names)}) FROM STDIN"
        self._lines: list[str] = []

    def add(self, row: Mapping[str, Any]) -> None:
        """Add what the columns need of a row; None is NULL and bytes are bytea, which are UTF-8 here."""
        self._lines.append("\t".join(map(_field, self._values(row))))

    def send(self, cursor: Cursor) -> None:
        """Send what was collected."""
        cursor.copy_expert(self._head, io.StringIO("\n".join(self._lines)))


def fill(url: str, count: int, workers: int = 2) -> None:
    """Add `count` products with variants, prices and cards to a migrated database."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        shelves, producers = _make_shelves(cursor), _make_producers(cursor)
        cursor.execute("SELECT count(*) FROM products")
        plan = Plan(url, shelves, producers, _scalar(cursor))
    starts = range(0, count, CHUNK)
    with ProcessPoolExecutor(workers) as pool:
        for done in pool.map(_fill_chunk, repeat(plan), starts, repeat(count)):
            print(f"\r{done:>10,} products", end="", flush=True)  # noqa: T201 - progress of a command.
    print()  # noqa: T201 - progress of a command.
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute("ANALYZE")


def _fill_chunk(plan: Plan, start: int, count: int) -> int:
    end = min(start + CHUNK, count)
    products = Copy(
        "products",
        "id slug name state category_id producer_id style_id country region alcohol_by_volume minimum_age"
        " vat_rate featured description_de description_en allergens rating_sum rating_count"
        " created_at updated_at",
    )
    variants = Copy(
        "variants",
        "id product_id sku name_de name_en volume_ml pack_size vessel deposit_kind deposit_minor"
        " available position",
    )
    prices = Copy("prices", "id variant_id amount_minor valid_from set_by")
    cards: list[dict[str, Any]] = []
    chance = random.Random(plan.first_number + start)  # noqa: S311 - nothing secret is drawn.
    for number in range(plan.first_number + start, plan.first_number + end):
        product = _product(plan, chance, number)
        packs = [
            _variant(product, chance, f"BULK-{number}-{position}", position)
            for position in range(chance.choice((1, 1, 2, 3)))
        ]
        products.add({**product, "allergens": "{gluten_barley}" if product["allergens"] else "{}"})
        for pack in packs:
            variants.add(pack)
            for amount, since in zip(pack["amounts"], pack["instants"], strict=True):
                price = {"variant_id": pack["id"], "amount_minor": amount, "valid_from": since}
                prices.add({"id": uuid7(), "set_by": "bulk", **price})
        shown = project(product, packs, [])
        document = orjson.dumps(shown.document).decode()
        cards.append(
            {"product_id": product["id"], "card": shown.card, "details": shown.details, "document": document}
        )
    with closing(psycopg2.connect(plan.url)) as connection, connection, connection.cursor() as cursor:
        for table in (products, variants, prices):
            table.send(cursor)
        _send_cards(cursor, cards)
    return end


def _send_cards(cursor: Cursor, cards: list[dict[str, Any]]) -> None:
    """Put cards at the end of the feed, as every writer of cards does: alone until the commit."""
    cursor.execute(LOCK_FEED)
    cursor.execute("SELECT nextval('product_cards_seq')")
    first = _scalar(cursor)
    cursor.execute("SELECT setval('product_cards_seq', %s)", (first + len(cards),))
    table = Copy("product_cards", "product_id seq card details document")
    for seq, card in enumerate(cards, first):
        table.add({"seq": seq, **card})
    table.send(cursor)
    cursor.execute("SELECT pg_notify(%s, '')", (CHANNEL,))


def _product(plan: Plan, chance: random.Random, number: int) -> dict[str, Any]:
    shelf = chance.choices(plan.shelves, cum_weights=_SHARES)[0]
    style = chance.choice(shelf.styles)
    producer = plan.producers[int(len(plan.producers) * chance.random() * chance.random())]
    strength = Decimal(chance.randint(*shelf.strengths)) / 10 if shelf.strengths else None
    name = f"{producer['name'].split()[-1]} {chance.choice(_TITLES.split())} {style['name_de']} {number}"
    ratings = int(chance.expovariate(0.1))
    created_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number % 400_000)
    return {
        "id": str(uuid7()),
        "slug": domain.slugify(name),
        "name": name,
        "state": "PUBLISHED",
        "category_id": shelf.category["id"],
        "category_slug": shelf.category["slug"],
        "category_name_de": shelf.category["name_de"],
        "category_name_en": shelf.category["name_en"],
        "category_parent_slug": None,
        "producer_id": producer["id"],
        "producer_slug": producer["slug"],
        "producer_name": producer["name"],
        "style_id": style["id"],
        "style_slug": style["slug"],
        "style_name_de": style["name_de"],
        "style_name_en": style["name_en"],
        "country": producer["country"],
        "region": None,
        "alcohol_by_volume": strength,
        "minimum_age": domain.lowest_age(strength),
        "vat_rate": Decimal("7.00") if shelf.category["slug"] == _REDUCED_RATE else Decimal("19.00"),
        "featured": chance.random() < 0.001,  # noqa: PLR2004 - one in a thousand.
        "description_de": f"{name}: ein Getränk aus dem Hause {producer['name']}.",
        "description_en": f"{name}: a drink by {producer['name']}.",
        "tasting_de": "",
        "tasting_en": "",
        "ingredients_de": None,
        "ingredients_en": None,
        "allergens": ["gluten_barley"] if "bier" in shelf.category["slug"] else [],
        "serving": None,
        "rating_sum": sum(chance.choices((2, 3, 4, 5), weights=(1, 2, 5, 6), k=ratings)),
        "rating_count": ratings,
        "created_at": created_at,
        "updated_at": created_at,
    }


def _variant(product: dict[str, Any], chance: random.Random, sku: str, position: int) -> dict[str, Any]:
    name_de, name_en, volume_ml, pack_size, vessel, kind, factor = _PACKS[
        (chance.randrange(len(_PACKS)) + position) % len(_PACKS)
    ]
    deposit = domain.deposit_for(domain.DepositKind(kind), domain.Vessel(vessel), pack_size, Money(8))
    amount = max(49, int(chance.lognormvariate(4.9, 0.5)) * factor // 1000)
    amounts = [amount + 50, amount] if chance.random() < 0.1 else [amount]  # noqa: PLR2004 - one in ten is reduced.
    return {
        "id": str(uuid7()),
        "product_id": product["id"],
        "sku": sku,
        "name_de": name_de,
        "name_en": name_en,
        "volume_ml": volume_ml,
        "pack_size": pack_size,
        "vessel": vessel,
        "deposit_kind": kind,
        "deposit_minor": deposit.minor,
        "available": chance.random() < 0.95,  # noqa: PLR2004 - one in twenty is sold out.
        "position": position,
        "amounts": amounts,
        "instants": [product["created_at"] + timedelta(days=day) for day in range(len(amounts))],
    }


def _make_shelves(cursor: Cursor) -> list[Shelf]:
    categories = _ensure(
        cursor,
        "categories",
        [
            {"slug": slug, "name_de": name_de, "name_en": name_en, "position": position}
            for position, (slug, name_de, name_en, *_) in enumerate(_SHELVES)
        ],
    )
    named = {domain.slugify(style): style for *_, styles in _SHELVES for style in styles.split()}
    rows = [{"slug": slug, "name_de": style, "name_en": style} for slug, style in named.items()]
    styles = {style["slug"]: style for style in _ensure(cursor, "styles", rows)}
    return [
        Shelf(category, [styles[domain.slugify(style)] for style in names.split()], strengths)
        for category, (*_, strengths, names) in zip(categories, _SHELVES, strict=True)
    ]


def _make_producers(cursor: Cursor) -> list[dict[str, Any]]:
    chance = random.Random(1)  # noqa: S311 - nothing secret is drawn.
    parts = combinations(_HOUSES.split(), _PLACES.split(), _ENDINGS.split())
    names = [f"{house} {place}{ending}" for house, place, ending in parts]
    return _ensure(
        cursor,
        "producers",
        [
            {"slug": domain.slugify(name), "name": name, "country": chance.choice(_ORIGINS.split())}
            for name in names
        ],
    )


def _ensure(cursor: Cursor, table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Insert rows unless their slugs are there, and return what the database has, in the same order."""
    names = ", ".join(("id", *rows[0]))
    insert = f"INSERT INTO {table} ({names}) VALUES %s ON CONFLICT (slug) DO NOTHING"  # noqa: S608
    execute_values(cursor, insert, [(str(uuid7()), *row.values()) for row in rows])
    slugs = [row["slug"] for row in rows]
    cursor.execute(f"SELECT {names} FROM {table} WHERE slug = ANY(%s)", (slugs,))  # noqa: S608
    found = {row[1]: dict(zip(("id", *rows[0]), row, strict=True)) for row in cursor.fetchall()}
    return [found[slug] for slug in slugs]


def _scalar(cursor: Cursor) -> int:
    ((value,),) = cursor.fetchall()
    return int(value)


def _field(value: object) -> str:
    if value is None:
        return r"\N"
    # A backslash is escaped once for bytea and once more, like everything else, for COPY.
    text = value.decode().replace("\\", "\\\\") if type(value) is bytes else str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def main(arguments: Iterable[str] | None = None) -> None:
    """Fill the database that PROST_DATABASE_URL names."""
    parser = argparse.ArgumentParser(prog="python -m prost_catalog.bulk", description=__doc__)
    parser.add_argument("--products", type=int, required=True, help="how many to add")
    parser.add_argument("--workers", type=int, default=2, help="processes that make them")
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    settings = Settings()
    if settings.database_url is None:
        parser.error("PROST_DATABASE_URL is not set")
    began = time.perf_counter()
    fill(settings.database_url.get_secret_value(), chosen.products, chosen.workers)
    print(f"{chosen.products:,} products in {time.perf_counter() - began:.1f} s")  # noqa: T201


if __name__ == "__main__":
    main()
