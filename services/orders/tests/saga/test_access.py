"""Whose an order is, and who can look at it."""

from hashlib import sha256
from uuid import UUID

import pytest

BORIS = "01990000-0000-7000-8000-00000000000b"
ANNA = "01990000-0000-7000-8000-00000000000a"
HELLES = UUID("01990000-0000-7000-8000-000000000001")
VODKA = UUID("01990000-0000-7000-8000-000000000002")
COOKIE = "c" * 22
HASH = sha256(COOKIE.encode()).hexdigest()
ABROAD = {"name": "A", "street": "B", "postal_code": "80331", "city": "C", "country": "US"}
AS_GUEST = {"Cookie": f"prost_cart={COOKIE}"}


@pytest.fixture
def as_boris(token):
    return {"Authorization": f"Bearer {token('customer', subject=BORIS)}"}


@pytest.fixture
def as_staff(token):
    return {"Authorization": f"Bearer {token('support', subject='01990000-0000-7000-8000-0000000000ff')}"}


def fields(answer):
    return sorted(problem["field"] for problem in answer.json["errors"])


async def test_an_unknown_order_is_not_found(shop):
    missing = await shop.get("/orders/00000000-0000-7000-8000-000000000000")

    assert (missing.status_code, missing.json["code"]) == (404, "not-found")


async def test_what_is_no_id_is_refused_by_name(shop):
    assert fields(await shop.get("/orders/7")) == ["path.order_id"]


async def test_an_order_is_its_customers_and_the_staffs(shop, buy, as_anna, as_boris, as_staff):
    path = f"/orders/{(await buy()).json['id']}"

    answers = [await shop.get(path, headers=headers) for headers in (as_anna, as_staff, as_boris, {})]

    assert [answer.status_code for answer in answers] == [200, 200, 404, 404]


async def test_nobody_else_can_cancel_it(shop, buy, states, as_boris):
    order = (await buy()).json["id"]

    refused = [
        (await shop.post(f"/orders/{order}/cancel", headers=headers)).status_code
        for headers in (as_boris, {}, AS_GUEST)
    ]

    assert refused == [404, 404, 404]
    assert states() == [("CONFIRMED", "CAPTURED")]


async def test_a_guest_sees_an_order_by_the_cookie_or_by_the_key_that_was_told_once(street, shop, buy):
    street.fill(HASH, (HELLES, 2))

    bought = await buy(headers=AS_GUEST)
    path, key = f"/orders/{bought.json['id']}", bought.json["guest_key"]
    answers = [
        await shop.get(path, headers=AS_GUEST),
        await shop.get(f"{path}?key={key}"),
        await shop.get(f"{path}?key={key}x"),
        await shop.get(path, headers={"Cookie": "prost_cart=other"}),
        await shop.get(path, headers={"Cookie": f"prost_cart={COOKIE}; prost_cart=other"}),
        await shop.get(f"{path}?key={HASH}"),
    ]

    assert bought.json["state"] == "CONFIRMED"
    assert [answer.status_code for answer in answers] == [200, 200, 404, 404, 404, 404]
    assert "guest_key" not in answers[0].json
    assert street.carts.keys() == {ANNA}


async def test_a_guests_answer_is_repeated_with_its_key(street, buy):
    street.fill(HASH, (HELLES, 2))

    first = await buy(headers=AS_GUEST)
    second = await buy(headers=AS_GUEST)

    assert (second.status_code, second.content) == (201, first.content)


async def test_a_guest_has_to_leave_an_address_of_mail(buy):
    refused = await buy(headers=AS_GUEST, email=None)

    assert (refused.status_code, fields(refused)) == (422, ["body.email"])


async def test_a_customers_orders_are_listed_page_by_page(street, shop, buy, *, as_anna, as_boris, as_staff):
    orders = []
    for number in range(3):
        street.fill(ANNA, (HELLES, 1))
        orders.append((await buy(f"key-{number}")).json["id"])
    path = f"/orders/user/{ANNA}?page_size=2"

    first = await shop.get(path, headers=as_anna)
    second = await shop.get(f"{path}&page_token={first.json['next_page_token']}", headers=as_anna)
    others = [(await shop.get(path, headers=headers)).status_code for headers in (as_boris, as_staff, {})]

    assert [order["id"] for order in first.json["items"]] == [orders[2], orders[1]]
    assert [order["id"] for order in second.json["items"]] == [orders[0]]
    assert second.json["next_page_token"] is None
    assert others == [404, 200, 401]


