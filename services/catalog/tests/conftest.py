import asyncio
import time
from decimal import Decimal

import pytest

from prost.money import Money
from prost_catalog.domain import ProductState
from prost_catalog.models import Category, Producer, Style, Variant
from prost_catalog.use_cases.products import create_product, move_product


@pytest.fixture
def beer():
    """Give the facts of a beer, without a name."""
    return {
        "category": "bier",
        "producer": "augustinus",
        "style": "helles",
        "country": "DE",
        "region": "Bayern",
        "alcohol_by_volume": Decimal("5.2"),
        "minimum_age": 16,
        "vat_rate": Decimal("19.00"),
    }


@pytest.fixture
def bottle():
    """Give the facts of a returnable bottle, without a number and a price."""
    return {
        "name_de": "0,5 l Flasche",
        "name_en": "0.5 l bottle",
        "volume_ml": 500,
        "pack_size": 1,
        "vessel": "bottle",
        "deposit_kind": "reusable",
        "deposit_minor": 8,
        "available": True,
    }


@pytest.fixture
def shelves(database):
    """Give the shop its categories, producers and styles."""
    for position, (slug, name_de, name_en) in enumerate(
        [("bier", "Bier", "Beer"), ("saft", "Saft", "Juice"), ("spirituosen", "Spirituosen", "Spirits")]
    ):
        Category.create(slug=slug, name_de=name_de, name_en=name_en, position=position)
    for slug, name in [("augustinus", "Augustinus Bräu"), ("obsthof", "Obsthof am See")]:
        Producer.create(slug=slug, name=name, country="DE")
    for slug, name_de, name_en in [
        ("helles", "Helles", "Lager"),
        ("weissbier", "Weißbier", "Wheat beer"),
        ("koelsch", "Kölsch", "Kölsch"),
        ("direktsaft", "Direktsaft", "Not-from-concentrate juice"),
        ("gin", "Gin", "Gin"),
    ]:
        Style.create(slug=slug, name_de=name_de, name_en=name_en)


@pytest.fixture
def make_product(shelves, beer, bottle):
    """Return a function that publishes a product with one variant and gives its id."""

    def make(name, *, price="1.29", state=ProductState.PUBLISHED, variant=None, **facts):
        sku = "SKU-" + "".join(
            character for character in name.upper() if character.isascii() and character.isalnum()
        )
        only = {"sku": sku, "price": Money.parse(price), **bottle, **(variant or {})}
        product_id = create_product({**beer, "name": name, **facts}, [only], "test")
        if state is not ProductState.DRAFT:
            move_product(product_id, None, state)
        return product_id

    return make


@pytest.fixture
def variant_of():
    """Return a function that gives the id of a product's first variant."""

    def find(product_id):
        return Variant.get(Variant.product == product_id).id

    return find


@pytest.fixture
async def client(client):
    """Give a client of the running application, once the index is there."""
    await eventually(lambda: client.get("/categories"), lambda answer: answer.status_code == 200)
    return client


async def eventually(ask, holds):
    """Ask until what is asked for holds, for at most ten seconds, and return the answer."""
    deadline = time.monotonic() + 10
    while True:
        answer = await ask()
        if holds(answer):
            return answer
        assert time.monotonic() < deadline, answer
        await asyncio.sleep(0.05)
