"""What the worker does by the clock, and what it finds."""

import pytest

from prost.db import database as db
from prost_orders import worker
from prost_orders.use_cases.invariants import invariants


class Gauge:
    """Remembers what was measured."""

    def __init__(self):
        self.values = {}

    def set(self, value, attributes):
        self.values.update(dict.fromkeys(attributes.values(), value))


@pytest.fixture
def schedules(street):
    """Give what the worker does, by name."""
    assert worker.create_worker()
    return {schedule.name: schedule for schedule in worker.SCHEDULES}


def test_nobody_is_asked_while_nothing_is_due(schedules, street):
    schedules["orders.resume-sagas"].run()

    assert street.calls == {}


async def test_what_stands_still_is_measured(schedules, street, buy, monkeypatch, invariants_measured):
    gauge = Gauge()
    monkeypatch.setattr(worker, "_open", gauge)
    street.fail("inventory/reserve")
    await buy()
    db.execute_sql("UPDATE orders SET placed_at = placed_at - interval '1 hour'")

    schedules["orders.measure-sagas"].run()
    schedules["orders.watch-invariants"].run()

    assert gauge.values == {"PAY": 1, "COMPENSATE": 0, "CLEAR_CART": 0}
    assert invariants_measured["orders-are-decided-in-time"] == 1
    assert sum(invariants_measured.values()) == 1


@pytest.mark.parametrize(
    ("damage", "invariant"),
    [
        ("UPDATE orders SET state = 'CANCELLED'", "a-saga-fits-its-order"),
        ("DELETE FROM order_sagas", "a-saga-fits-its-order"),
        ("UPDATE orders SET payment_state = 'AUTHORIZED'", "a-confirmed-order-is-paid"),
        ("UPDATE order_lines SET quantity = quantity + 1", "lines-add-up"),
        ("DELETE FROM order_timeline WHERE event = 'confirmed'", "a-confirmation-is-in-the-timeline"),
    ],
)
async def test_each_damage_is_found(buy, damage, invariant):
    await buy()
    before = invariants()

    db.execute_sql(damage)

    assert before == []
    assert invariant in {violation["invariant"] for violation in invariants()}
