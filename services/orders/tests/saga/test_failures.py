"""Whatever a neighbour does, and wherever a saga stops, an order ends in one way and nothing is left over."""

import pytest

from prost.db import database as db
from prost.events import Outbox
from prost_orders.use_cases.invariants import invariants

FORWARD = ["inventory/reserve", "payments/charge", "inventory/deduct", "payments/capture"]
BACKWARD = ["inventory/release", "payments/void"]


def facts():
    return [event.type.split(".")[1] for event in Outbox.pending()]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("path", FORWARD)
async def test_a_call_that_fails_is_made_again_later(street, buy, recover, *, states, steps, path, when):
    street.fail(path, when)
    told = await buy()
    before = states()

    street.faults.clear()
    await recover()

    assert (told.status_code, told.json["state"]) == (202, before[0][0])
    assert before[0][0] in {"PLACED", "RESERVED"}
    assert states() == [("CONFIRMED", "CAPTURED")]
    assert steps() == ["DONE"]
    assert street.stock["HELLES"] == 94
    assert street.carts == {}
    assert facts() == ["order-placed", "order-confirmed"]
    assert invariants() == []


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_cart_that_cannot_be_cleared_is_cleared_later(street, buy, recover, *, states, steps, when):
    street.fail("carts/checked-out", when)
    told = await buy()
    waiting = steps()

    street.faults.clear()
    await recover()

    assert (told.status_code, told.json["state"]) == (201, "CONFIRMED")
    assert waiting == ["CLEAR_CART"]
    assert steps() == ["DONE"]
    assert street.carts == {}
    assert states() == [("CONFIRMED", "CAPTURED")]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("path", BACKWARD)
async def test_what_cannot_be_undone_now_is_undone_later(street, buy, recover, *, states, steps, path, when):
    street.fail(path, when)
    await buy(payment_method="pm_card_chargeDeclined")
    await recover(later=900)
    waiting = states(), steps()

    street.faults.clear()
    await recover()

    assert waiting == ([("EXPIRED", "FAILED")], ["COMPENSATE"])
    assert (states(), steps()) == ([("EXPIRED", "FAILED")], ["DONE"])
    assert street.stock["HELLES"] == 100
    assert facts() == ["order-placed", "order-cancelled"]


async def test_what_is_short_is_told_and_nothing_is_charged(street, buy, steps):
    street.stock["HELLES"] = 5

    told = await buy()

    assert (told.status_code, told.json["state"]) == (201, "REJECTED")
    assert told.json["shortages"] == [{"sku": "HELLES", "requested": 6, "available": 5}]
    assert street.payments == {}
    assert steps() == ["DONE"]
    assert facts() == ["order-placed", "order-rejected"]


@pytest.mark.parametrize(
    ("method", "payment"), [("pm_card_threeDSecureRequired", "ACTION_REQUIRED"), ("pm_unknown", "UNKNOWN")]
)
async def test_an_order_waits_for_its_payment(street, buy, recover, *, states, method, payment):
    told = await buy(payment_method=method)
    order = told.json["id"]
    await recover(later=20)
    still, changes = states(), db.execute_sql("SELECT version FROM orders").fetchone()

    street.settle(order, "AUTHORIZED")
    await recover(later=20)

    assert (told.status_code, told.json["state"]) == (202, "AWAITING_PAYMENT")
    assert told.json["payment"]["state"] == payment
    assert (told.json["payment"]["redirect_url"] is None) is (payment == "UNKNOWN")
    assert (still, changes) == ([("AWAITING_PAYMENT", payment)], (2,))
    assert states() == [("CONFIRMED", "CAPTURED")]


async def test_an_order_that_is_not_paid_in_time_expires(street, buy, recover, states, steps):
    order = (await buy(payment_method="pm_card_threeDSecureRequired")).json["id"]

    await recover(later=900)

    assert states() == [("EXPIRED", "VOIDED")]
    assert steps() == ["DONE"]
    assert street.stock["HELLES"] == 100
    assert street.payments[order]["state"] == "VOIDED"
    assert facts() == ["order-placed", "order-cancelled"]


async def test_a_late_authorization_takes_the_goods_if_they_are_still_there(street, buy, recover, states):
    order = (await buy(payment_method="pm_unknown")).json["id"]
    street.expire(order)
    street.settle(order, "AUTHORIZED")

    await recover(later=900)

    assert states() == [("CONFIRMED", "CAPTURED")]
    assert street.stock["HELLES"] == 94


async def test_a_late_authorization_is_let_go_if_the_goods_are_gone(street, buy, recover, states, steps):
    order = (await buy(payment_method="pm_unknown")).json["id"]
    street.expire(order)
    street.stock["HELLES"] = 5
    street.settle(order, "AUTHORIZED")

    await recover(later=900)

    assert states() == [("CANCELLED", "VOIDED")]
    assert steps() == ["DONE"]
    assert street.stock["HELLES"] == 5


async def test_what_was_captured_for_goods_that_are_gone_is_refunded(street, buy, recover, states):
    order = (await buy(payment_method="pm_unknown")).json["id"]
    street.expire(order)
    street.stock["HELLES"] = 5
    total = street.payments[order]["amount_minor"]
    street.settle(order, "CAPTURED", captured_minor=total)

    await recover(later=900)

    assert states() == [("CANCELLED", "REFUNDED")]
    assert street.payments[order]["refunded_minor"] == total
    assert invariants() == []


async def test_a_payment_that_is_voided_behind_our_back_ends_the_order(street, buy, recover, states):
    order = (await buy(payment_method="pm_unknown")).json["id"]
    street.settle(order, "VOIDED")

    await recover()

    assert states() == [("CANCELLED", "VOIDED")]
    assert street.stock["HELLES"] == 100


async def test_a_payment_that_is_lost_at_its_capture_brings_the_goods_back(street, buy, recover, states):
    street.fail("payments/capture")
    order = (await buy()).json["id"]
    street.faults.clear()
    street.settle(order, "VOIDED")

    await recover()

    assert states() == [("CANCELLED", "VOIDED")]
    assert street.stock["HELLES"] == 100
    assert street.calls["inventory/restock"] == 1


async def test_a_neighbour_that_does_not_answer_holds_nobody_up(street, buy, recover, states, monkeypatch):
    monkeypatch.setattr("prost_orders.saga.neighbours._STOCK", 0.2)
    with street.held_up("inventory/deduct", "after"):
        told = await buy()

    await recover()

    assert (told.status_code, told.json["state"]) == (202, "RESERVED")
    assert states() == [("CONFIRMED", "CAPTURED")]
    assert street.stock["HELLES"] == 94


async def test_whoever_waited_too_long_is_told_that_it_is_coming(street, buy, states, monkeypatch):
    monkeypatch.setattr("prost_orders.saga.checkout.PATIENCE", 0.1)
    with street.held_up("payments/charge"):
        told = await buy()

    again = await buy()

    assert told.status_code == 202
    assert again.content == told.content


async def test_a_defect_leaves_the_order_for_later(street, buy, recover, states, monkeypatch):
    def broken(*_arguments):
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("prost_orders.saga.steps.new_entries", broken)
        told = await buy()

    await recover()

    assert (told.status_code, states()) == (202, [("CONFIRMED", "CAPTURED")])
