"""Charging, capturing, voiding and refunding, on a real PostgreSQL."""

import pytest

from prost.db import database as db
from prost.db import uuid7
from prost_payments import domain
from prost_payments.domain import Capture


@pytest.fixture
def announced(bus):
    """Return a function that lists what was announced of an order: the fact and its amount."""

    def of(order):
        return [
            (event.type.split(".")[1], event.data["amount_minor"])
            for event in bus.published()
            if event.data["order_id"] == str(order)
        ]

    return of


def test_a_charge_is_authorized(till, order, announced):
    paid = till.charge(order)

    assert (paid["state"], paid["amount_minor"], paid["captured_minor"]) == ("AUTHORIZED", 1290, 0)
    assert announced(order) == [("payment-authorized", 1290)]
    assert till.accounts() == {"authorized": 1290, "holds": -1290}


def test_a_capture_takes_what_is_authorized(till, order, announced):
    till.charge(order)

    paid = till.capture(order)

    assert (paid["state"], paid["captured_minor"]) == ("CAPTURED", 1290)
    assert announced(order) == [("payment-authorized", 1290), ("payment-captured", 1290)]
    assert till.accounts() == {"cash": 1290, "revenue": -1290}


def test_an_automatic_charge_is_captured_at_once(till, order, announced):
    paid = till.charge(order, capture=Capture.AUTOMATIC)

    assert (paid["state"], paid["captured_minor"]) == ("CAPTURED", 1290)
    assert announced(order) == [("payment-captured", 1290)]
    assert till.accounts() == {"cash": 1290, "revenue": -1290}


def test_a_declined_charge_is_failed_and_says_why(till, order, announced):
    paid = till.charge(order, "pm_card_chargeDeclinedInsufficientFunds")

    assert (paid["state"], paid["failure_code"]) == ("FAILED", "insufficient-funds")
    assert announced(order) == [("payment-failed", 1290)]
    assert till.accounts() == {}


def test_after_a_decline_another_method_is_another_attempt(till, order, announced):
    till.charge(order, "pm_card_chargeDeclined")

    paid = till.charge(order, "pm_card_mastercard", attempt=2)

    assert (paid["state"], paid["failure_code"]) == ("AUTHORIZED", None)
    assert announced(order) == [("payment-failed", 1290), ("payment-authorized", 1290)]
    keys = db.execute_sql("SELECT key FROM attempts ORDER BY number").fetchall()
    assert keys == [(f"prost-{order}-1",), (f"prost-{order}-2",)]


def test_after_a_decline_the_same_method_is_tried_again_when_the_order_asks_anew(till, order, announced):
    till.charge(order, "pm_card_chargeDeclined")

    paid = till.charge(order, "pm_card_chargeDeclined", attempt=2)

    assert paid["state"] == "FAILED"
    assert announced(order) == [("payment-failed", 1290), ("payment-failed", 1290)]
    asked = db.execute_sql("SELECT key, state FROM fake_charges ORDER BY key").fetchall()
    assert asked == [(f"prost-{order}-1", "DECLINED"), (f"prost-{order}-2", "DECLINED")]


def test_an_attempt_that_has_failed_is_not_made_again_however_often_it_is_asked_for(till, order):
    till.charge(order, "pm_card_chargeDeclined")
    till.charge(order, "pm_card_chargeDeclined", attempt=2)

    again = [till.charge(order, "pm_card_chargeDeclined", attempt=attempt) for attempt in (2, 1, 2)]

    assert [paid["state"] for paid in again] == ["FAILED"] * 3
    assert db.execute_sql("SELECT count(*) FROM attempts").fetchone() == (2,)


def test_an_attempt_of_another_method_is_refused(till, order):
    till.charge(order, "pm_card_chargeDeclined")

    with pytest.raises(domain.PaymentDiffers):
        till.charge(order, "pm_card_visa")


def test_what_is_authorized_is_not_charged_for_another_attempt(till, order):
    first = till.charge(order)

    assert till.charge(order, "pm_card_mastercard", attempt=2) == first
    assert till.at_provider(order) == ["AUTHORIZED"]


def test_an_attempt_that_comes_late_finds_the_one_after_it(till, order):
    till.charge(order, "pm_card_chargeDeclined")
    second = till.charge(order, attempt=2)

    assert till.charge(order, "pm_card_chargeDeclined") == second


