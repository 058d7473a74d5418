"""What the database refuses, whoever asks for it."""

import pytest
from peewee import IntegrityError

from prost.db import database as db
from prost.db import uuid7
from prost_payments.use_cases.invariants import INVARIANTS, invariants


@pytest.fixture
def paid(till, order):
    """Give an order that was charged, captured and refunded in part."""
    till.charge(order)
    till.capture(order)
    till.refund(order, 290)
    return order


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET amount_minor = 1",
        "DELETE FROM ledger",
        "TRUNCATE ledger",
        (
            "INSERT INTO ledger (payment_id, fact, account, amount_minor, created_at)"
            " SELECT id, 'CAPTURED', 'cash', 1, now() FROM payments"
        ),
        "UPDATE transactions SET state = 'VOIDED'",
        "DELETE FROM transactions",
        "TRUNCATE transactions",
        (
            "INSERT INTO transactions (payment_id, state, authorized_minor, captured_minor, released_minor,"
            " refunded_minor, created_at) SELECT id, 'CAPTURED', 1, 1, 0, 0, now() FROM payments"
        ),
        "DELETE FROM payments",
        "DELETE FROM attempts",
        "DELETE FROM refunds",
        "UPDATE payments SET state = 'AUTHORIZED'",
        "UPDATE payments SET state = 'VOIDED', reason = 'because'",
        "UPDATE payments SET state = 'REFUNDED'",
        "UPDATE payments SET amount_minor = 1",
        "UPDATE payments SET order_id = gen_random_uuid()",
        "UPDATE payments SET captured_minor = captured_minor + 1",
        "UPDATE payments SET captured_minor = 0, refunded_minor = 0",
        "UPDATE payments SET refunded_minor = 1291",
        "UPDATE payments SET released_minor = 1",
        "UPDATE attempts SET state = 'FAILED'",
        "UPDATE attempts SET settled_at = NULL, state = 'STARTED'",
        "UPDATE refunds SET amount_minor = 1",
        "UPDATE refunds SET state = 'PENDING'",
        (
            "INSERT INTO payments (id, order_id, provider, state, amount_minor, capture, method,"
            " authorized_minor, created_at, updated_at) VALUES (gen_random_uuid(), gen_random_uuid(),"
            " 'fake', 'AUTHORIZED', 1, 'manual', 'pm_card_visa', 1, now(), now())"
        ),
    ],
)
def test_history_and_amounts_cannot_be_made_up(paid, statement):
    with pytest.raises(IntegrityError):
        db.execute_sql(statement)


def test_what_is_entered_sums_to_zero_or_not_at_all(paid):
    db.execute_sql("ALTER TABLE ledger DISABLE TRIGGER ledger_kept_by_the_database")

    with pytest.raises(IntegrityError, match="sum to zero"):
        db.execute_sql(
            "INSERT INTO ledger (payment_id, fact, account, amount_minor, created_at)"
            " SELECT id, 'CAPTURED', 'cash', 1, now() FROM payments"
        )


def test_only_one_authorization_or_capture_is_under_way(till, order):
    till.charge(order, "pm_card_threeDSecureRequired")

    with pytest.raises(IntegrityError, match="attempts_take_turns"):
        db.execute_sql(
            "INSERT INTO attempts (payment_id, number, kind, state, key, amount_minor, due_at, created_at)"
            " SELECT id, 2, 'CAPTURE', 'STARTED', 'another', 1, now(), now() FROM payments"
        )


@pytest.mark.parametrize(
    ("damage", "invariant"),
    [
        ("UPDATE ledger SET amount_minor = 1 WHERE account = 'cash'", "the-ledger-sums-to-zero"),
        ("DELETE FROM ledger WHERE fact = 'REFUNDED'", "the-ledger-says-what-payments-say"),
        ("UPDATE payments SET amount_minor = 500", "no-more-is-captured-than-authorized"),
        ("DELETE FROM attempts; DELETE FROM refunds", "no-more-is-refunded-than-captured"),
        (
            "UPDATE payments SET state = 'PENDING', updated_at = now() - interval '1 h'",
            "no-payment-is-open-for-long",
        ),
        (
            (
                "UPDATE attempts SET state = 'UNKNOWN', settled_at = NULL,"
                " created_at = now() - interval '1 h' WHERE number = 1"
            ),
            "no-call-is-open-for-long",
        ),
        (
            "UPDATE payments SET state = 'VOIDED', reason = 'because', updated_at = now() - interval '1 h'",
            "nothing-stays-of-what-was-given-up",
        ),
        (
            (
                "INSERT INTO provider_events (provider, id, type, state, received_at)"
                " VALUES ('fake', 'e', 'charge', 'RECEIVED', now() - interval '1 h')"
            ),
            "events-are-processed",
        ),
    ],
)
def test_each_damage_is_found(paid, damage, invariant):
    before = invariants()
    for table in ("payments", "attempts", "refunds", "ledger"):
        db.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    db.execute_sql("ALTER TABLE payments DROP CONSTRAINT payments_are_what_they_say")

    db.execute_sql(damage)

    assert before == []
    assert invariant in INVARIANTS
    assert invariant in {violation["invariant"] for violation in invariants()}


def test_a_sound_database_of_every_kind_of_payment_has_no_violations(till, clock):
    for method in ("pm_card_visa", "pm_card_chargeDeclined", "pm_card_threeDSecureRequired", "pm_unknown"):
        order = uuid7()
        till.charge(order, method)
        till.void(order)

    assert invariants() == []
