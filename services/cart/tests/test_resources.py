"""Carts over HTTP, with a real Redis, and neighbours on real sockets."""

import asyncio
import hashlib

import pytest
import redis
from falcon.testing import ASGIConductor

from prost_cart.app import create_app
from prost_cart.domain import GUEST_SECONDS

from .neighbours import CRATE, GIN, HELLES, NOWHERE, many

ORDER = "01990000-0000-7000-8000-0000000000ee"
EMPTY = {
    "lines": [],
    "count": 0,
    "totals": {
        "goods": {"amount": "0.00", "currency": "EUR"},
        "deposit": {"amount": "0.00", "currency": "EUR"},
        "total": {"amount": "0.00", "currency": "EUR"},
        "vat": [],
    },
    "minimum_age": 0,
    "prices_changed": False,
    "expires_at": None,
}


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


def fields(answer):
    return [problem["field"] for problem in answer.json["errors"]]


def bought(answer):
    return [(line["variant_id"], line["quantity"]) for line in answer.json["lines"]]


@pytest.fixture
def never_fresh(monkeypatch):
    """Have what neighbours told asked again each time."""
    monkeypatch.setattr("prost_cart.goods.FRESH_SECONDS", 0.0)


@pytest.fixture
def never_rests(monkeypatch):
    """Have neighbours that failed asked again each time."""
    monkeypatch.setattr("prost_cart.known.REST", 0.0)


@pytest.fixture
def everything_away(environment, monkeypatch):
    """Leave nobody whom cart could ask."""
    for name in ("PROST_REDIS_URL", "PROST_SERVICE_CATALOG_URL", "PROST_SERVICE_INVENTORY_URL"):
        monkeypatch.setenv(name, "redis://127.0.0.1:1" if "REDIS" in name else "http://127.0.0.1:1")


async def test_a_cart_shows_what_it_costs(browser, neighbours):
    neighbours.stock["SKU-000A"] = ("low", 3)
    guest = browser()
    await guest.add(HELLES, 3)

    shown = await guest.add(CRATE, 2)

    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    assert shown.json["lines"][0] == {
        "variant_id": HELLES,
        "product_id": "01990000-0000-7000-8000-0000000000ff",
        "sku": "SKU-000A",
        "slug": "helles",
        "name": "Helles",
        "variant": {"de": "0,5 l Flasche", "en": "0.5 l bottle"},
        "image": None,
        "quantity": 3,
        "unit_price": eur("1.29"),
        "previous_price": None,
        "line_total": eur("3.87"),
        "deposit": eur("0.08"),
        "deposit_kind": "reusable",
        "line_deposit": eur("0.24"),
        "price_per_litre": eur("2.58"),
        "vat_rate": "19.00",
        "minimum_age": 16,
        "stock": {"state": "low", "quantity": 3},
        "sellable": True,
    }
    assert (shown.json["count"], shown.json["minimum_age"], shown.json["prices_changed"]) == (5, 16, False)
    assert shown.json["totals"] == {
        "goods": eur("41.67"),
        "deposit": eur("6.44"),
        "total": eur("48.11"),
        "vat": [
            {"rate": "19.00", "gross": eur("4.11"), "net": eur("3.45"), "vat": eur("0.66")},
            {"rate": "7.00", "gross": eur("44.00"), "net": eur("41.12"), "vat": eur("2.88")},
        ],
    }
    assert (await guest.get()).json["lines"] == shown.json["lines"]


async def test_shopping_is_the_same_whatever_keeps_the_carts(environment, store, as_anna, as_orders):
    async with ASGIConductor(create_app(store=store)) as client:
        added = await client.post("/cart/add", json={"variant_id": HELLES, "quantity": 3})
        cookie = {"Cookie": f"prost_cart={added.cookies['prost_cart'].value}"}
        await client.post("/cart/add", json={"variant_id": GIN}, headers=cookie)
        merged = await client.post("/cart/merge", headers={**cookie, **as_anna})
        ordered = [{"variant_id": HELLES, "quantity": 2}]
        order = {"order_id": ORDER, "customer_id": "anna", "lines": ordered}
        await client.post("/carts/checked-out", json=order, headers=as_orders)
        left = await client.get("/cart", headers=as_anna)

    assert bought(merged) == [(HELLES, 3), (GIN, 1)]
    assert bought(left) == [(HELLES, 1), (GIN, 1)]


