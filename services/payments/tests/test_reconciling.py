"""What becomes of payments whose outcome is not told at once: asked for, waited for, given back."""

import pytest

from prost.db import database as db
from prost.db import uuid7
from prost.faults import InjectedFault
from prost_payments import domain, flows
from prost_payments.domain import Capture, ProviderEvent
from prost_payments.providers.challenges import decide_challenge, read_challenge
from prost_payments.use_cases.incoming import process_events, store_event

pytestmark = pytest.mark.usefixtures("sound", "clock")


@pytest.fixture
def reconcile(provider, clock):
    """Return a function that lets seconds pass, and then goes on with what stands still."""

    def run(seconds=0):
        clock.advance(seconds)
        flows.reconcile(provider)

    return run


@pytest.fixture
def die_at(monkeypatch):
    """Return a function that makes whoever comes to a fault point fail there, as often as told."""

    def arm(point, times=1):
        left = [times]

        def meet(name):
            if name == point and left[0]:
                left[0] -= 1
                raise InjectedFault(name)

        monkeypatch.setattr(flows, "fault_point", meet)

    return arm


def challenge_of(paid):
    return paid["redirect_url"].rpartition("/")[2]


@pytest.mark.parametrize("method", ["pm_timeout_after_charge", "pm_unknown"])
def test_a_charge_without_an_answer_is_unknown(till, order, method):
    paid = till.charge(order, method)

    assert (paid["state"], paid["failure_code"]) == ("UNKNOWN", None)


def test_an_answer_that_was_lost_is_asked_for_and_charges_once(till, order, reconcile):
    till.charge(order, "pm_timeout_after_charge")

    reconcile(0)
    before = till.standing(order)
    reconcile(1)

    assert (before, till.standing(order)) == ("UNKNOWN", "AUTHORIZED")
    assert till.at_provider(order) == ["AUTHORIZED"]


def test_a_caller_who_asks_again_goes_on_with_what_stands_still(till, order, clock):
    till.charge(order, "pm_timeout_after_charge")
    clock.advance(1)

    paid = till.charge(order, "pm_timeout_after_charge")

    assert paid["state"] == "AUTHORIZED"
    assert till.at_provider(order) == ["AUTHORIZED"]


def test_what_the_provider_knows_after_a_while_is_asked_for_ever_more_rarely(till, order, reconcile):
    till.charge(order, "pm_unknown")

    seen = []
    for _ in range(9):
        reconcile(1)
        seen.append(till.standing(order))
    asked = db.execute_sql("SELECT asked FROM attempts").fetchone()[0]
    for _ in range(7):
        reconcile(1)

    assert seen == ["UNKNOWN"] * 9
    assert asked == 3
    assert till.standing(order) == "AUTHORIZED"
    assert till.at_provider(order) == ["AUTHORIZED"]


def test_an_outcome_that_comes_late_is_fetched_when_its_event_comes(till, order, reconcile):
    paid = till.charge(order, "pm_late_webhook")
    reconcile(6)
    before = till.standing(order)

    store_event("fake", ProviderEvent("e-1", "charge.succeeded", order))
    reconcile(0)

    assert (paid["state"], before, till.standing(order)) == ("PENDING", "PENDING", "AUTHORIZED")


def test_an_outcome_whose_event_never_comes_is_asked_for(till, order, reconcile):
    till.charge(order, "pm_late_webhook")

    reconcile(16)

    assert till.standing(order) == "AUTHORIZED"


def test_events_that_come_twice_or_before_their_time_do_no_harm(till, order, reconcile, bus):
    till.charge(order, "pm_late_webhook")
    early, late = (ProviderEvent(f"e-{n}", "charge.succeeded", order) for n in (1, 2))

    store_event("fake", early)
    reconcile(1)
    after_early = till.standing(order)
    for _ in range(3):
        store_event("fake", late)
        reconcile(5)
        store_event("fake", early)

    assert (after_early, till.standing(order)) == ("PENDING", "AUTHORIZED")
    assert [event.type for event in bus.published()] == ["payments.payment-authorized.v1"]
    states = db.execute_sql("SELECT id, state FROM provider_events ORDER BY id").fetchall()
    assert states == [("e-1", "PROCESSED"), ("e-2", "PROCESSED")]


def test_an_event_after_the_end_changes_nothing(till, order, reconcile):
    till.charge(order)
    till.void(order)

    store_event("fake", ProviderEvent("e-1", "charge.succeeded", order))
    reconcile(1)

    assert till.standing(order) == "VOIDED"


def test_an_event_of_an_unknown_order_is_ignored(reconcile):
    store_event("fake", ProviderEvent("e-1", "charge.succeeded", uuid7()))
    store_event("fake", ProviderEvent("e-2", "balance.available", None))

    reconcile()

    states = db.execute_sql("SELECT id, state FROM provider_events ORDER BY id").fetchall()
    assert states == [("e-1", "IGNORED"), ("e-2", "IGNORED")]


