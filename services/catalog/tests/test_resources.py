"""The catalogue over HTTP, with its database, its cache and its index."""

import asyncio
import io
import time

import pytest
from falcon.testing import ASGIConductor
from PIL import Image

from prost.db import in_db
from prost.money import Money
from prost_catalog.domain import ProductState, ReviewState
from prost_catalog.models import Review
from prost_catalog.use_cases.products import change_product, move_product
from prost_catalog.use_cases.reviews import forget_customer, moderate_review, submit_review
from prost_catalog.use_cases.variants import set_price

NOWHERE = "00000000-0000-7000-8000-000000000000"


async def until(client, path, holds):
    """Read a path until its JSON holds, for at most ten seconds, and return the answer."""
    deadline = time.monotonic() + 10
    while True:
        answer = await client.get(path)
        if holds(answer):
            return answer
        assert time.monotonic() < deadline, answer.text
        await asyncio.sleep(0.05)


async def listed(client, count):
    return await until(client, "/products", lambda answer: answer.json.get("total") == count)


async def test_an_empty_shop_answers_with_an_empty_list(client):
    answer = await client.get("/products")

    assert answer.status_code == 200
    assert (answer.json["items"], answer.json["total"], answer.json["next_page_token"]) == ([], 0, None)


async def test_a_list_carries_what_a_card_needs(client, make_product):
    make_product("Augustinus Helles", price="1.29")

    (card,) = (await listed(client, 1)).json["items"]

    assert card["name"] == "Augustinus Helles"
    assert card["category"] == {"slug": "bier", "name": {"de": "Bier", "en": "Beer"}}
    assert card["variants"][0]["deposit"] == {
        "kind": "reusable",
        "amount": {"amount": "0.08", "currency": "EUR"},
    }
    assert card["minimum_age"] == 16


async def test_pages_follow_each_other_without_gap_or_overlap(client, make_product):
    for name in ("Eins", "Zwei", "Drei"):
        make_product(name)
    await listed(client, 3)

    first = await client.get("/products?sort=name&page_size=2")
    second = await client.get(f"/products?sort=name&page_size=2&page_token={first.json['next_page_token']}")

    assert [item["name"] for item in first.json["items"]] == ["Drei", "Eins"]
    assert [item["name"] for item in second.json["items"]] == ["Zwei"]
    assert second.json["next_page_token"] is None
    assert first.json["total"] == second.json["total"] == 3


async def test_a_page_token_belongs_to_its_query(client, make_product):
    for name in ("Eins", "Zwei"):
        make_product(name)
    await listed(client, 2)
    first = await client.get("/products?sort=name&page_size=1")

    refused = await client.get(f"/products?sort=price&page_token={first.json['next_page_token']}")

    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json["errors"]] == ["query.page_token"]


async def test_a_product_is_read_by_id_and_by_slug(client, make_product):
    product_id = make_product("Augustinus Helles", description_en="Pale and mild.")
    await listed(client, 1)

    by_id = await client.get(f"/products/{product_id}")
    by_slug = await client.get("/products/augustinus-helles")

    assert by_id.json == by_slug.json
    assert by_id.json["description"]["en"] == "Pale and mild."
    assert by_id.json["allergens"] == []


@pytest.mark.parametrize("address", [NOWHERE, "no-such-slug", "%00", "..%2f..%2fetc", "x" * 3000])
async def test_an_unknown_product_is_not_found(client, address):
    missing = await client.get(f"/products/{address}")

    assert missing.status_code in {404, 414}
    assert missing.headers["content-type"] == "application/problem+json"


async def test_categories_count_their_products(client, make_product):
    make_product("Helles")
    await listed(client, 1)

    categories = (await client.get("/categories")).json["items"]

    assert [(category["slug"], category["count"]) for category in categories] == [
        ("bier", 1),
        ("saft", 0),
        ("spirituosen", 0),
    ]