async def test_a_guest_without_a_cart_asks_nobody(everything_away, app_factory):
    async with ASGIConductor(app_factory()) as client:
        shown = await client.get("/cart")
        foreign = await client.get("/cart", headers={"Cookie": "prost_cart=; session=abc"})
        cleared = await client.delete("/cart/clear")
        removed = await client.post("/cart/remove", json={"variant_id": HELLES})
        accepted = await client.post("/cart/accept-prices")
        changed = await client.patch(f"/cart/lines/{HELLES}", json={"quantity": 1})

    assert [each.json for each in (shown, foreign, cleared, removed, accepted)] == [EMPTY] * 5
    assert (changed.status_code, changed.json["code"]) == (404, "line-not-found")
    assert not shown.cookies


async def test_only_an_addition_gives_a_cookie_and_no_script_can_read_it(browser, redis_url):
    guest = browser()

    before = await guest.get()
    added = await guest.add(HELLES)
    again = await guest.add(HELLES)
    read = await guest.get()

    cookie = added.cookies["prost_cart"]
    assert not before.cookies
    assert not again.cookies
    assert not read.cookies
    assert (cookie.http_only, cookie.same_site, cookie.path, cookie.secure) == (True, "Lax", "/api", False)
    assert cookie.max_age == GUEST_SECONDS
    assert len(cookie.value) == 22
    with redis.Redis.from_url(redis_url) as kept:
        assert kept.keys("*") == [f"cart:guest:{hashlib.sha256(cookie.value.encode()).hexdigest()}".encode()]


async def test_where_browsers_come_by_https_the_cookie_is_secure(environment, app_factory, monkeypatch):
    monkeypatch.setenv("PROST_PUBLIC_URL", "https://shop.example")

    async with ASGIConductor(app_factory()) as client:
        added = await client.post("/cart/add", json={"variant_id": HELLES})

    assert added.cookies["prost_cart"].secure


@pytest.mark.parametrize(
    "cookie",
    [
        "prost_cart=AAAAAAAAAAAAAAAAAAAAAA",
        "prost_cart=../../cart:customer:anna",
        "prost_cart=*",
        "prost_cart=" + 4000 * "A",
        'prost_cart="\\"; DROP"',
        "prost_cart=AAAAAAAAAAAAAAAAAAAAAA; prost_cart=BBBBBBBBBBBBBBBBBBBBBB",
    ],
)
async def test_a_cookie_that_was_never_given_away_opens_nothing_and_begins_nothing(client, cookie):
    headers = {"Cookie": cookie}

    read = await client.get("/cart", headers=headers)
    added = await client.post("/cart/add", json={"variant_id": HELLES}, headers=headers)
    read_again = await client.get("/cart", headers=headers)

    assert read.json == read_again.json == EMPTY
    assert added.cookies["prost_cart"].value not in cookie


async def test_a_quantity_is_changed_and_lines_go(browser):
    guest = browser()
    for variant_id in (HELLES, CRATE, GIN):
        await guest.add(variant_id)

    changed = await guest.send("PATCH", f"/cart/lines/{CRATE}", {"quantity": 99})
    removed = await guest.send("POST", "/cart/remove", {"variant_id": HELLES})
    missing = await guest.send("PATCH", f"/cart/lines/{HELLES}", {"quantity": 1})
    cleared = await guest.send("DELETE", "/cart/clear")

    assert bought(changed) == [(HELLES, 1), (CRATE, 99), (GIN, 1)]
    assert bought(removed) == [(CRATE, 99), (GIN, 1)]
    assert (missing.status_code, missing.json["code"]) == (404, "line-not-found")
    assert cleared.json == (await guest.get()).json == EMPTY


