"""A failed payment: the order and what is held for it wait for another one, for as long as there is time."""

import asyncio
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from prost.db import database as db
from prost.db import uuid7
from prost.events import Outbox
from prost_orders.use_cases import sagas
from prost_orders.use_cases.invariants import invariants

BORIS = "01990000-0000-7000-8000-00000000000b"
HELLES = UUID("01990000-0000-7000-8000-000000000001")
COOKIE = "c" * 22
AS_GUEST = {"Cookie": f"prost_cart={COOKIE}"}
DECLINED = "pm_card_chargeDeclined"
SECURE = "pm_card_threeDSecureRequired"
FORWARD = ["inventory/reserve", "payments/charge", "inventory/deduct", "payments/capture"]


def facts():
    return [event.type.split(".")[1] for event in Outbox.pending()]


def events(order):
    return [entry["event"] for entry in order["timeline"]]


@pytest.fixture
def declined(buy):
    """Return a coroutine function that orders by a card that is declined, and gives the order."""

    async def order(**changes):
        return (await buy(payment_method=DECLINED, **changes)).json

    return order


async def test_an_order_whose_payment_has_failed_keeps_its_goods(street, buy, states, steps):
    told = await buy(payment_method=DECLINED)

    assert (told.status_code, told.json["state"]) == (201, "PAYMENT_FAILED")
    assert told.json["can"] == {"pay": True, "cancel": True, "withdraw": False}
    assert told.json["payment"]["state"] == "FAILED"
    placed_at, expires_at = told.json["placed_at"], told.json["payment"]["expires_at"]
    held_for = datetime.fromisoformat(expires_at) - datetime.fromisoformat(placed_at)
    assert held_for == timedelta(minutes=15)
    assert told.json["timeline"][-1]["detail"] == "card_declined"
    assert (states(), steps()) == ([("PAYMENT_FAILED", "FAILED")], ["PAY"])
    assert street.stock["HELLES"] == 94
    assert len(street.carts) == 1
    assert facts() == ["order-placed"]
    assert invariants() == []


async def test_another_card_confirms_the_same_order(street, declined, pay_again, *, states, steps, recover):
    failed = await declined()

    told = await pay_again(failed["id"])
    await recover()

    assert (told.status_code, told.json["state"]) == (201, "CONFIRMED")
    assert [told.json[name] for name in ("id", "number")] == [failed[name] for name in ("id", "number")]
    assert told.json["payment"] == {
        "state": "CAPTURED",
        "method": "pm_card_visa",
        "redirect_url": None,
        "expires_at": None,
    }
    assert events(told.json) == [
        "placed",
        "reserved",
        "payment-failed",
        "payment-retried",
        "payment-authorized",
        "payment-captured",
        "confirmed",
    ]
    assert street.attempts == {failed["id"]: [(1, DECLINED), (2, "pm_card_visa")]}
    assert (states(), steps()) == ([("CONFIRMED", "CAPTURED")], ["DONE"])
    assert (street.stock["HELLES"], street.carts) == (94, {})
    assert facts() == ["order-placed", "order-confirmed"]
    assert invariants() == []


async def test_a_card_that_was_topped_up_is_charged_again(street, declined, pay_again):
    order = (await declined())["id"]
    street.methods[DECLINED] = {"state": "AUTHORIZED"}

    told = await pay_again(order, DECLINED)

    assert told.json["state"] == "CONFIRMED"
    assert street.attempts == {order: [(1, DECLINED), (2, DECLINED)]}


async def test_a_payment_may_fail_more_than_once(street, declined, pay_again):
    order = (await declined())["id"]

    second = await pay_again(order, DECLINED)
    third = await pay_again(order, key="again-2")

    assert (second.status_code, second.json["state"]) == (201, "PAYMENT_FAILED")
    assert events(second.json)[-3:] == ["payment-failed", "payment-retried", "payment-failed"]
    assert third.json["state"] == "CONFIRMED"
    assert [attempt for attempt, _ in street.attempts[order]] == [1, 2, 3]


async def test_a_way_to_pay_that_does_not_exist_is_a_failed_payment(declined, buy, pay_again, street):
    failed = (await buy(payment_method="pm_nonsense")).json

    told = await pay_again(failed["id"])

    assert (failed["state"], failed["timeline"][-1]["detail"]) == ("PAYMENT_FAILED", "payment-method-refused")
    assert told.json["state"] == "CONFIRMED"


async def test_a_bank_that_asks_back_is_waited_for(street, declined, pay_again, recover, states):
    order = (await declined())["id"]

    told = await pay_again(order, SECURE)
    street.settle(order, "AUTHORIZED")
    await recover(later=20)

    assert (told.status_code, told.json["state"]) == (202, "AWAITING_PAYMENT")
    assert told.json["payment"]["redirect_url"] is not None
    assert states() == [("CONFIRMED", "CAPTURED")]


