"""What the worker does by the clock."""

import pytest

from prost.db import database as db
from prost_payments import worker
from prost_payments.settings import Settings
from prost_payments.use_cases.invariants import INVARIANTS


@pytest.fixture
def schedules(environment):
    """Give what the worker does, by name."""
    assert worker.create_worker()
    return {schedule.name: schedule for schedule in worker.schedules_of(Settings())}


def test_what_stands_still_is_gone_on_with_by_the_clock(schedules, till, order, clock):
    till.charge(order, "pm_timeout_after_charge")
    clock.advance(1)

    schedules["payments.reconcile"].run()

    assert till.standing(order) == "AUTHORIZED"


def test_what_should_not_be_is_measured_by_invariant(schedules, till, order, invariants_measured):
    till.charge(order)

    schedules["payments.watch-invariants"].run()
    sound = dict(invariants_measured)
    db.execute_sql("ALTER TABLE ledger DISABLE TRIGGER USER")
    db.execute_sql("DELETE FROM ledger WHERE account = 'holds'")
    schedules["payments.watch-invariants"].run()

    assert sound == dict.fromkeys(INVARIANTS, 0)
    assert invariants_measured == sound | {
        "the-ledger-sums-to-zero": 1,
        "the-ledger-says-what-payments-say": 1,
    }


def test_only_the_fake_sends_webhooks_of_its_own():
    real = Settings(service="payments", env="test", payment_provider="stripe", stripe_api_key="sk_test_1")

    names = [schedule.name for schedule in worker.schedules_of(real)]

    assert names == ["payments.reconcile", "payments.watch-invariants", "payments.forget-people"]
