"""What payments does when an account is gone; every event comes twice."""

import json
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import pytest

from prost.db import uuid7
from prost.events import Event, contracts
from prost.spec import ServiceSpec
from prost_payments import consumers, flows
from prost_payments.consumers import HANDLERS
from prost_payments.domain import Capture
from prost_payments.models import Entry, Payment, Transaction
from prost_payments.use_cases import steps
from prost_payments.worker import forget_accounts

ADA, EVE = UUID(int=1), UUID(int=2)
BACK = "http://127.0.0.1:8080/de/orders/1?key=secret"
CONTRACT = Path(__file__).parents[2] / "auth" / "contracts" / "auth.account-deleted.v1.json"

pytestmark = pytest.mark.usefixtures("sound")


class AccountDeleted(Event):
    """As auth publishes it."""

    type: ClassVar[str] = "auth.account-deleted.v1"
    account_id: UUID

    def aggregate_id(self):
        return self.account_id


@pytest.fixture
def pay(till):
    """Give the function that charges an order of somebody and returns its id."""

    def pay(customer, method="pm_card_visa"):
        order = uuid7()
        charge = steps.Charge(order, 1290, method, Capture.MANUAL, BACK, customer)
        till.run(steps.begin_charge, charge)
        return order

    return pay


def person_in(order):
    """Return what a payment says of the person."""
    row = Payment.get(Payment.order_id == order)
    return row.customer_id, row.return_url, row.redirect_url


def test_whose_a_payment_was_is_forgotten_and_the_books_stay(pay, till, bus):
    order = pay(ADA)
    till.capture(order)
    before = [list(model.select().tuples()) for model in (Transaction, Entry)]

    bus.deliver(HANDLERS, AccountDeleted(account_id=ADA))

    assert person_in(order) == (None, None, None)
    assert [list(model.select().tuples()) for model in (Transaction, Entry)] == before
    assert till.standing(order) == "CAPTURED"


def test_what_was_paid_by_somebody_forgotten_can_be_sent_back(pay, till, bus):
    order = pay(ADA)
    till.capture(order)
    bus.deliver(HANDLERS, AccountDeleted(account_id=ADA))

    till.refund(order, 1290)

    assert till.standing(order) == "REFUNDED"


def test_the_payments_of_others_stay_theirs(pay, bus):
    order = pay(EVE)

    bus.deliver(HANDLERS, AccountDeleted(account_id=ADA))

    assert person_in(order) == (EVE, BACK, None)


@pytest.mark.parametrize(
    "method", ["pm_card_threeDSecureRequired", "pm_timeout_after_charge", "pm_late_webhook"]
)
def test_a_payment_under_way_keeps_whom_it_waits_for(pay, bus, method):
    order = pay(ADA, method)

    bus.deliver(HANDLERS, AccountDeleted(account_id=ADA))

    assert person_in(order)[:2] == (ADA, BACK)


def test_a_payment_under_way_is_forgotten_once_it_has_come_to_its_end(pay, bus, provider, clock):
    order = pay(ADA, "pm_timeout_after_charge")
    bus.deliver(HANDLERS, AccountDeleted(account_id=ADA))
    clock.advance(1)
    flows.reconcile(provider)

    forget_accounts()

    assert person_in(order) == (None, None, None)


def test_a_charge_that_was_on_its_way_meanwhile_is_forgotten_later(pay, bus):
    bus.deliver(HANDLERS, AccountDeleted(account_id=ADA))
    order = pay(ADA)

    forget_accounts()

    assert person_in(order) == (None, None, None)


def test_every_event_that_is_declared_has_its_handler(service_home):
    assert set(HANDLERS) == set(ServiceSpec.load(service_home).events.consumes)


@pytest.mark.skipif(not CONTRACT.exists(), reason="the service that publishes it is not beside this one")
def test_the_event_has_what_is_read_of_it():
    promised = json.loads(CONTRACT.read_bytes())

    assert contracts.changes_that_break(consumers.AccountDeleted.model_json_schema(), promised) == []
