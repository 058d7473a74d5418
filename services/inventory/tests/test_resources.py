"""Inventory over HTTP, with its database and its callers' tokens."""

import pytest

from prost.db import uuid7

UNKNOWN = "00000000-0000-7000-8000-000000000000"
ORDER = "01990000-0000-7000-8000-000000000001"


@pytest.fixture
def reserve(client, as_orders):
    """Return a coroutine function that reserves for an order."""

    async def send(order, *lines, **more):
        body = {"order_id": str(order), "lines": [{"sku": s, "quantity": n} for s, n in lines], **more}
        return await client.post("/inventory/reserve", json=body, headers=as_orders)

    return send


@pytest.fixture
def adjust(client, as_staff):
    """Return a coroutine function that corrects an item's stock."""

    async def send(sku, body, key="key-1"):
        headers = {**as_staff, "Idempotency-Key": key}
        return await client.post(f"/inventory/stock/{sku}/adjustments", json=body, headers=headers)

    return send


def fields(answer):
    return [problem["field"] for problem in answer.json["errors"]]


async def test_customers_are_told_what_they_can_have_and_no_more(client, shelf):
    shelf("PLENTY", 5000)
    shelf("FEW", 12)
    shelf("NONE")

    told = await client.get("/inventory/availability?skus=NONE,PLENTY,FEW,NOWHERE,PLENTY")

    assert told.status_code == 200
    assert told.headers["cache-control"] == "public, max-age=5"
    assert told.json == {
        "items": [
            {"sku": "NONE", "state": "out", "quantity": 0},
            {"sku": "PLENTY", "state": "in_stock", "quantity": 20},
            {"sku": "FEW", "state": "low", "quantity": 12},
            {"sku": "NOWHERE", "state": "out", "quantity": 0},
        ]
    }


async def test_what_is_held_is_not_available(client, shelf, reserve, order):
    shelf("HELLES", 15)
    await reserve(order, ("HELLES", 10))

    told = await client.get("/inventory/availability?skus=HELLES")

    assert told.json["items"] == [{"sku": "HELLES", "state": "low", "quantity": 5}]


async def test_a_hundred_items_can_be_asked_for_at_once_and_no_more(client):
    hundred = ",".join(f"BEER-{number}" for number in range(100))

    told = await client.get(f"/inventory/availability?skus={hundred}")
    refused = await client.get(f"/inventory/availability?skus={hundred},BEER-100")

    assert (told.status_code, len(told.json["items"])) == (200, 100)
    assert (refused.status_code, fields(refused)) == (422, ["query.skus"])


@pytest.mark.parametrize(
    "query", ["", "?skus=", "?skus=A,,B", "?skus=helles", "?skus=A&skus=B", "?skus=" + 41 * "A"]
)
async def test_a_list_of_items_that_cannot_be_read_is_refused(client, query):
    refused = await client.get(f"/inventory/availability{query}")

    assert (refused.status_code, fields(refused)) == (422, ["query.skus"])


async def test_an_order_is_reserved_deducted_and_taken_back(client, shelf, stock, reserve, as_orders):
    shelf("HELLES", 10)
    line = {"sku": "HELLES", "quantity": 2}

    reserved = await reserve(ORDER, ("HELLES", 4), expires_in=60)
    deducted = await client.post("/inventory/deduct", json={"order_id": ORDER}, headers=as_orders)
    back = {
        "order_id": ORDER,
        "return_id": str(uuid7()),
        "lines": [line],
        "disposition": "restock",
    }
    returned = await client.post("/inventory/restock", json=back, headers=as_orders)

    assert (reserved.status_code, reserved.json["state"]) == (200, "HELD")
    assert (deducted.status_code, deducted.json) == (200, {"order_id": ORDER, "state": "COMMITTED"})
    assert (returned.status_code, returned.json["return_id"]) == (200, back["return_id"])
    assert stock("HELLES") == (8, 0)