@pytest.mark.parametrize(
    ("raw", "status", "named"),
    [
        ('{"variant_id": "%s", "quantity": 0}', 422, "body.quantity"),
        ('{"variant_id": "%s", "quantity": -1}', 422, "body.quantity"),
        ('{"variant_id": "%s", "quantity": 100}', 422, "body.quantity"),
        ('{"variant_id": "%s", "quantity": 1e400}', 400, "body"),
        ('{"variant_id": "%s", "quantity": 99999999999999999999999}', 422, "body.quantity"),
        ('{"variant_id": "%s", "quantity": 1.5}', 422, "body.quantity"),
        ('{"variant_id": "%s", "quantity": "1"}', 422, "body.quantity"),
        ('{"variant_id": "%s", "quantity": true}', 422, "body.quantity"),
        ('{"variant_id": "%s", "quantity": null}', 422, "body.quantity"),
        ('{"variant_id": "%s", "quantity": NaN}', 400, "body"),
        ('{"variant_id": "%s", "quantity": Infinity}', 400, "body"),
        ('{"variant_id": "%s", "price": 1}', 422, "body.price"),
        ('{"variant_id": "%s\\u0000"}', 422, "body.variant_id"),
        ('{"variant_id": "#"}', 422, "body.variant_id"),
        ('{"variant_id": ["%s"]}', 422, "body.variant_id"),
        ('{"quantity": 1}', 422, "body.variant_id"),
        ("[]", 422, "body"),
        ("", 400, "body"),
        ('{"variant_id": "%s", "pad": "' + 5000 * "x" + '"}', 413, "body"),
    ],
)
async def test_what_cannot_be_added_is_refused_by_its_name(client, redis_url, raw, status, named):
    body = raw.replace("%s", HELLES)

    refused = await client.post("/cart/add", body=body, headers={"Content-Type": "application/json"})

    assert (refused.status_code, fields(refused)) == (status, [named])
    assert refused.headers["content-type"] == "application/problem+json"
    assert not refused.cookies
    with redis.Redis.from_url(redis_url) as kept:
        assert kept.dbsize() == 0


async def test_what_the_catalogue_does_not_sell_is_refused(browser, neighbours):
    neighbours.change(GIN, sellable=False)
    guest = browser()

    unknown = await guest.add(NOWHERE)
    unsold = await guest.add(GIN)

    assert [(each.status_code, each.json["code"], fields(each)) for each in (unknown, unsold)] == [
        (422, "unknown-variant", ["body.variant_id"]),
        (422, "not-sellable", ["body.variant_id"]),
    ]
    assert guest.cookie is None


async def test_a_cart_holds_fifty_lines_of_ninety_nine(browser, neighbours):
    neighbours.offers = many(51)
    *fifty, last = neighbours.offers
    guest = browser()
    for variant_id in fifty:
        await guest.add(variant_id, 99)

    over = await guest.add(fifty[0], 1)
    beyond = await guest.add(last, 1)
    shown = await guest.get()

    assert (over.status_code, over.json["code"], fields(over)) == (422, "too-many", ["body.quantity"])
    assert (beyond.status_code, beyond.json["code"], fields(beyond)) == (
        422,
        "cart-is-full",
        ["body.variant_id"],
    )
    assert (shown.json["count"], len(shown.json["lines"])) == (4950, 50)


async def test_neighbours_are_asked_once_for_all_lines_of_a_cart(browser, neighbours):
    guest = browser()
    for variant_id in (HELLES, CRATE, GIN):
        await guest.add(variant_id)
    neighbours.asked.clear()

    async with ASGIConductor(create_app()) as another:
        headers = {"Cookie": f"prost_cart={guest.cookie}"}
        await asyncio.gather(*[another.get("/cart", headers=headers) for _ in range(10)])

    assert neighbours.asked_for("/offers") == [[HELLES, CRATE, GIN]]
    assert len(neighbours.asked_for("/inventory/availability")) == 1


async def test_prices_that_change_are_told_until_they_are_accepted(never_fresh, browser, neighbours):
    guest = browser()
    await guest.add(HELLES, 2)
    neighbours.change(HELLES, price_minor=149)

    told = await guest.get()
    added = await guest.add(HELLES)
    accepted = await guest.send("POST", "/cart/accept-prices")

    for shown in (told, added):
        assert shown.json["prices_changed"]
        assert shown.json["lines"][0]["previous_price"] == eur("1.29")
        assert shown.json["lines"][0]["unit_price"] == eur("1.49")
    assert not accepted.json["prices_changed"]
    assert accepted.json["lines"][0]["previous_price"] is None
    assert (await guest.get()).json["totals"]["goods"] == eur("4.47")


async def test_what_is_no_longer_sold_stays_and_says_so(never_fresh, browser, neighbours):
    guest = browser()
    await guest.add(HELLES)
    neighbours.change(HELLES, sellable=False)

    assert [line["sellable"] for line in (await guest.get()).json["lines"]] == [False]


