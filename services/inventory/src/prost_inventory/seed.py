"""The first data: a place on the shelf for all that the catalogue sells and, in development, goods on it."""

import asyncio
import sys
import time
import zlib
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from prost.client import CallFailed, ServiceClient
from prost.db import configure, in_db
from prost.errors import DeadlineExceeded
from prost_inventory.domain import MAIN_LOCATION
from prost_inventory.models import Movement
from prost_inventory.schemas import CataloguePage
from prost_inventory.settings import Settings
from prost_inventory.use_cases.goods import adjust_stock, learn_skus

PATIENCE: Final = 120.0
"""Seconds for the catalogue to come up; it builds its index first."""

_PAUSE: Final = 0.5
_SCARCE, _GONE = 23, 71


async def seed(settings: Settings | None = None) -> None:
    """Learn every SKU of the catalogue; in development, fill the shelves on which nothing ever lay.

    Raises:
        CallFailed, DeadlineExceeded: the catalogue does not come up.
    """
    settings = settings or Settings()
    configure(settings)
    catalogue = ServiceClient(settings, "catalog")
    await catalogue.start()
    learnt = filled = 0
    try:
        async for skus in _pages(catalogue):
            learnt += await in_db(learn_skus, skus)
            if settings.env == "dev":
                filled += await in_db(fill_shelves, skus)
    finally:
        await catalogue.stop()
    sys.stdout.write(f"{learnt} items are new, {filled} shelves were filled\n")


def fill_shelves(skus: Sequence[str]) -> int:
    """Put goods where nothing ever lay, as many of an item in every stack; return how many shelves."""
    moved = Movement.select(Movement.sku).where(Movement.sku.in_(skus))
    rows: Any = moved.distinct().tuples()
    known = {sku for (sku,) in rows}
    fresh = [sku for sku in skus if sku not in known and first_delivery(sku)]
    for sku in fresh:
        adjust_stock(sku, first_delivery(sku), None, "seed", "first delivery", MAIN_LOCATION)
    return len(fresh)


def first_delivery(sku: str) -> int:
    """Return how many of an item there are at first: plenty of most, few of some, none of very few."""
    chance = zlib.crc32(sku.encode())
    if chance % _GONE == 0:
        return 0
    return 1 + chance % 8 if chance % _SCARCE == 0 else 400 + chance % 1200


async def _pages(catalogue: ServiceClient) -> AsyncIterator[list[str]]:
    """Give the SKUs of the catalogue, page by page."""
    token: str | None = None
    latest = time.monotonic() + PATIENCE
    while True:
        query = {"page_size": "100", "sort": "name"} | ({"page_token": token} if token else {})
        try:
            page = (await catalogue.get("/products", query=query, deadline=10.0)).read(CataloguePage)
        except (CallFailed, DeadlineExceeded):
            if time.monotonic() > latest:
                raise
            await asyncio.sleep(_PAUSE)
            continue
        yield [variant.sku for product in page.items for variant in product.variants]
        token = page.next_page_token
        if token is None:
            return