async def test_suggestions_complete_what_is_typed(client, make_product):
    make_product("Augustinus Helles")
    await listed(client, 1)

    found = (await client.get("/products/suggestions?q=aug")).json["items"]

    assert [(item["kind"], item["slug"]) for item in found] == [
        ("producer", "augustinus"),
        ("product", "augustinus-helles"),
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page_size=0", "query.page_size"),
        ("page_size=101", "query.page_size"),
        ("page_size=1_0", "query.page_size"),
        ("page_size=%2010", "query.page_size"),
        ("page_size=99999999999999999999", "query.page_size"),
        ("page_token=xyz", "query.page_token"),
        ("page_token=AYhEqjV7InEiOiI4NTc1YjVjYzBmM2ZiMTJhIiwicCI6MX0", "query.page_token"),
        ("sort=colour", "query.sort"),
        ("colour=red", "query.colour"),
        ("category=Not%20A%20Slug", "query.category.0"),
        ("category=", "query.category.0"),
        ("deposit=maybe", "query.deposit.0"),
        ("origin=de", "query.origin.0"),
        ("min_price=-1", "query.min_price"),
        ("min_price=1.999", "query.min_price"),
        ("min_price=1e5", "query.min_price"),
        ("max_price=99999999999", "query.max_price"),
        ("alcohol_free=yes", "query.alcohol_free"),
        ("q=" + "x" * 201, "query.q"),
        ("q=a&q=b", "query.q"),
        ("q=%00", "query.q"),
    ],
)
async def test_a_bad_query_names_its_field(client, query, field):
    refused = await client.get("/products", query_string=query)

    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json["errors"]] == [field]


@pytest.mark.parametrize(
    "query", ["q=%ff", "q=%ed%a0%80", "q='%20OR%201=1--", "q=%F0%9F%8D%BA", "q=(((*:%22", "&&&="]
)
async def test_a_hostile_query_is_never_an_error_of_the_service(client, query):
    answer = await client.get("/products", query_string=query)

    assert answer.status_code in {200, 400, 422}


