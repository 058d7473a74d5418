"""Whatever is done in whatever order, the stock is what a simple model of it says."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
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

from prost.db import uuid7
from prost.errors import ProstError
from prost.testing import FakeClock
from prost_inventory.domain import Disposition
from prost_inventory.models import Item, Movement, Reservation, Stock
from prost_inventory.use_cases.goods import adjust_stock, learn_skus, restock_goods, set_threshold
from prost_inventory.use_cases.invariants import invariants
from prost_inventory.use_cases.reservations import deduct_stock, expire_holds, release_stock, reserve_stock

KINDS = ("HELLES", "DUNKEL", "WEIZEN")
BASKETS = st.dictionaries(st.sampled_from(KINDS), st.integers(1, 4), min_size=1)
DISPOSITIONS = st.sampled_from(Disposition)


@dataclass
class Kept:
    """What the model knows of an order."""

    lines: dict[str, int]
    state: str
    expires_at: datetime
    returns: dict = field(default_factory=dict)


class Warehouse(RuleBasedStateMachine):
    """The real one beside a model of one page; each run has items of its own."""

    orders = Bundle("orders")
    returns = Bundle("returns")
    clock: FakeClock

    @initialize()
    def open(self):
        self.run = uuid7().hex.upper()
        self.on_hand = dict.fromkeys(KINDS, 8)
        self.thresholds = dict.fromkeys(KINDS, 12)
        self.kept = {}
        learn_skus([self.sku(kind) for kind in KINDS])
        for kind in KINDS:
            adjust_stock(self.sku(kind), 8, None, "anna", "delivered")

    def sku(self, kind):
        return f"{kind}-{self.run}"

    def lines(self, basket):
        return [(self.sku(kind), quantity) for kind, quantity in basket.items()]

    def reserved(self, kind):
        return sum(order.lines.get(kind, 0) for order in self.kept.values() if order.state == "HELD")

    def is_there(self, basket):
        return all(self.on_hand[kind] - self.reserved(kind) >= n for kind, n in basket.items())

    def move(self, basket, sign):
        for kind, quantity in basket.items():
            self.on_hand[kind] += sign * quantity

    def expire(self):
        for order in self.kept.values():
            if order.state == "HELD" and order.expires_at <= self.clock():
                order.state = "RELEASED"

    @staticmethod
    def outcome(deed, *arguments):
        try:
            deed(*arguments)
        except ProstError as refusal:
            return refusal.code
        return "done"

    @rule(target=orders, basket=BASKETS)
    def order(self, basket):
        order = uuid7()
        self.reserve(order, basket)
        return order

    @rule(target=orders, basket=BASKETS)
    def buy(self, basket):
        order = self.order(basket)
        self.deduct(order)
        return order

    @rule(target=orders)
    def have_an_order_that_never_got_here(self):
        return uuid7()

    @rule(target=returns)
    def have_something_come_back(self):
        return uuid7()

    @rule(kind=st.sampled_from(KINDS), delta=st.integers(-4, 4).filter(bool))
    def correct(self, kind, delta):
        fits = self.on_hand[kind] + delta >= self.reserved(kind)

        told = self.outcome(adjust_stock, self.sku(kind), delta, None, "anna", "counted")

        assert told == ("done" if fits else "stock-is-reserved")
        self.on_hand[kind] += delta * fits

    @rule(kind=st.sampled_from(KINDS), threshold=st.integers(0, 15))
    def set_a_threshold(self, kind, threshold):
        set_threshold(self.sku(kind), threshold)
        self.thresholds[kind] = threshold

    @rule(order=orders, basket=BASKETS)
    def reserve_under_it(self, order, basket):
        self.reserve(order, basket)

    @rule(order=orders)
    def reserve_it_again(self, order):
        if order in self.kept and self.kept[order].lines:
            self.reserve(order, self.kept[order].lines)

    def reserve(self, order, basket):
        known = self.kept.get(order)
        if known is not None and known.lines and known.lines != basket:
            expected = "reservation-differs"
        elif known is not None:
            expected = "reservation-released" if known.state == "RELEASED" else "done"
        elif self.is_there(basket):
            expected = "done"
            self.kept[order] = Kept(basket, "HELD", self.clock() + timedelta(seconds=900))
        else:
            expected = "out-of-stock"

        assert self.outcome(reserve_stock, order, self.lines(basket), 900) == expected

    @rule(order=orders)
    def release(self, order):
        known = self.kept.setdefault(order, Kept({}, "RELEASED", self.clock()))

        told = self.outcome(release_stock, order, "cancelled")

        assert told == ("reservation-committed" if known.state == "COMMITTED" else "done")
        known.state = "COMMITTED" if known.state == "COMMITTED" else "RELEASED"

    @rule(order=orders)
    def deduct(self, order):
        known = self.kept.get(order)
        if known is None:
            expected = "reservation-not-found"
        elif known.state == "COMMITTED":
            expected = "done"
        elif known.state == "HELD" or (known.lines and self.is_there(known.lines)):
            expected = "done"
            known.state = "COMMITTED"
            self.move(known.lines, -1)
        else:
            expected = "hold-lost"

        assert self.outcome(deduct_stock, order) == expected

    @rule(order=orders, coming_back=returns, basket=BASKETS, disposition=DISPOSITIONS)
    def send_anything_back(self, order, coming_back, basket, disposition):
        self.take_back(order, coming_back, basket, disposition)

    @rule(order=orders, coming_back=returns, most=st.integers(1, 4), disposition=DISPOSITIONS)
    def send_some_of_it_back(self, order, coming_back, most, disposition):
        if order in self.kept and self.kept[order].lines:
            some = {kind: min(n, most) for kind, n in self.kept[order].lines.items()}
            self.take_back(order, coming_back, some, disposition)

    def take_back(self, order, coming_back, basket, disposition):
        known = self.kept.get(order)
        if known is None or known.state != "COMMITTED":
            expected = "not-sold"
        elif coming_back in known.returns:
            expected = "done" if known.returns[coming_back] == (basket, disposition) else "return-differs"
        elif any(
            n + sum(back.get(kind, 0) for back, _ in known.returns.values()) > known.lines.get(kind, 0)
            for kind, n in basket.items()
        ):
            expected = "more-than-sold"
        else:
            expected = "done"
            known.returns[coming_back] = (basket, disposition)
            if disposition is Disposition.RESTOCK:
                self.move(basket, 1)

        assert self.outcome(restock_goods, order, coming_back, self.lines(basket), disposition) == expected

    @rule(seconds=st.sampled_from([1, 300, 901]))
    def let_time_pass(self, seconds):
        self.clock.advance(seconds)
        expire_holds()
        self.expire()

    @invariant()
    def the_shelves_are_what_the_model_says(self):
        rows = Stock.select(Stock.item, Stock.on_hand, Stock.reserved).tuples()
        mine = rows.where(Stock.item.in_([self.sku(kind) for kind in KINDS]))
        found = {sku.split("-")[0]: (on_hand, reserved) for sku, on_hand, reserved in mine}
        assert found == {kind: (self.on_hand[kind], self.reserved(kind)) for kind in KINDS}

    @invariant()
    def the_reservations_are_what_the_model_says(self):
        rows = Reservation.select(Reservation.order_id, Reservation.state).tuples()
        states = dict(rows.where(Reservation.order_id.in_([*self.kept])))
        assert states == {order: kept.state for order, kept in self.kept.items()}

    def teardown(self):
        assert invariants() == []
        for kind in KINDS:
            available = self.on_hand[kind] - self.reserved(kind)
            level = "OUT" if not available else "LOW" if available <= self.thresholds[kind] else "IN_STOCK"
            assert Item.get(Item.sku == self.sku(kind)).level == level
            deltas = [m.delta for m in Movement.select().where(Movement.sku == self.sku(kind))]
            assert sum(deltas) == self.on_hand[kind]


@pytest.mark.usefixtures("database")
def test_stock_holds_and_movements_are_what_the_model_says(clock):
    Warehouse.clock = clock
    run_state_machine_as_test(
        Warehouse,
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