async def test_a_reservation_answers_until_when_it_holds(reserve, shelf, order, clock):
    shelf("HELLES", 10)

    reserved = await reserve(order, ("HELLES", 4))
    clock.advance(10)
    again = await reserve(order, ("HELLES", 4))

    assert reserved.json == {"order_id": str(order), "state": "HELD", "expires_at": "2030-01-01T12:15:00Z"}
    assert again.content == reserved.content


async def test_a_shortage_is_told_line_by_line(reserve, shelf, order):
    shelf("HELLES", 3)

    refused = await reserve(order, ("HELLES", 4), ("NOWHERE", 1))

    assert (refused.status_code, refused.json["code"]) == (409, "out-of-stock")
    assert refused.json["shortages"] == [
        {"sku": "HELLES", "requested": 4, "available": 3},
        {"sku": "NOWHERE", "requested": 1, "available": 0},
    ]


async def test_other_lines_of_the_same_order_are_refused(reserve, shelf, order):
    shelf("HELLES", 10)
    await reserve(order, ("HELLES", 4))

    refused = await reserve(order, ("HELLES", 5))

    assert (refused.status_code, refused.json["code"]) == (409, "reservation-differs")


async def test_a_release_is_repeated_without_harm(client, reserve, shelf, stock, as_orders):
    shelf("HELLES", 10)
    await reserve(ORDER, ("HELLES", 4))
    body = {"order_id": ORDER, "reason": "payment-failed"}

    first = await client.post("/inventory/release", json=body, headers=as_orders)
    second = await client.post("/inventory/release", json=body, headers=as_orders)

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json == {"order_id": ORDER, "state": "RELEASED"}
    assert stock("HELLES") == (10, 0)


@pytest.mark.parametrize(
    ("call", "code", "status"),
    [("deduct", "reservation-not-found", 404), ("restock", "not-sold", 409)],
)
async def test_an_unknown_order_has_nothing(client, as_orders, call, code, status):
    body = {"order_id": UNKNOWN} | (
        {"return_id": UNKNOWN, "lines": [{"sku": "A", "quantity": 1}], "disposition": "scrap"}
        if call == "restock"
        else {}
    )

    refused = await client.post(f"/inventory/{call}", json=body, headers=as_orders)

    assert (refused.status_code, refused.json["code"]) == (status, code)


@pytest.mark.parametrize("quantity", [0, -1, 1000, 2**63, 10**30, 1.5, "4", None, True])
async def test_a_quantity_is_a_whole_number_from_1_to_999(reserve, shelf, stock, order, quantity):
    shelf("HELLES", 5000)

    refused = await reserve(order, ("HELLES", quantity))

    assert (refused.status_code, fields(refused)) == (422, ["body.lines.0.quantity"])
    assert stock("HELLES") == (5000, 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": []}, "body.lines"),
        ({"lines": [{"sku": f"A-{n}", "quantity": 1} for n in range(101)]}, "body.lines"),
        ({"lines": [{"sku": "A", "quantity": 1}] * 2}, "body.lines.1.sku"),
        ({"lines": [{"sku": "a", "quantity": 1}]}, "body.lines.0.sku"),
        ({"lines": [{"sku": "A", "quantity": 1, "price": 1}]}, "body.lines.0.price"),
        ({"order_id": "4711"}, "body.order_id"),
        ({"expires_in": 0}, "body.expires_in"),
        ({"expires_in": 3601}, "body.expires_in"),
        ({"customer": "anna"}, "body.customer"),
    ],
)
async def test_a_reservation_that_cannot_be_is_refused_by_name(client, as_orders, change, field):
    body = {"order_id": UNKNOWN, "lines": [{"sku": "A", "quantity": 1}], **change}

    refused = await client.post("/inventory/reserve", json=body, headers=as_orders)

    assert (refused.status_code, fields(refused)) == (422, [field])


