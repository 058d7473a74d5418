"""Whatever is done in whatever order, payments and books are what a simple model of them says."""

from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from prost.db import database as db
from prost.db import uuid7
from prost.errors import ProstError
from prost_payments import flows
from prost_payments.domain import Capture, ProviderEvent
from prost_payments.providers.challenges import decide_challenge
from prost_payments.use_cases.incoming import store_event
from prost_payments.use_cases.invariants import invariants

VISA, DECLINED, SECURE, LOST = (
    "pm_card_visa",
    "pm_card_chargeDeclined",
    "pm_card_threeDSecureRequired",
    "pm_timeout_after_charge",
)
TAKEN = {"CAPTURED", "PARTIALLY_REFUNDED", "REFUNDED"}
AMOUNT = 1000


@dataclass
class Kept:
    """What the model knows of an order; `open` is what only the provider knows by now."""

    state: str
    capture: Capture = Capture.MANUAL
    method: str | None = None
    attempt: int = 1
    open: str | None = None
    token: str | None = None
    captured: int = 0
    refunds: dict = field(default_factory=dict)

    @property
    def refunded(self):
        return sum(self.refunds.values())

    def succeed(self):
        """Have the charge go through."""
        self.state = "AUTHORIZED"
        if self.capture is Capture.AUTOMATIC:
            self.take()

    def take(self):
        self.state, self.captured = "CAPTURED", self.captured + AMOUNT

    def give_back(self):
        """Have what came too late go back."""
        if self.capture is Capture.AUTOMATIC:
            self.captured += AMOUNT
            self.refunds[uuid7()] = AMOUNT