async def test_staff_finds_orders_by_state_number_and_address(street, shop, buy, as_staff, as_anna):
    bought = (await buy(email="Anna.Huber@example.org")).json
    street.fill(ANNA, (HELLES, 1))
    await buy("key-2", payment_method="pm_card_chargeDeclined")

    async def found(query):
        answer = await shop.get(f"/orders?{query}", headers=as_staff)
        return [order["id"] for order in answer.json["items"]]

    assert await found("state=CONFIRMED") == [bought["id"]]
    assert await found(f"q={bought['number'][2:9].lower()}") == [bought["id"]]
    assert await found("q=anna.huber@") == [bought["id"]]
    assert len(await found("page_size=50")) == 2
    assert (await shop.get("/orders", headers=as_anna)).status_code == 403
    assert (await shop.get("/orders?page_token=abc", headers=as_staff)).status_code == 422


async def test_what_should_not_be_is_told_to_staff(shop, buy, as_staff, as_anna):
    await buy()

    sound = await shop.get("/orders/invariants?recent=10", headers=as_staff)

    assert (sound.status_code, sound.json) == (200, {"items": []})
    assert (await shop.get("/orders/invariants", headers=as_anna)).status_code == 403


async def test_an_order_that_payments_knows_otherwise_is_told(street, shop, buy, as_staff, recover):
    street.fail("carts/checked-out")
    order = (await buy()).json["id"]
    street.faults.clear()
    await recover()
    street.payments[order]["captured_minor"] -= 1

    told = await shop.get("/orders/invariants?recent=10", headers=as_staff)

    (violation,) = told.json["items"]
    assert (violation["invariant"], violation["order_id"]) == ("a-confirmed-order-has-one-capture", order)


async def test_age_is_asked_where_it_matters(street, buy):
    refused = await buy(age_confirmed=False)
    street.offers[str(HELLES)]["minimum_age"] = 0
    taken = await buy(age_confirmed=False)

    assert (refused.status_code, refused.json["code"]) == (422, "age-not-confirmed")
    assert fields(refused) == ["body.age_confirmed"]
    assert taken.status_code == 201


async def test_what_is_not_sold_any_more_is_refused(street, buy, states):
    street.fill(ANNA, (HELLES, 1), (VODKA, 1))
    street.offers[str(VODKA)]["sellable"] = False
    withdrawn = await buy()
    del street.offers[str(VODKA)]
    gone = await buy()

    assert [each.json["code"] for each in (withdrawn, gone)] == ["not-sellable", "not-sellable"]
    assert withdrawn.json["variant_ids"] == [str(VODKA)]
    assert states() == []


async def test_a_price_that_has_changed_since_it_was_seen_is_told(street, buy, states):
    street.offers[str(HELLES)]["price_minor"] = 135

    refused = await buy()

    assert (refused.status_code, refused.json["code"]) == (409, "price-changed")
    assert refused.json["changes"] == [
        {
            "variant_id": str(HELLES),
            "seen": {"amount": "1.29", "currency": "EUR"},
            "price": {"amount": "1.35", "currency": "EUR"},
        }
    ]
    assert states() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"total": {"amount": "0.01", "currency": "EUR"}}, "body.total"),
        ({"lines": []}, "body.lines"),
        ({"customer_id": BORIS}, "body.customer_id"),
        ({"shipping_method": "teleport"}, "body.shipping_method"),
        ({"payment_method": "4111 1111 1111 1111"}, "body.payment_method"),
        ({"email": "a@b@c"}, "body.email"),
        ({"email": "anna@example.org\r\nBcc: all@example.org"}, "body.email"),
        ({"voucher": "NOPE"}, "body.voucher"),
        ({"shipping_address": ABROAD}, "body.shipping_address.country"),
    ],
)
async def test_a_price_or_anything_unknown_from_the_browser_is_refused(buy, states, changes, field):
    refused = await buy(**changes)

    assert (refused.status_code, fields(refused)) == (422, [field])
    assert states() == []


@pytest.mark.parametrize("headers", [{}, {"Cookie": "prost_cart="}, {"Cookie": "prost_cart=unknown"}])
async def test_nothing_can_be_ordered_without_a_cart(buy, headers):
    refused = await buy(headers=headers)

    assert (refused.status_code, refused.json["code"]) == (422, "cart-empty")


@pytest.mark.parametrize("path", ["carts/contents", "catalog/offered"])
async def test_without_cart_or_catalogue_nothing_is_placed(street, buy, states, path):
    street.fail(path)

    refused = await buy()

    assert refused.status_code == 503
    assert states() == []


async def test_who_has_not_verified_their_address_buys_like_everybody(buy, token):
    unverified = {"Authorization": f"Bearer {token('customer', subject=ANNA, email_verified=False)}"}

    bought = await buy(headers=unverified)

    assert (bought.status_code, bought.json["state"]) == (201, "CONFIRMED")
