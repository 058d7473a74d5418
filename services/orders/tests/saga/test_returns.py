"""Withdrawals over HTTP: who may, what is told, and that money and goods come back once, whatever fails."""

from hashlib import sha256
from uuid import UUID

import pytest

from prost.db import database as db
from prost_orders.saga.neighbours import Neighbours
from prost_orders.saga.returns import Returns
from prost_orders.settings import Settings

HELLES = UUID("01990000-0000-7000-8000-000000000001")
BORIS = "01990000-0000-7000-8000-00000000000b"


@pytest.fixture
async def bought(buy):
    """Give an order of six bottles, confirmed."""
    answer = await buy()
    assert answer.json["state"] == "CONFIRMED"
    return answer.json


@pytest.fixture
def withdraw(shop, as_anna):
    """Return a coroutine function that withdraws from an order."""

    async def send(order, *lines, key="withdrawal-1", headers=None, query="", **body):
        if lines:
            body["lines"] = [
                {"variant_id": str(variant), "quantity": quantity} for variant, quantity in lines
            ]
        sent = {**(as_anna if headers is None else headers), "Idempotency-Key": key}
        return await shop.post(f"/orders/{order['id']}/withdraw{query}", json=body, headers=sent)

    return send


@pytest.fixture
def resume():
    """Return a coroutine function that takes on what stands still, as the worker does in time."""

    async def work():
        db.execute_sql("UPDATE returns SET due_at = due_at - interval '1 hour'")
        async with Neighbours(Settings()) as neighbours:
            return await Returns(neighbours).resume_due()

    return work


async def test_a_withdrawal_is_answered_with_its_receipt_and_pays_back_what_was_paid(
    bought, withdraw, shop, as_anna, street
):
    receipt = await withdraw(bought, reason="Doch lieber Wasser")

    assert receipt.status_code == 201
    assert (receipt.json["order_number"], receipt.json["reason"]) == (bought["number"], "Doch lieber Wasser")
    assert receipt.json["refund"] == bought["total"]
    assert receipt.json["received_at"]
    after = (await shop.get(f"/orders/{bought['id']}", headers=as_anna)).json
    assert after["state"] == "RETURNED"
    assert after["can"] == {"pay": False, "cancel": False, "withdraw": False}
    assert [(each["state"], each["refund"]) for each in after["returns"]] == [("DONE", bought["total"])]
    assert street.payments[bought["id"]]["state"] == "REFUNDED"
    assert street.stock["HELLES"] == 100


async def test_the_same_withdrawal_is_received_once(bought, withdraw, street):
    first = await withdraw(bought, (HELLES, 2))
    again = await withdraw(bought, (HELLES, 2))

    assert first.json == again.json
    assert street.stock["HELLES"] == 96
    assert len(street.refunds[bought["id"]]) == 1


async def test_another_withdrawal_under_the_same_key_is_refused(bought, withdraw):
    await withdraw(bought, (HELLES, 2))

    refused = await withdraw(bought, (HELLES, 3))

    assert (refused.status_code, refused.json["code"]) == (422, "idempotency-key-reused")


async def test_parts_come_back_one_after_the_other(bought, withdraw, shop, as_anna, street):
    await withdraw(bought, (HELLES, 2))
    part = (await shop.get(f"/orders/{bought['id']}", headers=as_anna)).json
    await withdraw(bought, key="withdrawal-2")
    whole = (await shop.get(f"/orders/{bought['id']}", headers=as_anna)).json

    assert (part["state"], part["can"]) == ("CONFIRMED", {"pay": False, "cancel": False, "withdraw": True})
    assert (whole["state"], len(whole["returns"])) == ("RETURNED", 2)
    assert street.payments[bought["id"]]["refunded_minor"] == street.payments[bought["id"]]["captured_minor"]


async def test_what_has_begun_to_come_back_is_not_cancelled_as_a_whole(bought, withdraw, shop, as_anna):
    await withdraw(bought, (HELLES, 2))

    refused = await shop.post(f"/orders/{bought['id']}/cancel", headers=as_anna)

    assert (refused.status_code, refused.json["code"]) == (409, "order-not-cancellable")


async def test_more_than_was_sold_is_refused_by_its_field(bought, withdraw):
    refused = await withdraw(bought, (HELLES, 7))

    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.json["errors"]] == ["body.lines.0.quantity"]


async def test_nobody_withdraws_from_the_order_of_somebody_else(bought, withdraw, token):
    boris = {"Authorization": f"Bearer {token('customer', subject=BORIS)}"}

    refused = [await withdraw(bought, headers=headers) for headers in ({}, boris)]

    assert [each.status_code for each in refused] == [404, 404]
    assert db.execute_sql("SELECT count(*) FROM returns").fetchone() == (0,)


async def test_a_guest_withdraws_with_the_key_of_the_order(buy, withdraw, street):
    street.fill(sha256(b"guest").hexdigest(), (HELLES, 6))
    bought = (await buy(headers={"Cookie": "prost_cart=guest"})).json

    wrong = await withdraw(bought, headers={}, query="?key=wrong")
    right = await withdraw(bought, headers={}, query=f"?key={bought['guest_key']}")

    assert (wrong.status_code, right.status_code) == (404, 201)


@pytest.mark.parametrize("path", ["payments/refund", "inventory/restock"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_the_receipt_does_not_wait_for_who_is_away_and_the_worker_goes_on(  # noqa: PLR0917 - fixtures
    bought, withdraw, resume, shop, as_anna, street, path, when
):
    street.fail(path, when)
    receipt = await withdraw(bought)
    waiting = (await shop.get(f"/orders/{bought['id']}", headers=as_anna)).json
    street.faults.clear()

    resumed = await resume()

    assert (receipt.status_code, waiting["returns"][0]["state"], resumed) == (201, "OPEN", 1)
    after = (await shop.get(f"/orders/{bought['id']}", headers=as_anna)).json
    assert (after["state"], after["returns"][0]["state"]) == ("RETURNED", "DONE")
    assert list(street.refunds[bought["id"]].values()) == [street.payments[bought["id"]]["captured_minor"]]
    assert street.stock["HELLES"] == 100
    assert await resume() == 0


async def test_a_withdrawal_and_its_correction_can_be_printed(bought, withdraw, shop, as_anna):
    await withdraw(bought, (HELLES, 2))
    order = (await shop.get(f"/orders/{bought['id']}", headers=as_anna)).json
    number = order["returns"][0]["credit_note"]

    printed = await shop.get(f"/orders/{bought['id']}/corrections/{number}", headers=as_anna)

    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.content.startswith(b"%PDF-")


async def test_a_withdrawal_says_what_it_takes(bought, withdraw, shop, as_anna):
    without_key = await shop.post(f"/orders/{bought['id']}/withdraw", json={}, headers=as_anna)
    nonsense = await withdraw(bought, (HELLES, 0), reason="")

    assert (without_key.status_code, without_key.json["errors"][0]["field"]) == (
        400,
        "header.Idempotency-Key",
    )
    assert sorted(fault["field"] for fault in nonsense.json["errors"]) == [
        "body.lines.0.quantity",
        "body.reason",
    ]