async def test_what_is_not_paid_in_time_goes_back(
    street, declined, pay_again, recover, *, states, steps, clock_of_sagas
):
    order = (await declined())["id"]
    await recover(later=899)
    waiting = states()

    late = await recover(later=1)
    refused = await pay_again(order)

    assert (waiting, late) == ([("PAYMENT_FAILED", "FAILED")], 1)
    assert (states(), steps()) == ([("EXPIRED", "FAILED")], ["DONE"])
    assert street.stock["HELLES"] == 100
    assert street.payments[order]["state"] == "VOIDED"
    assert (refused.status_code, refused.json["code"]) == (409, "order-not-payable")
    assert refused.json["state"] == "EXPIRED"
    assert facts() == ["order-placed", "order-cancelled"]
    assert invariants() == []


async def test_the_time_that_an_order_has_is_not_begun_anew(declined, pay_again, recover, states):
    order = (await declined())["id"]
    await recover(later=600)
    await pay_again(order, DECLINED)

    await recover(later=300)

    assert states() == [("EXPIRED", "FAILED")]


async def test_nothing_is_paid_when_the_time_is_over_though_nobody_has_noticed(
    street, declined, pay_again, clock_of_sagas
):
    order = (await declined())["id"]
    clock_of_sagas(900)

    refused = await pay_again(order)

    assert refused.json["code"] == "order-not-payable"
    assert len(street.attempts[order]) == 1


async def test_a_failed_payment_of_goods_that_are_not_held_any_more_is_the_end(street, buy, recover, states):
    order = (await buy(payment_method="pm_unknown")).json["id"]
    street.expire(order)
    street.settle(order, "FAILED", failure_code="card_declined")

    await recover()

    assert states() == [("EXPIRED", "FAILED")]
    assert facts() == ["order-placed", "order-cancelled"]


async def test_a_request_that_comes_again_is_answered_as_it_was(street, declined, pay_again, states):
    order = (await declined())["id"]

    first = await pay_again(order, DECLINED)
    again = await pay_again(order, DECLINED)
    other = await pay_again(order, "pm_card_visa")

    assert (again.status_code, again.content) == (201, first.content)
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    assert len(street.attempts[order]) == 2
    assert states() == [("PAYMENT_FAILED", "FAILED")]


async def test_the_answer_to_the_order_stays_what_it_was(street, buy, pay_again):
    first = await buy(payment_method=DECLINED)
    await pay_again(first.json["id"])

    again = await buy(payment_method=DECLINED)

    assert again.content == first.content


async def test_the_same_request_ten_times_at_once_is_one_attempt(street, declined, pay_again):
    order = (await declined())["id"]

    answers = await asyncio.gather(*(pay_again(order) for _ in range(10)))
    later = await pay_again(order)

    refused = {answer.json["code"] for answer in answers if answer.status_code == 409}
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert refused <= {"request-in-flight"}
    assert (later.status_code, later.json["state"]) == (201, "CONFIRMED")
    assert street.calls["payments/capture"] == 1
    assert len(street.attempts[order]) == 2


async def test_of_ten_requests_at_once_one_pays(street, declined, pay_again):
    order = (await declined())["id"]

    answers = await asyncio.gather(*(pay_again(order, key=f"key-{number}") for number in range(10)))

    told = [answer.json.get("code", answer.json.get("state")) for answer in answers]
    assert sorted(told) == ["CONFIRMED", *["order-not-payable"] * 9]
    assert street.calls["payments/charge"] == 2


async def test_who_goes_through_cards_is_stopped(street, declined, pay_again):
    order = (await declined())["id"]
    tries = [await pay_again(order, DECLINED, key=f"key-{number}") for number in range(10)]

    assert [answer.status_code for answer in tries] == [201] * 9 + [409]
    assert tries[8].json["can"]["pay"] is False
    assert tries[9].json["code"] == "order-not-payable"
    assert len(street.attempts[order]) == 10


@pytest.mark.parametrize("method", ["pm_card_visa", SECURE])
async def test_what_has_not_failed_is_not_paid_again(street, buy, pay_again, states, method):
    order = (await buy(payment_method=method)).json
    before = states()

    refused = await pay_again(order["id"])

    assert (refused.status_code, refused.json["code"]) == (409, "order-not-payable")
    assert (order["can"]["pay"], states()) == (False, before)
    assert street.calls["payments/charge"] == 1


async def test_only_whose_it_is_pays_it(street, shop, declined, pay_again, token):
    order = (await declined())["id"]
    boris = {"Authorization": f"Bearer {token('customer', subject=BORIS)}"}

    refused = [await pay_again(order, headers=headers) for headers in (boris, {}, AS_GUEST)]
    missing = await pay_again(uuid7())

    assert [answer.status_code for answer in (*refused, missing)] == [404] * 4
    assert len(street.attempts[order]) == 1