async def test_what_the_catalogue_has_forgotten_leaves_the_cart(never_fresh, browser, neighbours, as_orders):
    guest = browser()
    await guest.add(HELLES)
    await guest.add(GIN)
    del neighbours.offers[HELLES]

    shown = await guest.get()
    contents = await guest.client.post(
        "/carts/contents", json={"cart_token": guest.cookie}, headers=as_orders
    )

    assert bought(shown) == [(GIN, 1)]
    assert [line["variant_id"] for line in contents.json["lines"]] == [GIN]


async def test_without_inventory_a_cart_tells_no_stock(never_fresh, never_rests, browser, neighbours):
    guest = browser()
    before = await guest.add(HELLES)
    neighbours.away.add("/inventory/availability")

    away = await guest.add(HELLES)
    neighbours.away.clear()
    back = await guest.get()

    told = [each.json["lines"][0]["stock"] for each in (before, away, back)]
    assert told == [{"state": "in_stock", "quantity": 20}, None, {"state": "in_stock", "quantity": 20}]


async def test_without_the_catalogue_what_is_known_goes_on(never_fresh, browser, neighbours):
    guest = browser()
    await guest.add(HELLES)
    neighbours.away.add("/offers")

    shown = await guest.get()
    added = await guest.add(HELLES)
    unknown = await guest.add(GIN)

    assert (shown.status_code, bought(added)) == (200, [(HELLES, 2)])
    assert (unknown.status_code, unknown.headers["retry-after"]) == (503, "2")
    assert bought(await guest.get()) == [(HELLES, 2)]


async def test_without_the_catalogue_an_addition_that_is_refused_leaves_nothing(browser, neighbours):
    guest = browser()
    await guest.add(HELLES)
    async with ASGIConductor(create_app()) as another:
        # This process knows one of the two variants that the cart would have.
        await another.post("/cart/add", json={"variant_id": GIN})
        neighbours.away.add("/offers")
        headers = {"Cookie": f"prost_cart={guest.cookie}"}
        refused = await another.post("/cart/add", json={"variant_id": GIN}, headers=headers)

    assert refused.status_code == 503
    assert bought(await guest.get()) == [(HELLES, 1)]


async def test_without_redis_nothing_is_shown_or_kept_and_retry_after_says_when(
    environment, neighbours, app_factory, monkeypatch
):
    monkeypatch.setenv("PROST_REDIS_URL", "redis://127.0.0.1:1")

    async with ASGIConductor(app_factory()) as client:
        added = await client.post("/cart/add", json={"variant_id": HELLES})
        read = await client.get("/cart", headers={"Cookie": "prost_cart=AAAAAAAAAAAAAAAAAAAAAA"})

    assert [each.status_code for each in (added, read)] == [503, 503]
    assert [each.headers["retry-after"] for each in (added, read)] == ["1", "1"]
    assert not added.cookies


async def test_twenty_additions_at_once_lose_nothing(browser):
    guest = browser()
    await guest.add(HELLES)

    added = await asyncio.gather(*[guest.add(HELLES) for _ in range(20)])

    assert {each.status_code for each in added} == {200}
    assert sorted(bought(each)[0][1] for each in added) == list(range(2, 22))
    assert bought(await guest.get()) == [(HELLES, 21)]


async def test_a_customers_cart_is_theirs_on_every_device_and_nobody_elses(client, browser, as_anna, token):
    as_bert = {"Authorization": f"Bearer {token('customer', subject='bert')}"}

    added = await client.post("/cart/add", json={"variant_id": HELLES}, headers=as_anna)
    on_phone = await client.get("/cart", headers=as_anna)
    others = await client.get("/cart", headers=as_bert)
    changed = await client.patch(f"/cart/lines/{HELLES}", json={"quantity": 5}, headers=as_bert)
    stolen = await client.get("/cart", headers={"Cookie": "prost_cart=anna"})

    assert not added.cookies
    assert bought(on_phone) == [(HELLES, 1)]
    assert others.json == stolen.json == EMPTY
    assert changed.status_code == 404


async def test_a_customers_cart_is_not_that_of_the_cookie(browser, as_anna):
    guest = browser()
    await guest.add(HELLES)

    shown = await guest.send("GET", "/cart", **as_anna)

    assert shown.json == EMPTY


