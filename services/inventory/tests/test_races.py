"""Many at once, each on a connection of their own."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from prost.db import database as db
from prost.db import uuid7
from prost_inventory import domain
from prost_inventory.models import Movement
from prost_inventory.use_cases.goods import adjust_stock
from prost_inventory.use_cases.reservations import deduct_stock, expire_holds, release_stock, reserve_stock

pytestmark = pytest.mark.usefixtures("sound")


@pytest.fixture
def all_at_once(database):
    """Return a function that does things in a thread and on a connection each, all at once."""

    def run(*deeds):
        start = threading.Barrier(len(deeds))

        def do(deed):
            db.connect(reuse_if_open=True)
            start.wait(60)
            try:
                return deed()
            except domain.Conflict as refusal:
                return refusal.code
            finally:
                db.close()

        with ThreadPoolExecutor(len(deeds)) as pool:
            return list(pool.map(do, deeds))

    return run


def test_of_two_hundred_who_want_the_last_ten_bottles_ten_get_one(shelf, stock, all_at_once):
    shelf("HELLES", 10)

    outcomes = all_at_once(*[lambda: reserve_stock(uuid7(), [("HELLES", 1)], 900).state] * 200)

    assert Counter(outcomes) == {"HELD": 10, "out-of-stock": 190}
    assert stock("HELLES") == (10, 10)


def test_baskets_in_any_order_never_wait_for_each_other_in_a_circle(shelf, stock, all_at_once):
    skus = [shelf(f"BEER-{number}", 500) for number in range(8)]

    def shop(seed):
        chance = random.Random(seed)  # noqa: S311 - it deals, it guards nothing.

        def orders():
            for _ in range(15):
                order = uuid7()
                reserve_stock(order, [(sku, 1) for sku in chance.sample(skus, 5)], 900)
                chance.choice([deduct_stock, lambda order: release_stock(order, "changed my mind")])(order)

        return orders

    # A deadlock would end one of the two with an error, and this test with it.
    all_at_once(*[shop(seed) for seed in range(24)], *[expire_holds] * 4)

    assert [stock(sku)[1] for sku in skus] == [0] * 8


def test_a_reservation_that_is_sent_many_times_at_once_is_one(shelf, stock, order, all_at_once):
    shelf("HELLES", 10)

    outcomes = all_at_once(*[lambda: reserve_stock(order, [("HELLES", 4)], 900)] * 20)

    assert len(set(outcomes)) == 1
    assert stock("HELLES") == (10, 4)


def test_of_two_baskets_under_one_order_one_is_held(shelf, stock, order, all_at_once):
    shelf("HELLES", 10)
    shelf("DUNKEL", 10)

    outcomes = all_at_once(
        lambda: reserve_stock(order, [("HELLES", 4)], 900).state,
        lambda: reserve_stock(order, [("DUNKEL", 4)], 900).state,
    )

    assert Counter(outcomes) == {"HELD": 1, "reservation-differs": 1}
    assert stock("HELLES")[1] + stock("DUNKEL")[1] == 4


def test_an_order_is_deducted_once_however_many_try(shelf, stock, order, all_at_once):
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 900)

    all_at_once(*[lambda: deduct_stock(order)] * 20)

    assert stock("HELLES") == (6, 0)
    assert Movement.select().where(Movement.kind == "DEDUCTED").count() == 1


def test_a_release_and_a_deduction_at_once_leave_one_outcome(shelf, stock, all_at_once):
    shelf("HELLES", 1000)
    orders = [uuid7() for _ in range(20)]
    for order in orders:
        reserve_stock(order, [("HELLES", 1)], 900)

    all_at_once(
        *[lambda order=order: release_stock(order, "cancelled") for order in orders],
        *[lambda order=order: deduct_stock(order) for order in orders],
    )

    # Whoever came second found what the first had done: a deduction holds again what was released.
    assert stock("HELLES") == (980, 0)


def test_holds_expire_beside_deductions_and_new_orders(shelf, stock, all_at_once, clock):
    shelf("HELLES", 100)
    late = [uuid7() for _ in range(30)]
    for order in late:
        reserve_stock(order, [("HELLES", 1)], 60)
    clock.advance(61)

    outcomes = all_at_once(
        *[expire_holds] * 3,
        *[lambda order=order: deduct_stock(order) for order in late[:10]],
        *[lambda: reserve_stock(uuid7(), [("HELLES", 1)], 900).state] * 10,
    )

    # All of the late ones but those that were deducted first.
    expired = sum(outcomes[:3]) + expire_holds()
    assert 20 <= expired <= 30
    assert stock("HELLES") == (90, 10)


def test_corrections_and_orders_at_once_never_sell_what_is_gone(shelf, stock, all_at_once):
    shelf("HELLES", 20)

    all_at_once(
        *[lambda: adjust_stock("HELLES", -1, None, "anna", "broken")] * 15,
        *[lambda: reserve_stock(uuid7(), [("HELLES", 1)], 900)] * 15,
    )

    on_hand, reserved = stock("HELLES")
    assert on_hand == reserved


def test_a_client_that_vanishes_before_its_commit_has_held_nothing(shelf, stock, order, postgres_url):
    shelf("HELLES", 10)
    client = psycopg2.connect(postgres_url)
    cause = '{"occurred_at": "2030-01-01T12:00:00Z"}'
    reserve = "SELECT reserve_stock(%s, '{HELLES}', '{4}', now(), now(), %s)"
    client.cursor().execute(reserve, (str(order), cause))
    pid = client.info.backend_pid

    db.execute_sql("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    client.close()

    assert stock("HELLES") == (10, 0)
    assert reserve_stock(order, [("HELLES", 10)], 900).state == "HELD"


def test_connections_that_are_cut_at_any_moment_leave_all_or_nothing(shelf, stock, postgres_url):
    skus = [shelf(f"BEER-{number}", 5000) for number in range(4)]
    over = threading.Event()

    def shop(seed):
        chance = random.Random(seed)  # noqa: S311 - it deals, it guards nothing.
        client = psycopg2.connect(postgres_url)
        client.autocommit = True
        done = 0
        while not over.is_set():
            try:
                cursor = client.cursor()
                basket = chance.sample(skus, 3)
                arguments = (str(uuid7()), basket, [1, 1, 1], '{"occurred_at": "2030-01-01T12:00:00Z"}')
                cursor.execute(
                    "SELECT reserve_stock(%s::uuid, %s, %s, now() + interval '1 h', now(), %s)", arguments
                )
                cursor.execute("SELECT deduct_stock(%s, now(), %s)", (arguments[0], arguments[3]))
                done += 1
            except psycopg2.OperationalError:
                client.close()
                client = psycopg2.connect(postgres_url)
                client.autocommit = True
        client.close()
        return done

    cut = """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.5
    """
    with ThreadPoolExecutor(6) as pool:
        shoppers = [pool.submit(shop, seed) for seed in range(6)]
        cuts = 0
        while cuts < 40:
            cuts += db.execute_sql(cut).fetchone()[0]
            over.wait(0.05)
        over.set()
        finished = sum(shopper.result(60) for shopper in shoppers)

    assert finished > 0
    committed = db.execute_sql("SELECT count(*) FROM reservations WHERE state = 'COMMITTED'").fetchone()[0]
    assert sum(5000 - stock(sku)[0] for sku in skus) == 3 * committed