def test_what_is_asked_again_is_answered_as_it_stands(till, order, announced):
    refund = uuid7()

    charged = [till.charge(order) for _ in range(3)]
    captured = [till.capture(order) for _ in range(3)]
    refunded = [till.refund(order, 290, refund) for _ in range(3)]
    after = till.charge(order)

    assert charged == [charged[0]] * 3
    assert captured == [captured[0]] * 3
    assert refunded == [refunded[0]] * 3
    assert after == refunded[0]
    assert announced(order) == [
        ("payment-authorized", 1290),
        ("payment-captured", 1290),
        ("payment-refunded", 290),
    ]
    assert db.execute_sql("SELECT count(*) FROM fake_charges").fetchone() == (1,)


@pytest.mark.parametrize("other", [{"amount": 1291}, {"capture": Capture.AUTOMATIC}])
def test_another_amount_or_capture_of_the_same_order_is_refused(till, order, other):
    till.charge(order)

    with pytest.raises(domain.PaymentDiffers):
        till.charge(order, **other)


def test_a_void_lets_go_of_what_is_authorized(till, order, announced):
    till.charge(order)

    paid = till.void(order)
    again = till.void(order)

    assert paid["state"] == "VOIDED"
    assert again == paid
    assert announced(order) == [("payment-authorized", 1290), ("payment-voided", 1290)]
    assert till.accounts() == {}
    assert db.execute_sql("SELECT state FROM fake_charges").fetchall() == [("CANCELLED",)]


def test_a_void_of_an_order_that_never_charged_is_remembered(till, order, announced):
    paid = till.void(order)

    assert (paid["state"], paid["amount_minor"]) == ("VOIDED", 0)
    assert announced(order) == []
    with pytest.raises(domain.PaymentVoided):
        till.charge(order)


def test_what_was_voided_is_neither_charged_nor_captured(till, order):
    till.charge(order)
    till.void(order)

    with pytest.raises(domain.PaymentVoided):
        till.charge(order)
    with pytest.raises(domain.NotAuthorized):
        till.capture(order)


def test_what_was_captured_is_not_voided(till, order):
    till.charge(order)
    till.capture(order)

    with pytest.raises(domain.PaymentCaptured):
        till.void(order)


def test_a_declined_payment_can_be_voided(till, order):
    till.charge(order, "pm_card_chargeDeclined")

    assert till.void(order)["state"] == "VOIDED"
    with pytest.raises(domain.PaymentVoided):
        till.charge(order, "pm_card_visa")


@pytest.mark.parametrize("method", ["pm_card_chargeDeclined", "pm_card_threeDSecureRequired"])
def test_what_is_not_authorized_is_not_captured(till, order, method):
    till.charge(order, method)

    with pytest.raises(domain.NotAuthorized):
        till.capture(order)


def test_an_order_that_never_charged_is_neither_captured_nor_refunded(till, order):
    with pytest.raises(domain.PaymentNotFound):
        till.capture(order)
    with pytest.raises(domain.PaymentNotFound):
        till.refund(order, 100)


def test_refunds_add_up_to_what_was_taken_and_no_more(till, order, announced):
    till.charge(order)
    till.capture(order)

    part = till.refund(order, 290)
    with pytest.raises(domain.RefundExceeds) as refused:
        till.refund(order, 1001)
    rest = till.refund(order, 1000)

    assert (part["state"], part["refunded_minor"]) == ("PARTIALLY_REFUNDED", 290)
    assert refused.value.extensions == {"refundable_minor": 1000}
    assert (rest["state"], rest["refunded_minor"]) == ("REFUNDED", 1290)
    assert announced(order)[2:] == [("payment-refunded", 290), ("payment-refunded", 1000)]
    assert till.accounts() == {"revenue": -1290, "refunds": 1290}


def test_a_refund_under_a_known_id_with_another_amount_is_refused(till, order):
    till.charge(order)
    till.capture(order)
    refund = uuid7()
    till.refund(order, 290, refund)

    with pytest.raises(domain.RefundDiffers):
        till.refund(order, 291, refund)


def test_what_was_not_captured_is_not_refunded(till, order):
    till.charge(order)

    with pytest.raises(domain.NotCaptured):
        till.refund(order, 100)