@pytest.mark.parametrize("call", ["reserve", "release", "deduct", "restock"])
async def test_only_services_move_the_stock_of_orders(client, token, call):
    anyone = await client.post(f"/inventory/{call}", json={})
    for_another = token.of_service("orders", audience="payments")

    answers = [
        (
            await client.post(f"/inventory/{call}", json={}, headers={"Authorization": f"Bearer {each}"})
        ).status_code
        for each in (token("customer"), token("admin"), for_another, token.expired("admin"))
    ]

    assert (anyone.status_code, answers) == (401, [403, 403, 401, 401])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/inventory/stock"),
        ("GET", "/inventory/stock/A"),
        ("GET", "/inventory/stock/A/movements"),
        ("POST", "/inventory/stock/A/adjustments"),
        ("PUT", "/inventory/stock/A/threshold"),
        ("GET", "/inventory/invariants"),
    ],
)
async def test_only_staff_sees_and_corrects_the_stock(client, token, as_orders, method, path):
    customer = {"Authorization": f"Bearer {token('customer')}"}

    anyone = await client.simulate_request(method, path)
    a_customer = await client.simulate_request(method, path, headers=customer)
    a_service = await client.simulate_request(method, path, headers=as_orders)

    assert (anyone.status_code, a_customer.status_code, a_service.status_code) == (401, 403, 403)


async def test_staff_reads_an_item_with_its_locations(client, shelf, reserve, order, as_staff):
    shelf("HELLES", 10, "cellar")
    shelf("HELLES", 30, "main")
    await reserve(order, ("HELLES", 4))

    item = await client.get("/inventory/stock/HELLES", headers=as_staff)

    assert item.json == {
        "sku": "HELLES",
        "level": "IN_STOCK",
        "threshold": 12,
        "on_hand": 40,
        "reserved": 4,
        "available": 30,
        "locations": [
            {"location": "cellar", "on_hand": 10, "reserved": 4, "available": 6},
            {"location": "main", "on_hand": 30, "reserved": 0, "available": 30},
        ],
    }


async def test_items_come_in_pages_by_sku(client, shelf, as_staff):
    shelf("C", 1)
    shelf("A", 1)
    shelf("B")

    first = await client.get("/inventory/stock?page_size=2", headers=as_staff)
    token = first.json["next_page_token"]
    second = await client.get(f"/inventory/stock?page_size=2&page_token={token}", headers=as_staff)

    assert [item["sku"] for item in first.json["items"]] == ["A", "B"]
    assert [item["sku"] for item in second.json["items"]] == ["C"]
    assert second.json["next_page_token"] is None


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("q=hell", ["A-HELLES", "B-HELLES"]),
        ("low=true", ["B-HELLES", "C-DUNKEL"]),
        ("q=HELL&low=true", ["B-HELLES"]),
        ("q=%25", []),
        ("q=_", []),
    ],
)
async def test_items_are_found_by_a_part_of_their_sku_and_by_being_low(client, shelf, as_staff, query, skus):
    shelf("A-HELLES", 50)
    shelf("B-HELLES", 12)
    shelf("C-DUNKEL")

    found = await client.get(f"/inventory/stock?{query}", headers=as_staff)

    assert [item["sku"] for item in found.json["items"]] == skus


async def test_the_ledger_is_read_backwards_page_by_page(client, shelf, adjust, as_staff):
    shelf("HELLES", 10)
    await adjust("HELLES", {"delta": -1, "reason": "broken"}, "key-1")
    await adjust("HELLES", {"on_hand": 12, "reason": "counted"}, "key-2")

    first = await client.get("/inventory/stock/HELLES/movements?page_size=2", headers=as_staff)
    token = first.json["next_page_token"]
    second = await client.get(f"/inventory/stock/HELLES/movements?page_token={token}", headers=as_staff)

    assert [(m["delta"], m["actor"], m["reason"]) for m in first.json["items"]] == [
        (3, "sepp", "counted"),
        (-1, "sepp", "broken"),
    ]
    assert [(m["delta"], m["actor"]) for m in second.json["items"]] == [(10, "anna")]


async def test_a_correction_that_is_sent_twice_is_made_once(shelf, stock, adjust):
    shelf("HELLES", 10)

    first = await adjust("HELLES", {"delta": -1, "reason": "broken"})
    second = await adjust("HELLES", {"delta": -1, "reason": "broken"})
    other = await adjust("HELLES", {"delta": -2, "reason": "broken"})

    assert (first.status_code, first.json) == (
        201,
        {"sku": "HELLES", "location": "main", "delta": -1, "on_hand": 9, "reserved": 0},
    )
    assert second.content == first.content
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    assert stock("HELLES") == (9, 0)


