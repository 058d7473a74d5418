"""What the database itself does not let happen, whoever asks it to."""

import pytest
from peewee import IntegrityError

from prost.db import database as db
from prost_inventory.models import Movement
from prost_inventory.use_cases.reservations import deduct_stock, reserve_stock

pytestmark = pytest.mark.usefixtures("sound")

MOVEMENT = "INSERT INTO movements (sku, location, kind, delta, order_id, actor, reason, created_at) VALUES "


@pytest.fixture
def held(shelf, order):
    """Give an order that holds 4 of 10."""
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 900)
    return order


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stock SET on_hand = 11",
        "UPDATE stock SET reserved = 0",
        "UPDATE stock SET on_hand = on_hand + 1, reserved = reserved + 1",
        "UPDATE stock SET location = 'cellar'",
        "DELETE FROM stock",
        "INSERT INTO stock (sku, location, on_hand) VALUES ('HELLES', 'cellar', 5)",
        "INSERT INTO stock (sku, location, reserved) VALUES ('HELLES', 'cellar', 5)",
        "UPDATE movements SET delta = 11",
        "DELETE FROM movements",
        "TRUNCATE movements",
        MOVEMENT + "('HELLES', 'main', 'ADJUSTED', -7, NULL, 'anna', 'broken', now())",
        MOVEMENT + "('HELLES', 'main', 'ADJUSTED', 0, NULL, 'anna', 'nothing', now())",
        MOVEMENT + "('HELLES', 'main', 'ADJUSTED', 1, NULL, NULL, NULL, now())",
        MOVEMENT + "('HELLES', 'main', 'ADJUSTED', 10000000, NULL, 'anna', 'too much', now())",
        MOVEMENT + "('HELLES', 'cellar', 'ADJUSTED', 1, NULL, 'anna', 'no such shelf', now())",
        MOVEMENT + "('DUNKEL', 'main', 'ADJUSTED', 1, NULL, 'anna', 'no such item', now())",
        MOVEMENT + "('HELLES', 'main', 'DEDUCTED', -1, gen_random_uuid(), NULL, NULL, now())",
        MOVEMENT + "('HELLES', 'main', 'RETURNED', 1, NULL, NULL, NULL, now())",
        "UPDATE holds SET quantity = 1",
        "UPDATE holds SET location = 'cellar'",
        "DELETE FROM holds",
        "INSERT INTO holds VALUES (gen_random_uuid(), 'HELLES', 'main', 1)",
        "DELETE FROM reservations",
        "UPDATE reservations SET order_id = gen_random_uuid()",
        "UPDATE reservations SET state = 'RELEASED'",
        "INSERT INTO reservations VALUES (gen_random_uuid(), 'COMMITTED', now(), NULL, now(), now())",
        "DELETE FROM items",
    ],
)
def test_what_would_falsify_the_books_is_refused(held, stock, statement):
    with pytest.raises(IntegrityError):
        db.execute_sql(statement)

    assert stock("HELLES") == (10, 4)


def test_nothing_is_added_to_a_reservation_that_is_over(held, shelf):
    shelf("DUNKEL", 10)
    deduct_stock(held)

    with pytest.raises(IntegrityError):
        db.execute_sql("INSERT INTO holds VALUES (%s, 'DUNKEL', 'main', 1)", (held,))


def test_what_has_left_does_not_come_back_as_a_reservation(held):
    deduct_stock(held)

    with pytest.raises(IntegrityError):
        db.execute_sql("UPDATE reservations SET state = 'HELD'")


def test_even_by_hand_the_totals_follow_the_ledger(held, stock):
    db.execute_sql(MOVEMENT + "('HELLES', 'main', 'ADJUSTED', 5, NULL, 'root', 'by hand', now())")
    db.execute_sql("UPDATE reservations SET state = 'COMMITTED', updated_at = now()")

    assert stock("HELLES") == (11, 0)
    assert sum(movement.delta for movement in Movement.select()) == 11
    # Nobody was told, as nobody would be; the level is right again with the next change.
    db.execute_sql("SELECT announce_levels('{HELLES}', '{\"occurred_at\": \"2030-01-01T12:00:00Z\"}')")
