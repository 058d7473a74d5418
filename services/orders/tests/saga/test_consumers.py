"""What orders hears, each event delivered twice."""

from typing import ClassVar
from uuid import UUID

import pytest

from prost.db import database as db
from prost.db import uuid7
from prost.events import Event
from prost.spec import ServiceSpec
from prost_orders.consumers import HANDLERS
from prost_orders.use_cases.hearing import forget_people
from prost_orders.use_cases.invariants import invariants

ANNA = "01990000-0000-7000-8000-00000000000a"


class _OfPayment(Event):
    payment_id: UUID
    order_id: UUID
    amount_minor: int = 0
    currency: str = "EUR"
    failure_code: str | None = None
    refund_id: UUID | None = None

    def aggregate_id(self):
        return self.payment_id


def news(kind, order, **more):
    """Make an event as payments publishes it."""

    class News(_OfPayment):
        type: ClassVar[str] = f"payments.payment-{kind}.v1"

    return News(payment_id=uuid7(), order_id=order, **more)


class AccountDeleted(Event):
    """As auth publishes it."""

    type: ClassVar[str] = "auth.account-deleted.v1"
    account_id: UUID

    def aggregate_id(self):
        return self.account_id


def is_due():
    return db.execute_sql("SELECT due_at <= now() FROM order_sagas").fetchone()[0]


def test_every_event_that_is_declared_has_its_handler(service_home):
    assert set(HANDLERS) == set(ServiceSpec.load(service_home).events.consumes)


@pytest.mark.parametrize("kind", ["authorized", "captured", "failed", "voided"])
async def test_news_of_a_payment_wake_the_order_that_waits_for_it(buy, bus, kind):
    order = (await buy(payment_method="pm_unknown")).json["id"]
    before = is_due()

    bus.deliver(HANDLERS, news(kind, UUID(order)))

    assert (before, is_due()) == (False, True)


async def test_news_in_any_order_change_nothing_that_payments_does_not_say(street, buy, bus, recover, states):
    order = (await buy(payment_method="pm_unknown")).json["id"]
    for kind in ("captured", "failed", "authorized"):
        bus.deliver(HANDLERS, news(kind, UUID(order)))

    await recover(later=0)
    still = states()
    street.settle(order, "FAILED", failure_code="card_declined")
    bus.deliver(HANDLERS, news("failed", UUID(order)))
    await recover(later=0)

    bus.deliver(HANDLERS, news("failed", UUID(order)))
    await recover(later=0)

    assert still == [("AWAITING_PAYMENT", "UNKNOWN")]
    assert states() == [("PAYMENT_FAILED", "FAILED")]
    assert street.stock["HELLES"] == 94
    assert invariants() == []


async def test_a_payment_that_comes_after_the_end_is_given_back(street, buy, bus, recover, states):
    order = (await buy(payment_method="pm_unknown")).json["id"]
    await recover(later=900)
    ended = states()
    total = street.payments[order]["amount_minor"]
    street.settle(order, "CAPTURED", captured_minor=total)

    bus.deliver(HANDLERS, news("captured", UUID(order)))
    await recover(later=0)

    assert ended == [("EXPIRED", "VOIDED")]
    assert states() == [("EXPIRED", "REFUNDED")]
    assert street.payments[order]["refunded_minor"] == total
    assert invariants() == []


async def test_news_of_a_confirmed_order_are_none(buy, bus, recover, states, street):
    order = (await buy()).json["id"]
    street.calls.clear()

    bus.deliver(HANDLERS, news("captured", UUID(order)))
    bus.deliver(HANDLERS, news("authorized", uuid7()))
    await recover(later=0)

    assert states() == [("CONFIRMED", "CAPTURED")]
    assert street.calls["payments/charge"] == 0


async def test_refunds_are_counted_once_each(buy, bus, states):
    bought = (await buy()).json
    order, total = UUID(bought["id"]), 1312

    bus.deliver(HANDLERS, news("refunded", order, refund_id=uuid7(), amount_minor=300))
    partly = states()
    bus.deliver(HANDLERS, news("refunded", order, refund_id=uuid7(), amount_minor=total - 300))
    bus.deliver(HANDLERS, news("refunded", uuid7(), refund_id=uuid7(), amount_minor=1))

    assert partly == [("CONFIRMED", "PARTIALLY_REFUNDED")]
    assert states() == [("CONFIRMED", "REFUNDED")]


async def test_an_account_that_goes_leaves_what_the_books_need(street, buy, bus, recover):
    await buy()
    street.fill(ANNA, (UUID("01990000-0000-7000-8000-000000000001"), 1))
    await buy("key-2", payment_method="pm_card_chargeDeclined")
    await buy("key-3", payment_method="pm_unknown")
    await recover(later=40)

    bus.deliver(HANDLERS, AccountDeleted(account_id=UUID(ANNA)))
    at_once = db.execute_sql(
        "SELECT state, customer_id, email, shipping_address ->> 'city' FROM orders ORDER BY id"
    ).fetchall()
    await recover(later=900)
    forget_people()
    later = db.execute_sql("SELECT customer_id, email, shipping_address FROM orders ORDER BY id").fetchall()

    assert at_once == [
        ("CONFIRMED", None, None, "München"),
        ("PAYMENT_FAILED", ANNA, "anna@example.org", "München"),
        ("AWAITING_PAYMENT", ANNA, "anna@example.org", "München"),
    ]
    assert later[1:] == [(None, None, None)] * 2
    assert db.execute_sql("SELECT count(*) FROM order_requests").fetchone() == (0,)
    assert invariants() == []