async def test_an_answer_is_validated_by_its_tag(client, make_product):
    make_product("Helles")
    first = await listed(client, 1)

    again = await client.get("/products", headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert again.text == ""
    assert first.headers["cache-control"] == "public, max-age=5, stale-while-revalidate=60"


async def test_a_change_is_seen_in_list_and_page_soon_after_its_commit(client, make_product):
    product_id = make_product("Helles")
    before = await listed(client, 1)

    await in_db(change_product, product_id, None, {"name": "Helles neu"})
    after = await until(client, "/products", lambda answer: answer.json["items"][0]["name"] == "Helles neu")
    page = await client.get("/products/helles")

    assert after.headers["etag"] != before.headers["etag"]
    assert page.json["name"] == "Helles neu"


async def test_an_archived_product_is_gone_everywhere(client, make_product):
    product_id = make_product("Helles")
    await listed(client, 1)

    await in_db(move_product, product_id, None, ProductState.ARCHIVED)
    await listed(client, 0)

    assert (await client.get("/products/helles")).status_code == 404
    assert (await client.get(f"/products/{product_id}/reviews")).status_code == 404


async def test_a_reduced_price_moves_the_product_in_the_order_of_prices(client, make_product, variant_of):
    make_product("Billig", price="0.99")
    dear = make_product("Teuer", price="9.99")
    await listed(client, 2)

    await in_db(set_price, variant_of(dear), None, Money(50), "test")
    answer = await until(
        client, "/products?sort=price", lambda answer: answer.json["items"][0]["name"] == "Teuer"
    )

    assert answer.json["facets"]["price"]["min"] == {"amount": "0.50", "currency": "EUR"}


async def test_reviews_are_written_once_moderated_and_then_shown(client, make_product, token):
    product_id = make_product("Helles")
    await listed(client, 1)
    customer = {"Authorization": f"Bearer {token('customer', subject='c-1')}"}
    staff = {"Authorization": f"Bearer {token('catalog-manager')}"}
    said = {"rating": 4, "title": "Good", "body": "Drinkable.", "author": "Resi"}

    written = await client.post(f"/products/{product_id}/reviews", json=said, headers=customer)
    twice = await client.post(f"/products/{product_id}/reviews", json=said, headers=customer)
    waiting = await client.get("/staff/reviews", headers=staff)
    hidden = await client.get(f"/products/{product_id}/reviews")
    decided = await client.put(
        f"/reviews/{written.json['id']}/moderation", json={"state": "PUBLISHED"}, headers=staff
    )
    shown = await until(client, f"/products/{product_id}/reviews", lambda answer: answer.json["total"] == 1)
    by_slug = await client.get("/products/helles/reviews")

    assert (written.status_code, written.json["state"]) == (201, "PENDING")
    assert (twice.status_code, twice.json["code"]) == (409, "already-reviewed")
    assert [review["customer_id"] for review in waiting.json["items"]] == ["c-1"]
    assert hidden.json["items"] == []
    assert decided.json["state"] == "PUBLISHED"
    assert shown.json["items"][0]["author"] == "Resi"
    assert by_slug.json == shown.json
    assert "customer_id" not in shown.json["items"][0]
    assert shown.json["summary"] == {
        "average": "4.0",
        "count": 1,
        "histogram": {"1": 0, "2": 0, "3": 0, "4": 1, "5": 0},
    }


async def test_a_product_is_reviewed_by_its_slug_too(client, make_product, token):
    make_product("Helles")
    customer = {"Authorization": f"Bearer {token('customer', subject='c-1')}"}

    written = await client.post(
        "/products/helles/reviews", json={"rating": 4, "title": "Good"}, headers=customer
    )
    nowhere = await client.post(
        "/products/dunkles/reviews", json={"rating": 4, "title": "Good"}, headers=customer
    )

    assert written.status_code == 201
    assert (nowhere.status_code, nowhere.json["code"]) == (404, "product-not-found")


async def test_a_review_needs_a_verified_address(client, make_product, token):
    make_product("Helles")
    unverified = {"Authorization": f"Bearer {token('customer', email_verified=False)}"}

    refused = await client.post(
        "/products/helles/reviews", json={"rating": 4, "title": "Good"}, headers=unverified
    )

    assert (refused.status_code, refused.json["code"]) == (403, "email-not-verified")
    assert Review.select().count() == 0


async def test_the_name_of_a_customer_who_left_is_shown_no_more(client, make_product, token):
    product_id = make_product("Helles")
    await listed(client, 1)
    review = await in_db(submit_review, product_id, "c-1", {"rating": 5, "title": "Good", "author": "Ada"})
    await in_db(moderate_review, review.id, ReviewState.PUBLISHED, "mo")
    address = f"/products/{product_id}/reviews"
    await until(client, address, lambda answer: [item["author"] for item in answer.json["items"]] == ["Ada"])
    staff = {"Authorization": f"Bearer {token('catalog-manager')}"}

    await in_db(forget_customer, "c-1")

    shown = await until(client, address, lambda answer: answer.json["items"][0]["author"] is None)
    read = await client.get("/staff/reviews?state=PUBLISHED", headers=staff)
    assert shown.json["summary"]["average"] == "5.0"
    assert read.json["items"][0]["customer_id"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/products"),
        ("PATCH", f"/products/{NOWHERE}"),
        ("DELETE", f"/products/{NOWHERE}"),
        ("PUT", f"/products/{NOWHERE}/state"),
        ("POST", f"/products/{NOWHERE}/variants"),
        ("PATCH", f"/variants/{NOWHERE}"),
        ("DELETE", f"/variants/{NOWHERE}"),
        ("GET", f"/variants/{NOWHERE}/prices"),
        ("POST", f"/variants/{NOWHERE}/prices"),
        ("PUT", f"/reviews/{NOWHERE}/moderation"),
        ("POST", f"/products/{NOWHERE}/images"),
        ("DELETE", f"/products/{NOWHERE}/images/{NOWHERE}"),
        ("GET", "/staff/products"),
        ("GET", f"/staff/products/{NOWHERE}"),
        ("GET", "/staff/reviews"),
    ],
)
async def test_the_catalogue_is_kept_by_staff_only(client, token, method, path):
    nobody = await client.simulate_request(method, path)
    customer = await client.simulate_request(
        method, path, headers={"Authorization": f"Bearer {token('customer')}"}
    )

    assert nobody.status_code == 401
    assert customer.status_code == 403