def test_a_challenge_that_is_approved_is_authorized(till, order, reconcile):
    paid = till.charge(order, "pm_card_threeDSecureRequired")

    decided = decide_challenge(challenge_of(paid), approve=True)
    reconcile(15)

    assert paid["state"] == "ACTION_REQUIRED"
    assert decided == (False, 1290, f"http://127.0.0.1:8080/api/payments/return/{paid['payment_id']}")
    assert till.standing(order) == "AUTHORIZED"


def test_a_challenge_that_is_declined_has_failed(till, order, reconcile):
    paid = till.charge(order, "pm_card_threeDSecureRequired")

    decide_challenge(challenge_of(paid), approve=False)
    decide_challenge(challenge_of(paid), approve=True)
    reconcile(15)
    after = till.charge(order, "pm_card_threeDSecureRequired")

    assert (after["state"], after["failure_code"], after["redirect_url"]) == (
        "FAILED",
        "authentication-failed",
        None,
    )


def test_a_challenge_that_nobody_answers_ends_after_a_quarter_of_an_hour(till, order, reconcile):
    paid = till.charge(order, "pm_card_threeDSecureRequired")

    reconcile(899)
    before = till.standing(order)
    reconcile(1)
    late = decide_challenge(challenge_of(paid), approve=True)
    again = till.charge(order, "pm_card_visa", attempt=2)

    assert (before, late.is_open) == ("ACTION_REQUIRED", False)
    assert till.at_provider(order) == ["CANCELLED", "AUTHORIZED"]
    assert again["state"] == "AUTHORIZED"


def test_a_void_withdraws_an_open_challenge(till, order):
    paid = till.charge(order, "pm_card_threeDSecureRequired")

    voided = till.void(order)

    assert (voided["state"], voided["redirect_url"]) == ("VOIDED", None)
    assert till.at_provider(order) == ["CANCELLED"]
    assert read_challenge(challenge_of(paid)).is_open is False


@pytest.mark.parametrize("method", ["pm_timeout_after_charge", "pm_unknown", "pm_late_webhook"])
def test_success_that_comes_after_a_void_is_cancelled(till, order, reconcile, method):
    till.charge(order, method)
    voided = till.void(order)

    for _ in range(20):
        reconcile(1)

    assert (voided["state"], till.standing(order)) == ("VOIDED", "VOIDED")
    assert till.at_provider(order) == ["CANCELLED"]
    assert till.accounts() == {}


@pytest.mark.parametrize("method", ["pm_timeout_after_charge", "pm_unknown", "pm_late_webhook"])
def test_money_that_comes_after_a_void_goes_back(till, order, reconcile, bus, method):
    till.charge(order, method, capture=Capture.AUTOMATIC)
    till.void(order)

    for _ in range(20):
        reconcile(1)

    refunded = bus.published("payments.payment-refunded.v1")
    assert till.standing(order) == "VOIDED"
    assert till.accounts() == {"revenue": -1290, "refunds": 1290}
    assert [event.data["amount_minor"] for event in refunded] == [1290]


def test_money_that_a_customer_approves_while_their_time_ends_goes_back(
    till, order, reconcile, monkeypatch, provider
):
    paid = till.charge(order, "pm_card_threeDSecureRequired", capture=Capture.AUTOMATIC)
    retrieve = provider.retrieve

    def retrieve_just_before_the_approval(call):
        told = retrieve(call)
        decide_challenge(challenge_of(paid), approve=True)
        return told

    monkeypatch.setattr(provider, "retrieve", retrieve_just_before_the_approval)
    reconcile(900)

    assert till.standing(order) == "FAILED"
    assert till.accounts() == {"revenue": -1290, "refunds": 1290}


@pytest.mark.parametrize("point", ["payments.before-provider", "payments.after-provider"])
def test_a_crash_around_the_call_ends_in_one_charge(till, order, die_at, reconcile, point):
    die_at(point)
    with pytest.raises(InjectedFault):
        till.charge(order)
    stuck = till.standing(order)

    early = till.charge(order)
    reconcile(15)

    assert (stuck, early["state"], till.standing(order)) == ("PENDING", "PENDING", "AUTHORIZED")
    assert till.at_provider(order) == ["AUTHORIZED"]


@pytest.mark.parametrize("point", ["payments.before-provider", "payments.after-provider"])
def test_a_crash_around_another_attempt_ends_in_one_charge(till, order, die_at, reconcile, point):
    till.charge(order, "pm_card_chargeDeclined")
    die_at(point)
    with pytest.raises(InjectedFault):
        till.charge(order, attempt=2)

    early = till.charge(order, attempt=2)
    reconcile(15)

    assert (early["state"], till.standing(order)) == ("PENDING", "AUTHORIZED")
    assert till.at_provider(order) == ["DECLINED", "AUTHORIZED"]


