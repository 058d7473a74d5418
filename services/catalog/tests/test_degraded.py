"""What still comes when a server is away."""

from contextlib import closing

import psycopg2
import pytest
from falcon.testing import ASGIConductor

from prost_catalog.search.feed import Feed

NOBODY = "127.0.0.1:1"
SAID = {"rating": 4, "title": "Good"}

pytestmark = pytest.mark.usefixtures("environment")


@pytest.fixture
def indexed(make_product, postgres_url, tmp_path):
    """Give the id of a product that the index has."""
    product_id = make_product("Helles")
    with closing(psycopg2.connect(postgres_url)) as connection:
        connection.autocommit = True
        Feed(tmp_path / "search", connection.cursor()).catch_up()
    return product_id


async def test_without_redis_everything_is_still_right(indexed, app_factory, monkeypatch):
    monkeypatch.setenv("PROST_REDIS_URL", f"redis://{NOBODY}/0")

    async with ASGIConductor(app_factory()) as client:
        listed = await client.get("/products")
        again = await client.get("/products", headers={"If-None-Match": listed.headers["etag"]})
        page = await client.get("/products/helles")
        reviews = await client.get(f"/products/{indexed}/reviews")
        ready = await client.get("/health/ready")

    assert listed.json["total"] == 1
    assert again.status_code == 304
    assert page.json["slug"] == "helles"
    assert reviews.json["total"] == 0
    assert ready.status_code == 200


async def test_without_the_database_the_shop_can_still_be_browsed(indexed, app_factory, monkeypatch, token):
    monkeypatch.setenv("PROST_DATABASE_URL", f"postgresql://nobody@{NOBODY}/nothing")
    customer = {"Authorization": f"Bearer {token('customer')}"}

    async with ASGIConductor(app_factory()) as client:
        listed = await client.get("/products?q=hel&sort=price")
        page = await client.get("/products/helles")
        categories = await client.get("/categories")
        suggestions = await client.get("/products/suggestions?q=hel")
        reviews = await client.get(f"/products/{indexed}/reviews")
        review = await client.post(f"/products/{indexed}/reviews", json=SAID, headers=customer)
        ready = await client.get("/health/ready")

    assert listed.json["total"] == 1
    assert [page.status_code, categories.status_code, suggestions.status_code] == [200, 200, 200]
    assert [reviews.status_code, review.status_code] == [503, 503]
    assert ready.status_code == 200


async def test_before_the_first_index_the_service_is_not_ready(app_factory, monkeypatch):
    monkeypatch.setenv("PROST_DATABASE_URL", f"postgresql://nobody@{NOBODY}/nothing")

    async with ASGIConductor(app_factory()) as client:
        listed = await client.get("/products")
        ready = await client.get("/health/ready")
        live = await client.get("/health/live")

    assert (listed.status_code, listed.headers["retry-after"]) == (503, "2")
    assert (ready.status_code, live.status_code) == (503, 200)
