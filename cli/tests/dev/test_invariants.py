"""What is told of events that got stuck, and of orders, stock and money that do not agree."""

from __future__ import annotations

from uuid import uuid4

import pytest

from prost.db import utcnow
from prost.events import Event, Outbox
from prost.spec import ServiceSpec
from prost_cli.dev import agreement, deliveries, invariants
from prost_cli.errors import CliError

ORDER = "01930000-0000-7000-8000-000000000001"
SOLD = {"id": ORDER, "state": "CONFIRMED", "total_minor": 1290}
TAKEN = {"order_id": ORDER, "state": "COMMITTED", "age": 5}
PAID = {"order_id": ORDER, "state": "CAPTURED", "captured_minor": 1290, "refunded_minor": 0, "age": 5}


class BottlePoured(Event):
    """A bottle was poured."""

    type = "bar.bottle-poured.v1"

    def aggregate_id(self):
        """Return any id."""
        return uuid4()


def told(orders=(SOLD,), inventory=(TAKEN,), payments=(PAID,), patience=0):
    facts = {"orders": orders, "inventory": inventory, "payments": payments}
    return [
        (each["invariant"], each["expected"], each["found"])
        for each in agreement.disagreements(facts, patience=patience)
    ]


def test_an_order_with_its_goods_and_its_money_is_as_it_should_be():
    assert told() == []


@pytest.mark.parametrize("inventory", [(), ({**TAKEN, "state": "HELD"},), ({**TAKEN, "state": "RELEASED"},)])
def test_a_confirmed_order_whose_goods_did_not_leave_is_told(inventory):
    assert told(inventory=inventory) == [("a-confirmed-order-has-one-committed-hold", 1, 0)]


@pytest.mark.parametrize(
    ("payments", "captured"),
    [
        ((), []),
        (({**PAID, "captured_minor": 0},), []),
        (({**PAID, "captured_minor": 1},), [1]),
        ((PAID, PAID), [1290, 1290]),
    ],
)
def test_a_confirmed_order_that_is_not_paid_once_and_in_full_is_told(payments, captured):
    assert told(payments=payments) == [("a-confirmed-order-has-one-capture", [1290], captured)]


def test_an_order_that_a_voucher_pays_for_needs_no_money():
    assert told(orders=({**SOLD, "total_minor": 0},), payments=()) == []


@pytest.mark.parametrize("state", ["PLACED", "CANCELLED", "EXPIRED", "REJECTED", "PAYMENT_FAILED"])
def test_money_that_is_kept_without_a_confirmed_order_is_told(state):
    found = told(orders=({**SOLD, "state": state},), inventory=())

    assert found == [("no-capture-without-a-confirmed-order", 0, 1290)]


def test_money_that_was_given_back_is_nobodys():
    refunded = {**PAID, "state": "REFUNDED", "refunded_minor": 1290}

    assert told(orders=({**SOLD, "state": "CANCELLED"},), payments=(refunded,)) == []


def test_money_and_goods_of_an_order_that_nobody_has_are_told():
    assert told(orders=()) == [
        ("no-capture-without-a-confirmed-order", 0, 1290),
        ("no-goods-leave-without-a-confirmed-order", None, None),
    ]


def test_what_is_young_may_still_be_on_its_way():
    assert told(orders=({**SOLD, "state": "RESERVED"},), patience=6) == []


def test_an_order_that_has_ended_must_not_hold_goods():
    found = told(
        orders=({**SOLD, "state": "REJECTED"},), inventory=({**TAKEN, "state": "HELD"},), payments=()
    )

    assert found == [("an-ended-order-holds-nothing", None, "REJECTED")]


def test_an_order_that_can_still_be_paid_holds_its_goods():
    found = told(
        orders=({**SOLD, "state": "PAYMENT_FAILED"},), inventory=({**TAKEN, "state": "HELD"},), payments=()
    )

    assert found == []


def test_an_event_that_waits_is_told_once_it_is_late(database, postgres_url):
    with database.atomic():
        Outbox.add(BottlePoured())
        Outbox.add(BottlePoured())

    late = list(invariants.boxes({"bar": postgres_url}, late=0))
    early = list(invariants.boxes({"bar": postgres_url}, late=60))

    assert [(each["service"], each["invariant"], each["events"]) for each in late] == [
        ("bar", "events-leave-the-outbox-in-time", 2)
    ]
    assert early == []


def test_an_event_that_was_given_up_is_told_with_its_error(database, postgres_url):
    database.execute_sql(
        "INSERT INTO inbox_events"
        " (consumer, event_id, type, state, attempts, error, body, received_at, settled_at)"
        " VALUES ('bar', %s, 'cart.emptied.v1', 'DEAD', 5, 'KeyError: sku', '{}', %s, %s)",
        (str(uuid4()), utcnow(), utcnow()),
    )

    found = list(invariants.boxes({"bar": postgres_url}, late=60))

    assert list(invariants.lines(found)) == [
        "bar: no-event-is-given-up (events 1, types cart.emptied.v1, error KeyError: sku)"
    ]


def test_a_database_without_events_has_none_that_are_late(postgres_server):
    assert list(invariants.boxes({"bar": postgres_server}, late=0)) == []


BAR = ServiceSpec.model_validate(
    {
        "service": {"name": "bar", "summary": "Pours."},
        "needs": {"postgres": True},
        "events": {"publishes": [BottlePoured.type]},
        "run": {"worker": True},
    }
)
TILL = ServiceSpec.model_validate(
    {
        "service": {"name": "till", "summary": "Counts."},
        "needs": {"postgres": True},
        "events": {"consumes": [BottlePoured.type]},
        "run": {"worker": True},
    }
)


@pytest.fixture
def undelivered(database, postgres_url):
    """Return a function that looks for what the bar has published and the till has not received."""
    return lambda late=0: list(
        deliveries.undelivered([BAR, TILL], {"bar": postgres_url, "till": postgres_url}, late=late)
    )


@pytest.fixture
def published(database):
    """Give the id of an event that the bar's relay has taken to the broker."""
    with database.atomic():
        Outbox.add(BottlePoured())
    statement = "UPDATE outbox_events SET published_at = now() RETURNING id"
    return database.execute_sql(statement).fetchone()[0]


def test_an_event_that_was_published_and_never_came_is_told(published, undelivered):
    assert undelivered() == [
        {
            "service": "till",
            "invariant": "what-is-published-is-received",
            "events": 1,
            "types": "bar.bottle-poured.v1",
        }
    ]


def test_an_event_that_was_published_just_now_may_be_on_its_way(published, undelivered):
    assert undelivered(late=60) == []


def test_an_event_that_came_is_not_missed_whatever_became_of_it(database, published, undelivered):
    database.execute_sql(
        "INSERT INTO inbox_events (consumer, event_id, type, state, attempts, received_at)"
        " VALUES ('till', %s, 'bar.bottle-poured.v1', 'FAILED', 1, now())",
        (published,),
    )

    assert undelivered() == []


def test_an_event_that_waits_in_the_outbox_is_nobodys_to_receive(database, undelivered):
    with database.atomic():
        Outbox.add(BottlePoured())

    assert undelivered() == []


def test_a_database_that_is_away_is_not_taken_for_a_good_one():
    with pytest.raises(CliError, match="does not answer"):
        list(invariants.boxes({"bar": "postgresql://nobody@127.0.0.1:1/none"}, late=0))