async def test_a_guests_cart_comes_along_at_login_once(browser, client, as_anna):
    await client.post("/cart/add", json={"variant_id": HELLES, "quantity": 98}, headers=as_anna)
    guest = browser()
    await guest.add(GIN)
    await guest.add(HELLES, 2)

    merged = await guest.send("POST", "/cart/merge", **as_anna)
    again = await guest.send("POST", "/cart/merge", **as_anna)

    assert bought(merged) == bought(again) == [(HELLES, 99), (GIN, 1)]
    assert merged.json["merged"] == {"lines": 2, "capped": [HELLES], "left_out": []}
    assert again.json["merged"] == {"lines": 0, "capped": [], "left_out": []}
    assert (await guest.get()).json == EMPTY


async def test_a_merge_without_a_guests_cart_shows_the_customers(client, as_anna):
    await client.post("/cart/add", json={"variant_id": HELLES}, headers=as_anna)

    merged = await client.post("/cart/merge", headers=as_anna)

    assert bought(merged) == [(HELLES, 1)]


async def test_guests_cannot_merge(browser):
    guest = browser()
    await guest.add(HELLES)

    refused = await guest.send("POST", "/cart/merge")

    assert refused.status_code == 401


async def test_orders_are_told_what_was_seen_and_take_it_out_once(browser, client, as_orders):
    guest = browser()
    await guest.add(HELLES, 2)
    await guest.add(GIN)
    contents = await client.post("/carts/contents", json={"cart_token": guest.cookie}, headers=as_orders)
    await guest.add(HELLES, 5)
    order = {
        "order_id": ORDER,
        "cart_token_hash": hashlib.sha256(guest.cookie.encode()).hexdigest(),
        "lines": [{"variant_id": HELLES, "quantity": 2}, {"variant_id": GIN, "quantity": 1}],
    }

    first = await client.post("/carts/checked-out", json=order, headers=as_orders)
    again = await client.post("/carts/checked-out", json=order, headers=as_orders)

    assert contents.json == {
        "lines": [
            {"variant_id": HELLES, "quantity": 2, "price_minor": 129},
            {"variant_id": GIN, "quantity": 1, "price_minor": 2999},
        ]
    }
    assert first.json == {"order_id": ORDER, "taken_out": True}
    assert again.json == {"order_id": ORDER, "taken_out": False}
    assert bought(await guest.get()) == [(HELLES, 5)]


async def test_a_customers_cart_is_ordered_from_by_their_id(client, as_anna, as_orders):
    await client.post("/cart/add", json={"variant_id": HELLES}, headers=as_anna)
    order = {
        "order_id": ORDER,
        "customer_id": "anna",
        "cart_token_hash": None,
        "lines": [{"variant_id": HELLES, "quantity": 1}],
    }

    contents = await client.post("/carts/contents", json={"customer_id": "anna"}, headers=as_orders)
    await client.post("/carts/checked-out", json=order, headers=as_orders)

    assert contents.json["lines"] == [{"variant_id": HELLES, "quantity": 1, "price_minor": 129}]
    assert (await client.get("/cart", headers=as_anna)).json == EMPTY


@pytest.mark.parametrize(
    "whose", [{}, {"cart_token": ""}, {"cart_token": 4096 * "x"}, {"customer_id": "nobody"}]
)
async def test_who_has_no_cart_has_nothing_to_order(client, as_orders, whose):
    contents = await client.post("/carts/contents", json=whose, headers=as_orders)
    order = {"order_id": ORDER, "lines": []}
    taken = await client.post("/carts/checked-out", json=order, headers=as_orders)

    assert contents.json == {"lines": []}
    assert taken.json == {"order_id": ORDER, "taken_out": False}


@pytest.mark.parametrize("path", ["/carts/contents", "/carts/checked-out"])
async def test_people_cannot_ask_what_services_do(client, token, path):
    as_admin = {"Authorization": f"Bearer {token('admin')}"}

    nobody = await client.post(path, json={})
    admin = await client.post(path, json={"customer_id": "anna"}, headers=as_admin)

    assert (nobody.status_code, admin.status_code) == (401, 403)


async def test_a_token_that_is_no_good_is_not_taken_for_a_guest(client, token):
    refused = await client.get("/cart", headers={"Authorization": f"Bearer {token.expired('customer')}"})

    assert refused.status_code == 401
