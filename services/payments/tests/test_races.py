"""Many at once, each on a connection of their own."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from prost.db import database as db
from prost.db import uuid7
from prost_payments import flows
from prost_payments.domain import Conflict
from prost_payments.models import Attempt, Entry

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
                return deed()["state"]
            except Conflict as refusal:
                return refusal.code
            finally:
                db.close()

        with ThreadPoolExecutor(len(deeds)) as pool:
            return list(pool.map(do, deeds))

    return run


def entries(fact):
    return Entry.select().where((Entry.fact == fact) & (Entry.account == "holds")).count()


def test_a_charge_that_is_sent_twenty_times_at_once_is_one(till, order, all_at_once):
    outcomes = all_at_once(*[lambda: till.charge(order)] * 20)

    assert set(outcomes) <= {"PENDING", "AUTHORIZED"}
    assert till.standing(order) == "AUTHORIZED"
    assert till.at_provider(order) == ["AUTHORIZED"]
    assert entries("AUTHORIZED") == 1


def test_an_attempt_after_a_decline_that_is_sent_twenty_times_at_once_is_one(till, order, all_at_once):
    till.charge(order, "pm_card_chargeDeclined")

    all_at_once(*[lambda: till.charge(order, attempt=2)] * 20)

    assert till.at_provider(order) == ["DECLINED", "AUTHORIZED"]
    assert entries("AUTHORIZED") == 1


def test_a_capture_that_is_sent_twenty_times_at_once_is_one(till, order, all_at_once, bus):
    till.charge(order)

    outcomes = all_at_once(*[lambda: till.capture(order)] * 20)

    assert set(outcomes) <= {"AUTHORIZED", "CAPTURED"}
    assert till.standing(order) == "CAPTURED"
    assert entries("CAPTURED") == 1
    assert len(bus.published("payments.payment-captured.v1")) == 1


def test_charges_against_voids_end_with_nothing_held(till, provider, clock, all_at_once):
    orders = [uuid7() for _ in range(12)]

    all_at_once(
        *[lambda order=order: till.charge(order) for order in orders],
        *[lambda order=order: till.void(order) for order in orders],
    )
    clock.advance(60)
    flows.reconcile(provider)

    assert {till.standing(order) for order in orders} == {"VOIDED"}
    assert {state for order in orders for state in till.at_provider(order)} <= {"CANCELLED"}
    assert till.accounts() == {}


def test_of_a_capture_and_a_void_one_wins(till, all_at_once):
    orders = [uuid7() for _ in range(12)]
    for order in orders:
        till.charge(order)

    outcomes = all_at_once(
        *[lambda order=order: till.capture(order) for order in orders],
        *[lambda order=order: till.void(order) for order in orders],
    )

    captured, voided = outcomes[:12], outcomes[12:]
    assert set(zip(captured, voided, strict=True)) <= {
        ("CAPTURED", "capture-under-way"),
        ("CAPTURED", "payment-captured"),
        ("not-authorized", "VOIDED"),
    }
    sides = {(till.standing(order), *till.at_provider(order)) for order in orders}
    assert sides <= {("CAPTURED", "CAPTURED"), ("VOIDED", "CANCELLED")}


def test_of_refunds_at_once_no_more_goes_back_than_was_taken(till, order, all_at_once):
    till.charge(order, amount=1000)
    till.capture(order)

    outcomes = all_at_once(*[lambda: till.refund(order, 300)] * 10)

    assert Counter(outcomes)["refund-exceeds"] == 7
    assert till.accounts() == {"cash": 100, "revenue": -1000, "refunds": 900}


def test_a_refund_that_is_sent_many_times_at_once_is_one(till, order, all_at_once):
    till.charge(order)
    till.capture(order)
    refund = uuid7()

    all_at_once(*[lambda: till.refund(order, 290, refund)] * 10)

    assert till.accounts()["refunds"] == 290
    assert Attempt.select().where(Attempt.kind == "REFUND").count() == 1


def test_workers_at_once_go_on_with_each_payment_once(till, provider, clock, all_at_once):
    orders = [uuid7() for _ in range(15)]
    for order in orders:
        till.charge(order, "pm_timeout_after_charge")
    clock.advance(1)

    def work():
        flows.reconcile(provider)
        return {"state": "done"}

    all_at_once(*[work] * 4)

    assert {till.standing(order) for order in orders} == {"AUTHORIZED"}
    assert [a.asked for a in Attempt.select()] == [1] * 15


def test_what_dies_before_it_commits_has_done_nothing(till, order, postgres_url):
    client = psycopg2.connect(postgres_url)
    cursor = client.cursor()
    arguments = (str(uuid7()), str(order), "pm_card_visa")
    cursor.execute(
        "SELECT begin_charge(%s, %s, 'fake', 1290, %s, 'manual', '/', NULL, interval '15 s', now())",
        arguments,
    )
    pid = client.info.backend_pid

    db.execute_sql("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    client.close()

    assert till.charge(order)["state"] == "AUTHORIZED"
