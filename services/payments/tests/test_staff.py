"""What staff sees of payments."""

import pytest

from prost.db import uuid7


async def test_payments_are_listed_newest_first_page_by_page(client, till, as_staff):
    orders = [str(uuid7()) for _ in range(3)]
    for order in orders:
        till.charge(order)

    first = await client.get("/payments?page_size=2", headers=as_staff)
    second = await client.get(
        f"/payments?page_size=2&page_token={first.json['next_page_token']}", headers=as_staff
    )

    assert [item["order_id"] for item in first.json["items"]] == orders[:0:-1]
    assert [item["order_id"] for item in second.json["items"]] == orders[:1]
    assert second.json["next_page_token"] is None


async def test_payments_are_found_by_state_and_by_order(client, till, as_staff, order):
    till.charge(uuid7())
    till.charge(order, "pm_card_chargeDeclined")

    by_state = await client.get("/payments?state=FAILED", headers=as_staff)
    by_order = await client.get(f"/payments?order_id={order}", headers=as_staff)

    assert [item["order_id"] for item in by_state.json["items"]] == [str(order)]
    assert by_order.json == by_state.json
    assert by_order.json["items"][0]["amount"] == {"amount": "12.90", "currency": "EUR"}


async def test_a_payment_is_shown_with_all_that_was_done_for_it(client, till, as_staff, order):
    till.charge(order, "pm_card_chargeDeclined")
    till.charge(order, attempt=2)
    till.capture(order)
    till.refund(order, 290)
    payment = till.charge(order, attempt=2)["payment_id"]

    shown = (await client.get(f"/payments/details/{payment}", headers=as_staff)).json

    assert shown["state"] == "PARTIALLY_REFUNDED"
    assert [(a["number"], a["kind"], a["state"]) for a in shown["attempts"]] == [
        (1, "AUTHORIZE", "FAILED"),
        (2, "AUTHORIZE", "SUCCEEDED"),
        (3, "CAPTURE", "SUCCEEDED"),
        (4, "REFUND", "SUCCEEDED"),
    ]
    assert [t["state"] for t in shown["transactions"]] == [
        "PENDING",
        "FAILED",
        "PENDING",
        "AUTHORIZED",
        "CAPTURED",
        "PARTIALLY_REFUNDED",
    ]
    assert [(refund["state"], refund["amount"]["amount"]) for refund in shown["refunds"]] == [
        ("SUCCEEDED", "2.90")
    ]
    assert [(e["fact"], e["account"], e["amount"]["amount"]) for e in shown["ledger"]] == [
        ("AUTHORIZED", "authorized", "12.90"),
        ("AUTHORIZED", "holds", "-12.90"),
        ("CAPTURED", "holds", "12.90"),
        ("CAPTURED", "authorized", "-12.90"),
        ("CAPTURED", "cash", "12.90"),
        ("CAPTURED", "revenue", "-12.90"),
        ("REFUNDED", "refunds", "2.90"),
        ("REFUNDED", "cash", "-2.90"),
    ]


async def test_what_holds_is_an_empty_list(client, till, as_staff, order):
    till.charge(order)

    assert (await client.get("/payments/invariants", headers=as_staff)).json == {"items": []}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=LOST", "query.state"),
        ("order_id=4711", "query.order_id"),
        ("page_size=101", "query.page_size"),
        ("page_token=xyz", "query.page_token"),
        ("colour=red", "query.colour"),
    ],
)
async def test_a_bad_query_names_its_field(client, as_staff, query, field):
    refused = await client.get(f"/payments?{query}", headers=as_staff)

    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json["errors"]] == [field]


async def test_an_unknown_payment_is_not_found(client, as_staff):
    missing = await client.get(f"/payments/details/{uuid7()}", headers=as_staff)

    assert (missing.status_code, missing.json["code"]) == (404, "payment-not-found")


@pytest.mark.parametrize("path", ["/payments", f"/payments/details/{uuid7()}", "/payments/invariants"])
async def test_customers_see_nothing_of_it(client, token, path):
    as_customer = {"Authorization": f"Bearer {token('customer')}"}

    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=as_customer)).status_code == 403