async def test_support_reads_no_drafts_and_writes_nothing(client, token):
    support = {"Authorization": f"Bearer {token('support')}"}

    assert (await client.get("/staff/products", headers=support)).status_code == 403
    assert (await client.post("/products", json=NEW_PRODUCT, headers=support)).status_code == 403


NEW_PRODUCT = {
    "name": "Augustinus Märzen",
    "category": "bier",
    "producer": "augustinus",
    "style": "helles",
    "origin": {"country": "DE", "region": "Bayern"},
    "alcohol_by_volume": "5.8",
    "minimum_age": 16,
    "vat_rate": "19.00",
    "description": {"de": "Malzig.", "en": "Malty."},
    "allergens": ["gluten_barley"],
    "serving": {"temperature_min_c": 6, "temperature_max_c": 8},
    "variants": [
        {
            "sku": "AUG-MAE-050",
            "name": {"de": "0,5 l Flasche", "en": "0.5 l bottle"},
            "volume_ml": 500,
            "vessel": "bottle",
            "deposit": {"kind": "reusable", "amount": {"amount": "0.08", "currency": "EUR"}},
            "price": {"amount": "1.39", "currency": "EUR"},
        }
    ],
}


@pytest.fixture
def manager(token):
    return {"Authorization": f"Bearer {token('catalog-manager')}"}


async def test_staff_makes_publishes_prices_and_archives_a_product(client, shelves, manager):
    made = await client.post("/products", json=NEW_PRODUCT, headers=manager)
    path = f"/products/{made.json['id']}"
    published = await client.put(
        f"{path}/state", json={"state": "PUBLISHED"}, headers=manager | {"If-Match": made.headers["etag"]}
    )
    await listed(client, 1)
    variant_id = published.json["variants"][0]["id"]
    priced = await client.post(
        f"/variants/{variant_id}/prices",
        json={"price": {"amount": "1.19", "currency": "EUR"}},
        headers=manager | {"If-Match": published.headers["etag"]},
    )
    history = await client.get(f"/variants/{variant_id}/prices", headers=manager)
    page = await until(
        client,
        "/products/augustinus-maerzen",
        lambda answer: answer.json["variants"][0]["previous_price"] is not None,
    )
    archived = await client.delete(path, headers=manager | {"If-Match": priced.headers["etag"]})
    await listed(client, 0)

    assert (made.status_code, made.json["state"], made.headers["etag"]) == (201, "DRAFT", '"1"')
    assert made.headers["location"] == path
    assert (priced.status_code, priced.json["version"]) == (201, 3)
    assert [point["price"]["amount"] for point in history.json["items"]] == ["1.19", "1.39"]
    assert page.json["variants"][0]["lowest_price_30_days"]["amount"] == "1.39"
    assert page.json["serving"] == {"temperature_min_c": 6, "temperature_max_c": 8, "glass": None}
    assert archived.status_code == 204


async def test_a_write_names_the_version_it_read(client, shelves, manager):
    made = await client.post("/products", json=NEW_PRODUCT, headers=manager)
    path = f"/products/{made.json['id']}"

    blind = await client.patch(path, json={"featured": True}, headers=manager)
    first = await client.patch(path, json={"featured": True}, headers=manager | {"If-Match": 'W/"1"'})
    stale = await client.patch(path, json={"featured": False}, headers=manager | {"If-Match": '"1"'})
    foreign = await client.patch(path, json={"featured": False}, headers=manager | {"If-Match": '"abc"'})

    assert [blind.status_code, first.status_code, stale.status_code, foreign.status_code] == [
        428,
        200,
        412,
        412,
    ]
    assert first.headers["etag"] == '"2"'


async def test_a_change_leaves_what_it_does_not_name_and_null_takes_away(client, shelves, manager):
    made = await client.post("/products", json=NEW_PRODUCT, headers=manager)

    changed = await client.patch(
        f"/products/{made.json['id']}",
        json={"style": None, "description": {"de": "Neu.", "en": "New."}},
        headers=manager | {"If-Match": "*"},
    )

    assert changed.json["style"] is None
    assert changed.json["description"] == {"de": "Neu.", "en": "New."}
    assert changed.json["alcohol_by_volume"] == "5.8"