class Shop(RuleBasedStateMachine):
    """The real one beside a model of one page; each run has orders of its own."""

    orders = Bundle("orders")
    refunds = Bundle("refunds")

    @initialize()
    def open(self):
        self.kept = {}

    @staticmethod
    def outcome(deed, *arguments):
        try:
            return deed(*arguments)["state"]
        except ProstError as refusal:
            return refusal.code

    @rule(target=orders)
    def order(self):
        return uuid7()

    @rule(target=orders, capture=st.sampled_from(Capture))
    def order_and_pay(self, capture):
        order = uuid7()
        self.charge(order, VISA, capture, 1)
        self.capture(order)
        return order

    @rule(target=refunds)
    def have_something_to_give_back(self):
        return uuid7()

    @rule(
        order=orders,
        method=st.sampled_from([VISA, DECLINED, SECURE, LOST]),
        capture=st.sampled_from(Capture),
        attempt=st.integers(1, 4),
    )
    def charge(self, order, method, capture, attempt):
        known = self.kept.get(order)
        if known is None:
            known = self.kept[order] = Kept("NEW", capture, method, attempt)
        if known.state == "VOIDED":
            expected = "payment-voided"
        elif known.capture is not capture or (known.attempt == attempt and known.method != method):
            expected = "payment-differs"
        else:
            if known.state == "NEW" or (known.state == "FAILED" and known.attempt < attempt):
                self.begin(known, method, attempt)
            expected = known.state

        arguments = (order, method, AMOUNT, capture, attempt)
        assert self.outcome(self.till.charge, *arguments) == expected
        if known.state == "ACTION_REQUIRED" and expected == known.state:
            known.token = self.till.charge(*arguments)["redirect_url"].rpartition("/")[2]

    @staticmethod
    def begin(known, method, attempt):
        known.method, known.attempt = method, attempt
        known.open = {SECURE: "asked", LOST: "approved"}.get(method)
        known.state = {DECLINED: "FAILED", SECURE: "ACTION_REQUIRED", LOST: "UNKNOWN"}.get(method, "NEW")
        if method == VISA:
            known.succeed()

    @rule(order=orders, approve=st.booleans())
    def answer_the_bank(self, order, approve):
        known = self.kept.get(order)
        if known is not None and known.token is not None:
            decide_challenge(known.token, approve=approve)
            if known.open == "asked":
                known.open = "approved" if approve else "declined"

    @rule(order=orders)
    def capture(self, order):
        known = self.kept.get(order)
        if known is None:
            expected = "payment-not-found"
        elif known.state == "AUTHORIZED":
            known.take()
            expected = "CAPTURED"
        else:
            expected = known.state if known.state in TAKEN else "not-authorized"

        assert self.outcome(self.till.capture, order) == expected

    @rule(order=orders)
    def void(self, order):
        known = self.kept.setdefault(order, Kept("VOIDED"))
        if known.state not in TAKEN:
            if known.state == "ACTION_REQUIRED":
                # The provider is told at once, and may have been told otherwise before.
                if known.open == "approved":
                    known.give_back()
                known.open = None
            known.state = "VOIDED"

        expected = "payment-captured" if known.state in TAKEN else "VOIDED"
        assert self.outcome(self.till.void, order) == expected

    @rule(order=orders, refund=refunds, amount=st.sampled_from([300, 500, AMOUNT]))
    def refund(self, order, refund, amount):
        known = self.kept.get(order)
        if known is None:
            expected = "payment-not-found"
        elif refund in known.refunds:
            expected = known.state if known.refunds[refund] == amount else "refund-differs"
        elif known.state not in TAKEN:
            expected = "not-captured"
        elif amount > known.captured - known.refunded:
            expected = "refund-exceeds"
        else:
            known.refunds[refund] = amount
            known.state = "REFUNDED" if known.refunded == known.captured else "PARTIALLY_REFUNDED"
            expected = known.state

        assert self.outcome(self.till.refund, order, amount, refund) == expected

    @rule(order=orders)
    def withdraw(self, order):
        """Have the provider withdraw what it has authorized, and say so."""
        known = self.kept.get(order)
        if known is None or known.state != "AUTHORIZED":
            return
        db.execute_sql(
            "UPDATE fake_charges SET state = 'CANCELLED' WHERE order_id = %s AND state = 'AUTHORIZED'",
            (order,),
        )
        store_event("fake", ProviderEvent(f"withdrawn-{uuid7()}", "charge.cancelled", order))
        flows.reconcile(self.till.provider)
        known.state = "FAILED"

    @rule()
    def let_time_pass(self):
        self.clock.advance(1000)
        for _ in range(5):
            flows.reconcile(self.till.provider)
        for known in self.kept.values():
            decided, known.open = known.open, None
            if decided is None:
                continue
            if known.state == "VOIDED":
                known.give_back()
            elif decided == "approved":
                known.succeed()
            else:
                known.state = "FAILED"

    @invariant()
    def payments_are_what_the_model_says(self):
        query = """
            SELECT order_id, state, captured_minor, refunded_minor FROM payments
            WHERE order_id = ANY(%s::uuid[])
        """
        rows = db.execute_sql(query, ([str(order) for order in self.kept],)).fetchall()
        assert {str(order): tuple(rest) for order, *rest in rows} == {
            str(order): (known.state, known.captured, known.refunded) for order, known in self.kept.items()
        }

    @invariant()
    def the_books_are_what_the_model_says(self):
        query = """
            SELECT l.account, sum(l.amount_minor)::bigint FROM ledger l JOIN payments p ON p.id = l.payment_id
            WHERE p.order_id = ANY(%s::uuid[]) GROUP BY l.account
        """
        rows = db.execute_sql(query, ([str(order) for order in self.kept],)).fetchall()
        held = AMOUNT * sum(known.state == "AUTHORIZED" for known in self.kept.values())
        captured = sum(known.captured for known in self.kept.values())
        refunded = sum(known.refunded for known in self.kept.values())
        expected = {
            "authorized": held,
            "holds": -held,
            "cash": captured - refunded,
            "revenue": -captured,
            "refunds": refunded,
        }
        found = {account: total for account, total in rows if total}
        assert found == {account: total for account, total in expected.items() if total}

    def teardown(self):
        self.let_time_pass()
        assert invariants() == []


def test_payments_and_books_are_what_the_model_says(till, clock):
    Shop.clock, Shop.till = clock, till
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
