"""What the worker does by the clock."""

import pytest

from prost.db import database as db
from prost.db import uuid7
from prost_inventory import worker
from prost_inventory.use_cases.invariants import invariants
from prost_inventory.use_cases.reservations import reserve_stock


@pytest.fixture
def schedules(environment, monkeypatch):
    """Give what the worker does, by name."""
    monkeypatch.setenv("PROST_SERVICE_CATALOG_URL", "http://127.0.0.1:9")
    assert worker.create_worker()
    return {schedule.name: schedule for schedule in worker.SCHEDULES}


def test_holds_expire_by_the_clock(schedules, shelf, stock, clock):
    shelf("HELLES", 10)
    reserve_stock(uuid7(), [("HELLES", 4)], 60)
    clock.advance(60)

    schedules["inventory.expire-holds"].run()

    assert stock("HELLES") == (10, 0)


def test_what_should_not_be_is_measured_by_invariant(schedules, shelf, invariants_measured):
    shelf("HELLES", 10)
    shelf("DUNKEL", 10)

    schedules["inventory.watch-invariants"].run()
    sound = dict(invariants_measured)
    db.execute_sql("ALTER TABLE stock DISABLE TRIGGER stock_is_counted")
    db.execute_sql("UPDATE stock SET on_hand = 11")
    schedules["inventory.watch-invariants"].run()

    assert set(sound.values()) == {0}
    assert invariants_measured == sound | {"on-hand-is-the-sum-of-movements": 2}


@pytest.mark.parametrize(
    ("damage", "invariant"),
    [
        ("UPDATE items SET level = 'OUT' WHERE sku = 'HELLES'", "the-level-told-last-is-true"),
        ("UPDATE stock SET reserved = 1", "reserved-is-the-sum-of-live-holds"),
        ("UPDATE holds SET quantity = 5", "a-committed-order-was-deducted-once"),
        ("UPDATE returns SET quantity = 6", "no-more-comes-back-than-left"),
        (
            "UPDATE reservations SET state = 'HELD', expires_at = now() - interval '1 h'",
            "holds-expire-in-time",
        ),
    ],
)
def test_each_damage_is_found(shelf, damage, invariant):
    shelf("HELLES", 20)
    order = uuid7()
    reserve_stock(order, [("HELLES", 4)], 900)
    db.execute_sql("UPDATE reservations SET state = 'COMMITTED'")
    back = "INSERT INTO returns VALUES (%s, %s, 'HELLES', 1, 'SCRAP', now())"
    db.execute_sql(back, (order, uuid7()))
    before = invariants()
    for table in ("stock", "holds", "reservations"):
        db.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    db.execute_sql(damage)

    assert before == []
    assert invariant in {violation["invariant"] for violation in invariants()}
