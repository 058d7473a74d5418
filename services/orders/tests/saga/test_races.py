"""Everything at once: the same request many times, cancelling against confirming, and several who recover."""

import asyncio
from uuid import UUID

import pytest

from prost.db import database as db
from prost.db import uuid7
from prost.events import Outbox
from prost.testing.servers import wait_until
from prost_orders.use_cases import placing, sagas
from prost_orders.use_cases.invariants import invariants
from prost_orders.worker import create_runner

ANNA = "01990000-0000-7000-8000-00000000000a"
HELLES = UUID("01990000-0000-7000-8000-000000000001")


def facts():
    return [event.type.split(".")[1] for event in Outbox.pending()]


def count(table):
    return db.execute_sql(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - a test's own name.


async def test_the_same_request_ten_times_at_once_is_one_order(street, buy):
    answers = await asyncio.gather(*(buy() for _ in range(10)))
    later = await buy()

    told = {answer.status_code: answer for answer in answers}
    assert set(told) <= {201, 409}
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} <= {"request-in-flight"}
    assert later.content == told[201].content
    assert (count("orders"), len(street.payments), street.stock["HELLES"]) == (1, 1, 94)


async def test_a_key_with_another_request_is_refused(street, buy, states):
    await buy()
    street.fill(ANNA, (HELLES, 1))

    refused = await buy(shipping_method="express")
    empty = await buy(shipping_method="express", email="other@example.org")

    assert [each.json["code"] for each in (refused, empty)] == ["idempotency-key-reused"] * 2
    assert [each.status_code for each in (refused, empty)] == [422, 422]
    assert len(states()) == 1


async def test_the_keys_of_two_customers_are_two_keys(street, buy, token, states):
    boris = "01990000-0000-7000-8000-00000000000b"
    street.fill(boris, (HELLES, 1))

    mine = await buy()
    theirs = await buy(headers={"Authorization": f"Bearer {token('customer', subject=boris)}"})

    assert mine.json["id"] != theirs.json["id"]
    assert len(states()) == 2


async def test_a_key_is_forgotten_after_a_day(street, buy, states):
    first = await buy()
    db.execute_sql("UPDATE order_requests SET created_at = created_at - interval '25 hours'")
    street.fill(ANNA, (HELLES, 1))

    second = await buy(shipping_method="express")
    forgotten = placing.forget_requests()

    assert first.json["id"] != second.json["id"]
    assert (len(states()), forgotten, count("order_requests")) == (2, 0, 1)


async def test_an_order_without_a_key_is_refused(shop, as_anna):
    refused = await shop.post("/orders", json={}, headers=as_anna)

    assert [problem["field"] for problem in refused.json["errors"]] == ["header.Idempotency-Key"]


async def test_a_client_that_hangs_up_gets_its_order(street, buy, states, steps):
    with street.held_up("inventory/reserve") as come:
        waiting = asyncio.create_task(buy())
        await asyncio.to_thread(come.wait, 20)
        waiting.cancel()
        await asyncio.wait([waiting])

    await asyncio.to_thread(wait_until, lambda: steps() == ["DONE"])
    again = await buy()

    assert states() == [("CONFIRMED", "CAPTURED")]
    assert (again.status_code, again.json["state"]) == (201, "CONFIRMED")


@pytest.mark.parametrize(
    "path", ["inventory/reserve", "payments/charge", "inventory/deduct", "payments/capture"]
)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_cancellation_goes_before_what_is_under_way(
    street, shop, buy, as_anna, states, *, steps, path, when
):
    with street.held_up(path, when) as come:
        buying = asyncio.create_task(buy())
        await asyncio.to_thread(come.wait, 20)
        ((order, *_),) = db.execute_sql("SELECT id FROM orders").fetchall()
        cancelled = await shop.post(f"/orders/{order}/cancel", headers=as_anna)
    told = await buying

    assert (cancelled.status_code, cancelled.json["state"]) == (200, "CANCELLED")
    assert (told.status_code, told.json["state"]) == (201, "CANCELLED")
    assert states()[0][0] == "CANCELLED"
    assert steps() == ["DONE"]
    assert street.stock["HELLES"] == 100
    assert all(each["captured_minor"] == each["refunded_minor"] for each in street.payments.values())
    assert facts() == ["order-placed", "order-cancelled"]
    assert invariants() == []


