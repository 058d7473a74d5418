"""What the tests of payments share: orders, the calls of the service of orders, and the invariants."""

import pytest

from prost.db import database as db
from prost.db import uuid7
from prost_payments import flows
from prost_payments.domain import Capture
from prost_payments.providers.fake import FakeProvider
from prost_payments.settings import Settings
from prost_payments.use_cases import steps
from prost_payments.use_cases.invariants import invariants


@pytest.fixture
def order():
    """Give the id of an order."""
    return uuid7()


@pytest.fixture
def provider():
    """Give the fake provider."""
    return FakeProvider(Settings(service="payments", env="test"))


class Till:
    """Does to payments what the service of orders asks for, against a provider."""

    def __init__(self, provider):
        self.provider = provider

    def run(self, begin, *arguments):
        """Begin, and go on to the end."""
        step = begin(self.provider.name, self.provider.lease, *arguments)
        return flows.go_on(self.provider, step).document

    def charge(self, order, method="pm_card_visa", amount=1290, capture=Capture.MANUAL, attempt=1):
        """Charge an order."""
        back = "http://127.0.0.1:8080/de/checkout"
        return self.run(steps.begin_charge, steps.Charge(order, amount, method, capture, back, None, attempt))

    def capture(self, order):
        """Take what is authorized."""
        return self.run(steps.begin_capture, order)

    def void(self, order, reason="cancelled"):
        """Give the payment up."""
        return self.run(steps.begin_void, order, reason)

    def refund(self, order, amount, refund=None):
        """Send an amount back."""
        return self.run(steps.begin_refund, order, refund or uuid7(), amount, "returned")

    @staticmethod
    def standing(order):
        """Tell where the payment of an order stands."""
        return steps.read_by_order(order)["state"]

    @staticmethod
    def at_provider(order):
        """Tell the states of an order's charges on the fake provider's side."""
        query = "SELECT state FROM fake_charges WHERE order_id = %s ORDER BY created_at"
        return [state for (state,) in db.execute_sql(query, (order,)).fetchall()]

    @staticmethod
    def accounts():
        """Sum up the ledger's accounts; one with nothing on it is left out."""
        rows = db.execute_sql("SELECT account, sum(amount_minor)::bigint FROM ledger GROUP BY account")
        return {account: total for account, total in rows.fetchall() if total}


@pytest.fixture
def till(database, provider):
    """Give what charges, captures, voids and refunds."""
    return Till(provider)


@pytest.fixture
def as_orders(token):
    """Give the headers with which the service of orders calls."""
    return {"Authorization": f"Bearer {token.of_service('orders')}"}


@pytest.fixture
def as_staff(token):
    """Give the headers with which staff calls."""
    return {"Authorization": f"Bearer {token('support', subject='sepp')}"}


@pytest.fixture
def sound(database):
    """Hold a test to the invariants once it is over."""
    yield
    assert invariants() == []