async def test_what_is_no_picture_is_refused(client, shelves, manager):
    made = await client.post("/products", json=NEW_PRODUCT, headers=manager)

    refused = await client.post(
        f"/products/{made.json['id']}/images?alt_de=Flasche&alt_en=Bottle",
        body=b"<svg onload=alert(1)>",
        headers=manager | {"If-Match": "*", "Content-Type": "image/png"},
    )

    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json["errors"]] == ["body.image"]


async def test_without_object_storage_an_upload_waits_and_pages_still_come(
    environment, app_factory, make_product, manager, monkeypatch
):
    monkeypatch.setenv("PROST_OBJECTS_URL", "http://key:secret@127.0.0.1:1")
    product_id = make_product("Helles")
    picture = io.BytesIO()
    Image.new("RGB", (400, 400), "orange").save(picture, "PNG")

    async with ASGIConductor(app_factory()) as client:
        await listed(client, 1)
        refused = await client.post(
            f"/products/{product_id}/images?alt_de=Flasche&alt_en=Bottle",
            body=picture.getvalue(),
            headers=manager | {"If-Match": "*", "Content-Type": "image/png"},
        )
        page = await client.get("/products/helles")

    assert (refused.status_code, page.status_code) == (503, 200)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": None}, "body.name"),
        ({"featured": None}, "body.featured"),
        ({"name": ""}, "body.name"),
        ({"name": "x" * 161}, "body.name"),
        ({"name": "a\u0000b"}, "body.name"),
        ({"name": 5}, "body.name"),
        ({"slug": "Not A Slug"}, "body.slug"),
        ({"category": "nowhere"}, "body.category"),
        ({"alcohol_by_volume": "97"}, "body.alcohol_by_volume"),
        ({"alcohol_by_volume": 5.8}, "body.alcohol_by_volume"),
        ({"minimum_age": 17}, "body.minimum_age"),
        ({"minimum_age": 0}, "body.minimum_age"),
        ({"vat_rate": "-1"}, "body.vat_rate"),
        ({"allergens": ["luck"]}, "body.allergens.0"),
        ({"colour": "red"}, "body.colour"),
        ({"origin": {"country": "Germany"}}, "body.origin.country"),
        (
            {"variants": [{**NEW_PRODUCT["variants"][0], "price": {"amount": "0.00", "currency": "EUR"}}]},
            "body.variants.0.price",
        ),
        (
            {"variants": [{**NEW_PRODUCT["variants"][0], "price": {"amount": "1", "currency": "USD"}}]},
            "body.variants.0.price",
        ),
        ({"variants": [{**NEW_PRODUCT["variants"][0], "volume_ml": 10**20}]}, "body.variants.0.volume_ml"),
        ({"variants": [{**NEW_PRODUCT["variants"][0], "sku": "a b"}]}, "body.variants.0.sku"),
    ],
)
async def test_a_bad_body_names_its_field(client, shelves, manager, change, field):
    refused = await client.post("/products", json=NEW_PRODUCT | change, headers=manager)

    assert refused.status_code == 422
    assert field in [problem["field"] for problem in refused.json["errors"]]


async def test_staff_pages_through_products_in_any_state(client, make_product, manager):
    for name in ("Eins", "Zwei", "Drei"):
        make_product(name, state=ProductState.DRAFT)

    first = await client.get("/staff/products?state=DRAFT&page_size=2", headers=manager)
    second = await client.get(
        f"/staff/products?state=DRAFT&page_size=2&page_token={first.json['next_page_token']}", headers=manager
    )
    foreign = await client.get(f"/staff/products?page_token={first.json['next_page_token']}", headers=manager)

    assert [item["name"] for item in first.json["items"]] == ["Drei", "Zwei"]
    assert [item["name"] for item in second.json["items"]] == ["Eins"]
    assert foreign.status_code == 422