async def test_a_confirmed_order_is_cancelled_with_a_refund(street, shop, buy, as_anna, states):
    order = (await buy()).json["id"]

    cancelled = await shop.post(f"/orders/{order}/cancel", headers=as_anna)
    again = await shop.post(f"/orders/{order}/cancel", headers=as_anna)

    assert (cancelled.json["state"], cancelled.json["payment"]["state"]) == ("CANCELLED", "REFUNDED")
    assert again.status_code == 200
    assert cancelled.json["can"]["cancel"] is False
    assert street.stock["HELLES"] == 100
    assert street.calls["payments/refund"] == 1
    assert facts() == ["order-placed", "order-confirmed", "order-cancelled"]
    assert states() == [("CANCELLED", "REFUNDED")]


async def test_what_is_over_cannot_be_cancelled(shop, buy, as_anna, recover):
    order = (await buy(payment_method="pm_card_threeDSecureRequired")).json["id"]
    await recover(later=900)

    refused = await shop.post(f"/orders/{order}/cancel", headers=as_anna)

    assert (refused.status_code, refused.json["code"]) == (409, "order-not-cancellable")


async def test_a_cancellation_while_payments_is_away_is_finished_later(
    street, shop, buy, as_anna, recover, *, states
):
    order = (await buy()).json["id"]
    street.fail("payments/refund")
    cancelled = await shop.post(f"/orders/{order}/cancel", headers=as_anna)
    waiting = invariants()

    street.faults.clear()
    await recover()

    assert (cancelled.status_code, cancelled.json["payment"]["state"]) == (200, "CAPTURED")
    assert waiting == []
    assert states() == [("CANCELLED", "REFUNDED")]


async def test_several_who_recover_at_once_take_an_order_once(street, buy, clock_of_sagas, states):
    street.fail("inventory/reserve")
    for number in range(3):
        street.fill(ANNA, (HELLES, 1))
        await buy(f"key-{number}")
    street.faults.clear()
    street.calls.clear()
    clock_of_sagas(60)

    async with create_runner() as first, create_runner() as second:
        taken = await asyncio.gather(*(runner.resume_due() for runner in (first, second, first, second)))

    assert sum(taken) == 3
    assert street.calls["payments/charge"] == 3
    assert states() == [("CONFIRMED", "CAPTURED")] * 3


async def test_a_process_that_died_is_followed_by_another(street, buy, recover, states, monkeypatch):
    async def dies(_self, work):
        return work

    with monkeypatch.context() as dying:
        dying.setattr("prost_orders.saga.runner.SagaRunner.run", dies)
        told = await buy()
    untouched = await recover(later=10)

    taken = await recover(later=30)

    assert (told.status_code, told.json["state"]) == (202, "PLACED")
    assert (untouched, taken) == (0, 1)
    assert states() == [("CONFIRMED", "CAPTURED")]


async def test_whoever_lost_an_order_writes_nothing_to_it(buy, states, monkeypatch):
    async def dies(_self, work):
        return work

    monkeypatch.setattr("prost_orders.saga.runner.SagaRunner.run", dies)
    order = UUID((await buy()).json["id"])
    ((holder,),) = db.execute_sql("SELECT holder FROM order_sagas").fetchall()
    work = sagas.read_work(order, holder)
    db.execute_sql("UPDATE order_sagas SET holder = %s", (uuid7(),))
    move = sagas.Move(sagas.OrderState.CONFIRMED, sagas.PaymentState.CAPTURED, sagas.SagaStep.DONE)

    moved = sagas.move_order(work, [work.order.state], move, None, work.order.placed_at)

    assert moved is False
    assert states() == [("PLACED", "NONE")]


async def test_a_number_that_is_taken_is_drawn_again(street, buy, states, monkeypatch):
    numbers = iter(["P-AAAA-AAAA-AA", "P-AAAA-AAAA-AA", "P-BBBB-BBBB-BB"])
    for module in ("use_cases.placing", "saga.checkout"):
        monkeypatch.setattr(f"prost_orders.{module}.new_number", lambda: next(numbers))
    first = await buy("key-1")
    street.fill(ANNA, (HELLES, 1))

    second = await buy("key-2")

    assert [each.json["number"] for each in (first, second)] == ["P-AAAA-AAAA-AA", "P-BBBB-BBBB-BB"]