async def test_a_guest_pays_with_the_cookie_or_with_the_key_of_the_order(street, declined, pay_again):
    street.fill(sha256(COOKIE.encode()).hexdigest(), (HELLES, 2))
    order = await declined(headers=AS_GUEST)

    by_cookie = await pay_again(order["id"], DECLINED, headers=AS_GUEST)
    by_key = await pay_again(order["id"], key="again-2", headers={}, query=f"?key={order['guest_key']}")

    assert by_cookie.json["state"] == "PAYMENT_FAILED"
    assert "guest_key" not in by_cookie.json
    assert by_key.json["state"] == "CONFIRMED"
    assert street.carts.keys() == {"01990000-0000-7000-8000-00000000000a"}


@pytest.mark.parametrize(
    ("body", "headers", "field"),
    [
        ({"payment_method": "pm_card_visa"}, {}, "header.Idempotency-Key"),
        ({}, {"Idempotency-Key": "k"}, "body.payment_method"),
        ({"payment_method": "4111 1111 1111 1111"}, {"Idempotency-Key": "k"}, "body.payment_method"),
        ({"payment_method": "pm", "total": 1}, {"Idempotency-Key": "k"}, "body.total"),
    ],
)
async def test_what_is_wrong_is_named(shop, declined, as_anna, *, body, headers, field):
    order = (await declined())["id"]

    refused = await shop.post(f"/orders/{order}/payment", json=body, headers={**as_anna, **headers})

    assert refused.status_code in {400, 422}
    assert [problem["field"] for problem in refused.json["errors"]] == [field]


async def test_a_failed_order_that_is_cancelled_lets_go_at_once(street, shop, declined, as_anna, steps):
    order = (await declined())["id"]

    cancelled = await shop.post(f"/orders/{order}/cancel", headers=as_anna)

    assert (cancelled.json["state"], steps()) == ("CANCELLED", ["DONE"])
    assert street.stock["HELLES"] == 100
    assert street.payments[order]["state"] == "VOIDED"
    assert facts() == ["order-placed", "order-cancelled"]
    assert invariants() == []


@pytest.mark.parametrize("path", FORWARD)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_cancellation_goes_before_another_attempt(
    street, shop, declined, pay_again, as_anna, *, states, steps, path, when
):
    order = (await declined())["id"]
    with street.held_up(path, when) as come:
        paying = asyncio.create_task(pay_again(order))
        await asyncio.to_thread(come.wait, 20)
        cancelled = await shop.post(f"/orders/{order}/cancel", headers=as_anna)
    told = await paying

    assert (cancelled.json["state"], told.json["state"]) == ("CANCELLED", "CANCELLED")
    assert (states()[0][0], steps()) == ("CANCELLED", ["DONE"])
    assert street.stock["HELLES"] == 100
    assert all(each["captured_minor"] == each["refunded_minor"] for each in street.payments.values())
    assert facts() == ["order-placed", "order-cancelled"]
    assert invariants() == []


@pytest.mark.parametrize("path", FORWARD)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_attempt_that_stands_still_goes_on_as_the_same_one(
    street, declined, pay_again, recover, *, states, steps, path, when
):
    order = (await declined())["id"]
    street.fail(path, when)
    told = await pay_again(order)

    street.faults.clear()
    await recover()

    assert (told.status_code, told.json["state"]) == (202, "RESERVED")
    assert (states(), steps()) == ([("CONFIRMED", "CAPTURED")], ["DONE"])
    assert [attempt for attempt, _ in street.attempts[order]] == [1, 2]
    assert street.stock["HELLES"] == 94
    assert facts() == ["order-placed", "order-confirmed"]
    assert invariants() == []


async def test_a_process_that_dies_with_an_attempt_is_followed_by_another(
    street, declined, pay_again, recover, *, states, monkeypatch
):
    async def dies(_self, work):
        return work

    order = (await declined())["id"]
    with monkeypatch.context() as dying:
        dying.setattr("prost_orders.saga.runner.SagaRunner.run", dies)
        told = await pay_again(order)
    untouched = await recover(later=10)

    taken = await recover(later=30)

    assert (told.status_code, told.json["state"]) == (202, "RESERVED")
    assert (untouched, taken) == (0, 1)
    assert street.attempts[order][-1] == (2, "pm_card_visa")
    assert states() == [("CONFIRMED", "CAPTURED")]


async def test_a_worker_that_only_looks_is_in_nobodys_way(declined, pay_again, clock_of_sagas, states):
    order, worker = UUID((await declined())["id"]), uuid7()
    db.execute_sql("UPDATE order_sagas SET due_at = now()")
    sagas.lease_due(worker, 1)
    looking = sagas.read_work(order, worker)

    told = await pay_again(order, SECURE)
    sagas.wait_on(looking, timedelta(hours=1))

    assert told.json["state"] == "AWAITING_PAYMENT"
    assert db.execute_sql("SELECT due_at < now() + interval '1 min' FROM order_sagas").fetchone() == (True,)


async def test_an_order_that_is_not_paid_within_half_an_hour_is_a_violation(declined):
    order = UUID((await declined())["id"])

    db.execute_sql("UPDATE orders SET placed_at = placed_at - interval '31 min'")

    assert invariants() == [
        {"invariant": "orders-are-decided-in-time", "order_id": order, "found": "PAYMENT_FAILED"}
    ]
