"""The states of an order: who may follow whom, held against a model that says it in another way."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from prost.db import uuid7
from prost_orders.domain.numbers import new_number
from prost_orders.domain.orders import (
    CANCELLABLE,
    HOLDING,
    OrderState,
    compensation_id,
    may_move,
    pause_after,
)

STATES = st.sampled_from(OrderState)
RANK = {
    "PLACED": 0,
    "RESERVED": 1,
    "AWAITING_PAYMENT": 2,
    "AUTHORIZED": 3,
    "CONFIRMED": 4,
    "SHIPPED": 5,
    "DELIVERED": 6,
}
FAILURES = {"REJECTED", "EXPIRED"}
ENDS = {*FAILURES, "CANCELLED", "RETURNED"}


def allowed(before, after):
    """Say it once more, by rank: forward only, but to be paid again, and ends by how far it had come."""
    if before not in RANK:
        return before == "PAYMENT_FAILED" and after in {"RESERVED", "EXPIRED", "CANCELLED"}
    rank = RANK[before]
    if after in {*FAILURES, "PAYMENT_FAILED"}:
        return rank < 4
    if after == "CANCELLED":
        return rank <= 4
    if after == "RETURNED":
        return rank >= 4
    if after in {"SHIPPED", "DELIVERED"}:
        return RANK[after] == rank + 1
    return RANK[after] > rank


@given(STATES, STATES)
def test_an_order_moves_as_the_model_says(before, after):
    assert may_move(before, after) is allowed(before.value, after.value)


@given(STATES)
def test_what_can_be_cancelled_is_what_may_become_cancelled(state):
    assert (state in CANCELLABLE) is may_move(state, OrderState.CANCELLED)


class Life(RuleBasedStateMachine):
    """One order, pushed about by all who have a say."""

    def __init__(self):
        super().__init__()
        self.state = OrderState.PLACED
        self.was = []
        self.attempt = []

    @rule(wanted=STATES)
    def push(self, wanted):
        if may_move(self.state, wanted):
            self.was.append(self.state)
            self.attempt = [] if self.state is OrderState.PAYMENT_FAILED else [*self.attempt, self.state]
            self.state = wanted

    @precondition(lambda self: self.state in CANCELLABLE)
    @rule()
    def cancel(self):
        self.push(OrderState.CANCELLED)
        assert self.state is OrderState.CANCELLED

    @invariant()
    def it_never_goes_back_but_to_be_paid_again(self):
        assert self.state not in self.attempt
        assert len(self.attempt) <= len(RANK)

    @invariant()
    def what_is_sold_or_over_stays_so(self):
        assert all(each in HOLDING for each in self.was) or self.state not in HOLDING
        assert ENDS.isdisjoint(self.was)

    @invariant()
    def what_has_failed_was_never_confirmed(self):
        assert self.state.value not in {*FAILURES, "PAYMENT_FAILED"} or OrderState.CONFIRMED not in self.was


def test_no_life_of_an_order_breaks_the_rules():
    run_state_machine_as_test(Life)


@given(st.integers(1, 10_000))
def test_an_order_is_left_alone_longer_and_longer_up_to_a_minute(attempts):
    pause, next_pause = (pause_after(each).total_seconds() for each in (attempts, attempts + 1))

    assert 1 <= pause <= next_pause <= 60


def test_what_undoes_an_order_has_one_name():
    order = uuid7()

    assert compensation_id(order) == compensation_id(order)
    assert compensation_id(order) != compensation_id(uuid7())


def test_numbers_are_sayable_and_do_not_count():
    numbers = {new_number() for _ in range(1000)}

    assert len(numbers) == 1000
    assert all(len(number) == 14 and not set(number) & set("ILOU") for number in numbers)