async def test_a_correction_below_what_is_held_is_refused(shelf, stock, adjust, reserve, order):
    shelf("HELLES", 10)
    await reserve(order, ("HELLES", 4))

    refused = await adjust("HELLES", {"on_hand": 3, "reason": "counted"})

    assert (refused.status_code, refused.json["code"]) == (409, "stock-is-reserved")
    assert (refused.json["on_hand"], refused.json["reserved"]) == (10, 4)
    assert stock("HELLES") == (10, 4)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"delta": 1}, "body.reason"),
        ({"delta": 1, "reason": " "}, "body.reason"),
        ({"reason": "counted"}, "body"),
        ({"delta": 1, "on_hand": 1, "reason": "counted"}, "body"),
        ({"delta": 0, "reason": "counted"}, "body.delta"),
        ({"delta": 10_000_001, "reason": "delivered"}, "body.delta"),
        ({"delta": 2**70, "reason": "delivered"}, "body.delta"),
        ({"on_hand": -1, "reason": "counted"}, "body.on_hand"),
        ({"delta": 1, "reason": "moved", "location": "Über dem Keller"}, "body.location"),
        ({"delta": 10_000_000, "reason": "delivered"}, "body.delta"),
    ],
)
async def test_a_correction_that_cannot_be_is_refused_by_name(shelf, adjust, body, field):
    shelf("HELLES", 10)

    refused = await adjust("HELLES", body)

    assert (refused.status_code, fields(refused)) == (422, [field])


async def test_a_threshold_decides_what_is_low(client, shelf, as_staff):
    shelf("HELLES", 30)

    changed = await client.simulate_put(
        "/inventory/stock/HELLES/threshold", json={"threshold": 30}, headers=as_staff
    )

    assert (changed.status_code, changed.json["level"], changed.json["threshold"]) == (200, "LOW", 30)


@pytest.mark.parametrize("path", ["", "/movements", "/threshold", "/adjustments"])
@pytest.mark.parametrize("sku", ["NOWHERE", "not-a-sku", "A" * 41])
async def test_an_item_that_is_not_there_is_not_found(client, as_staff, adjust, path, sku):
    if path == "/adjustments":
        missing = await adjust(sku, {"delta": 1, "reason": "delivered"})
    elif path == "/threshold":
        address = f"/inventory/stock/{sku}/threshold"
        missing = await client.simulate_put(address, json={"threshold": 1}, headers=as_staff)
    else:
        missing = await client.get(f"/inventory/stock/{sku}{path}", headers=as_staff)

    assert missing.status_code == 404


@pytest.mark.parametrize("list_of", ["/inventory/stock", "/inventory/stock/HELLES/movements"])
async def test_a_token_of_no_page_is_refused(client, shelf, as_staff, list_of):
    shelf("HELLES", 10)

    refused = await client.get(f"{list_of}?page_token=xyz", headers=as_staff)

    assert (refused.status_code, fields(refused)) == (422, ["query.page_token"])


async def test_what_should_not_be_is_listed(client, database, shelf, as_staff):
    shelf("HELLES", 10)
    sound = await client.get("/inventory/invariants", headers=as_staff)
    database.execute_sql("ALTER TABLE stock DISABLE TRIGGER stock_is_counted")
    database.execute_sql("UPDATE stock SET on_hand = 11, reserved = 1")

    broken = await client.get("/inventory/invariants", headers=as_staff)

    assert sound.json == {"items": []}
    assert broken.json["items"] == [
        {
            "invariant": "on-hand-is-the-sum-of-movements",
            "sku": "HELLES",
            "location": "main",
            "order_id": None,
            "expected": 10,
            "found": 11,
        },
        {
            "invariant": "reserved-is-the-sum-of-live-holds",
            "sku": "HELLES",
            "location": "main",
            "order_id": None,
            "expected": 0,
            "found": 1,
        },
    ]