@pytest.mark.parametrize(
    "point", ["payments.before-provider", "payments.after-provider", "payments.after-capture"]
)
def test_a_crash_around_a_capture_ends_in_one_capture(till, order, die_at, reconcile, point):
    till.charge(order)
    die_at(point)
    with pytest.raises(InjectedFault):
        till.capture(order)

    reconcile(15)
    again = till.capture(order)

    assert (till.standing(order), again["captured_minor"]) == ("CAPTURED", 1290)
    assert till.accounts() == {"cash": 1290, "revenue": -1290}


@pytest.mark.parametrize("point", ["payments.before-provider", "payments.after-provider"])
def test_a_crash_around_a_refund_ends_in_one_refund(till, order, die_at, reconcile, point):
    till.charge(order)
    till.capture(order)
    refund = uuid7()
    die_at(point)
    with pytest.raises(InjectedFault):
        till.refund(order, 290, refund)

    early = till.refund(order, 290, refund)
    with pytest.raises(domain.RefundExceeds):
        till.refund(order, 1001)
    reconcile(15)
    late = till.refund(order, 290, refund)

    assert (early["refunded_minor"], late["refunded_minor"]) == (0, 290)
    assert db.execute_sql("SELECT refunded_minor FROM fake_charges").fetchone() == (290,)


@pytest.mark.parametrize("point", ["payments.before-provider", "payments.after-provider"])
def test_a_crash_around_a_void_ends_in_nothing_held(till, order, die_at, reconcile, point):
    till.charge(order)
    die_at(point)
    with pytest.raises(InjectedFault):
        till.void(order)

    again = till.void(order)
    reconcile(15)

    assert again["state"] == "VOIDED"
    assert till.at_provider(order) == ["CANCELLED"]
    assert till.accounts() == {}


def test_one_that_cannot_be_asked_does_not_keep_the_others_waiting(till, die_at, reconcile, clock):
    first, second = uuid7(), uuid7()
    till.charge(first, "pm_timeout_after_charge")
    clock.advance(0.5)
    till.charge(second, "pm_timeout_after_charge")
    die_at("payments.before-provider")

    reconcile(1)

    assert {till.standing(first), till.standing(second)} == {"UNKNOWN", "AUTHORIZED"}


def test_a_capture_that_is_refused_has_failed_and_nothing_stays_held(till, order, bus):
    till.charge(order)
    db.execute_sql("UPDATE fake_charges SET state = 'CANCELLED'")

    failed = till.capture(order)
    again = till.charge(order, "pm_card_mastercard", attempt=2)

    assert (failed["state"], failed["failure_code"]) == ("FAILED", "not-authorized")
    assert again["state"] == "AUTHORIZED"
    assert [event.type.split(".")[1] for event in bus.published()] == [
        "payment-authorized",
        "payment-failed",
        "payment-authorized",
    ]
    assert till.accounts() == {"authorized": 1290, "holds": -1290}


def test_a_refund_that_the_provider_refuses_is_tried_anew_when_it_is_asked_for_again(till, order):
    till.charge(order)
    till.capture(order)
    refund = uuid7()
    db.execute_sql("UPDATE fake_charges SET state = 'AUTHORIZED'")
    refused = till.refund(order, 290, refund)
    db.execute_sql("UPDATE fake_charges SET state = 'CAPTURED'")

    again = till.refund(order, 290, refund)

    assert (refused["refunded_minor"], again["refunded_minor"]) == (0, 290)
    kinds = db.execute_sql("SELECT kind, state FROM attempts ORDER BY number").fetchall()
    assert kinds[2:] == [("REFUND", "FAILED"), ("REFUND", "SUCCEEDED")]


def withdraw(order):
    """Have the provider withdraw what it has authorized, and announce it."""
    db.execute_sql("UPDATE fake_charges SET state = 'CANCELLED' WHERE order_id = %s", (order,))
    store_event("fake", ProviderEvent(f"withdrawn-{uuid7()}", "charge.cancelled", order))


def test_whoever_dies_while_an_authorization_is_looked_up_leaves_it_to_others(till, order, reconcile, die_at):
    till.charge(order)
    withdraw(order)
    die_at("payments.before-provider")

    reconcile()
    before = till.standing(order)
    reconcile(15)

    assert (before, till.standing(order)) == ("AUTHORIZED", "FAILED")
    assert till.accounts() == {}


def test_what_is_withdrawn_can_be_paid_again(till, order, reconcile):
    till.charge(order)
    withdraw(order)
    reconcile()

    paid = till.charge(order, attempt=2)
    captured = till.capture(order)

    assert (paid["state"], captured["state"]) == ("AUTHORIZED", "CAPTURED")
    assert till.at_provider(order) == ["CANCELLED", "CAPTURED"]


def test_what_is_voided_before_it_was_looked_up_stays_voided(till, order, reconcile):
    till.charge(order)
    withdraw(order)
    process_events("fake", 100)

    till.void(order)
    reconcile()

    assert till.standing(order) == "VOIDED"
    assert till.accounts() == {}
