"""Withdrawals on a real PostgreSQL: what comes back, what it is worth, and never more than was sold."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import peewee
import pytest

from prost.db import database as db
from prost.db import uuid7
from prost.errors import Conflict, Invalid, NotFound
from prost_orders.domain.returns import (
    NothingLeft,
    WithdrawalNotPossible,
    WithdrawalOver,
    withdrawal_ends,
)
from prost_orders.use_cases.documents import read_correction
from prost_orders.use_cases.reading import read_order
from prost_orders.use_cases.returns import (
    Withdrawal,
    finish_return,
    is_return_due,
    lease_returns,
    park_return,
    read_return,
    withdraw,
)

BEER, MILK = UUID(int=1), UUID(int=2)
ALL = Withdrawal(None, None)


@pytest.fixture
def give_back(database):
    """Return a function that withdraws from an order and sees it through."""

    def send(order, *lines, reason=None):
        return_id, holder = uuid7(), uuid7()
        receipt = withdraw(order, Withdrawal(list(lines) or None, reason), return_id, holder)
        assert finish_return(read_return(return_id, holder))
        return receipt

    return send


def state(order):
    return read_order(order).state


@pytest.mark.parametrize(
    ("received", "ends"),
    [
        # A Tuesday: the Tuesday two weeks later ends it.
        (datetime(2030, 1, 1, 12, tzinfo=UTC), datetime(2030, 1, 15, 23, tzinfo=UTC)),
        # It is Wednesday in Berlin already.
        (datetime(2030, 1, 1, 23, 30, tzinfo=UTC), datetime(2030, 1, 16, 23, tzinfo=UTC)),
        # The last day would be a Saturday, and a Sunday.
        (datetime(2030, 1, 5, 12, tzinfo=UTC), datetime(2030, 1, 21, 23, tzinfo=UTC)),
        (datetime(2030, 1, 6, 12, tzinfo=UTC), datetime(2030, 1, 21, 23, tzinfo=UTC)),
        # Over the change to summer time.
        (datetime(2030, 3, 25, 12, tzinfo=UTC), datetime(2030, 4, 8, 22, tzinfo=UTC)),
    ],
)
def test_a_withdrawal_is_possible_until_the_end_of_the_14th_day(received, ends):
    assert withdrawal_ends(received) == ends


def test_the_period_is_over_with_its_last_day(sell, clock):
    order = sell(state="CONFIRMED")
    clock.now = datetime(2030, 1, 15, 22, 59, 59, tzinfo=UTC)
    withdraw(order, Withdrawal([(BEER, 1)], None), uuid7(), uuid7())
    clock.advance(1)

    with pytest.raises(WithdrawalOver) as refused:
        withdraw(order, ALL, uuid7(), uuid7())
    assert refused.value.extensions["ended_at"] == "2030-01-16T00:00:00+01:00"


@pytest.mark.parametrize("current", ["PLACED", "REJECTED", "PAYMENT_FAILED", "EXPIRED"])
def test_there_is_nothing_to_withdraw_from_before_a_confirmation(sell, current):
    order = sell(state=current)

    with pytest.raises(WithdrawalNotPossible):
        withdraw(order, ALL, uuid7(), uuid7())


def test_an_order_that_was_cancelled_is_not_returned(sell, move):
    order = sell(state="CONFIRMED")
    move(order, "CANCELLED")

    with pytest.raises(WithdrawalNotPossible):
        withdraw(order, ALL, uuid7(), uuid7())


def test_all_of_it_comes_back_with_deposit_and_delivery(sell, give_back, clock):
    order = sell(state="CONFIRMED")

    receipt = give_back(order, reason="too many bottles")

    assert (receipt["refund_minor"], receipt["received_at"]) == (2288, "2030-01-01T12:00:00+00:00")
    assert receipt["refund_minor"] == read_order(order).total_minor
    assert receipt["reason"] == "too many bottles"
    assert state(order) == "RETURNED"


def test_a_part_comes_back_without_delivery_and_leaves_the_order_as_it_is(sell, give_back):
    order = sell(state="CONFIRMED")

    receipt = give_back(order, (BEER, 3))

    assert receipt["refund_minor"] == 3 * (129 + 8)
    assert state(order) == "CONFIRMED"


def test_the_last_part_returns_the_order_and_pays_for_the_delivery(sell, give_back):
    order = sell(state="CONFIRMED")
    first = give_back(order, (BEER, 9), (MILK, 1))

    last = give_back(order)

    assert [(line["sku"], line["quantity"]) for line in last["content"]["lines"]] == [
        ("SKU-1", 1),
        ("SKU-2", 1),
    ]
    assert first["refund_minor"] + last["refund_minor"] == 2288
    assert state(order) == "RETURNED"


def test_two_parts_under_way_return_the_order_when_the_later_one_is_through(sell):
    order = sell(state="CONFIRMED")
    (one, two), holder = (uuid7(), uuid7()), uuid7()
    withdraw(order, Withdrawal([(BEER, 10)], None), one, holder)
    withdraw(order, ALL, two, holder)

    finish_return(read_return(one, holder))
    between = state(order)
    finish_return(read_return(two, holder))

    assert (between, state(order)) == ("CONFIRMED", "RETURNED")


def test_express_delivery_is_paid_back_as_far_as_it_is_ordinary(sell, give_back):
    order = sell(method="express", state="CONFIRMED")

    assert give_back(order)["refund_minor"] == read_order(order).total_minor - 500


def test_a_return_has_a_correction_of_the_invoice(sell, give_back):
    order = sell(state="CONFIRMED")
    give_back(order, (MILK, 2))

    (done,) = read_order(order).returns
    correction = read_correction(order, done["credit_note"])

    assert (correction["kind"], correction["number"][:3]) == ("CORRECTION", "RK-")
    assert correction["corrects"]["number"].startswith("RE-")
    assert (
        correction["total_minor"] == 2 * (199 + 15) == sum(each["gross_minor"] for each in correction["vat"])
    )
    assert [each["rate"] for each in correction["vat"]] == ["7.00"]
    assert correction["shipping_minor"] == 0
    assert correction["buyer"]["name"] == "Zoë Grünwald-Łuczak"


def test_a_return_is_announced_once_it_is_through(sell, give_back, bus):
    order = sell(state="CONFIRMED")

    receipt = give_back(order, (BEER, 1))

    (told,) = bus.published("orders.order-returned.v1")
    assert told.aggregate_id == order
    assert told.data["return_id"] == receipt["return_id"]
    assert told.data["lines"] == [{"sku": "SKU-1", "variant_id": str(BEER), "quantity": 1}]
    assert (told.data["refund_minor"], told.data["complete"]) == (137, False)


def test_the_timeline_tells_of_the_withdrawal_and_of_its_end(sell, give_back):
    order = sell(state="CONFIRMED")
    receipt = give_back(order, (BEER, 1))

    told = [(entry.event, entry.detail) for entry in read_order(order).timeline]

    assert told[-2] == ("withdrawn", receipt["return_id"])
    assert told[-1] == ("returned", read_order(order).returns[0]["credit_note"])


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([(BEER, 11)], [("body.lines.0.quantity", "too-many")]),
        ([(BEER, 1), (UUID(int=9), 1)], [("body.lines.1.variant_id", "unknown")]),
        ([(BEER, 1), (BEER, 1)], [("body.lines.1.variant_id", "repeated")]),
        (
            [(MILK, 3), (BEER, 99)],
            [("body.lines.0.quantity", "too-many"), ("body.lines.1.quantity", "too-many")],
        ),
    ],
    ids=["too many", "unknown", "repeated", "two faults"],
)
def test_what_was_not_sold_does_not_come_back(sell, lines, faults):
    order = sell(state="CONFIRMED")

    with pytest.raises(Invalid) as refused:
        withdraw(order, Withdrawal(lines, None), uuid7(), uuid7())

    assert [(fault.field, fault.code) for fault in refused.value.errors] == faults
    assert read_order(order).returns == ()


def test_what_is_coming_back_does_not_come_back_again(sell):
    order = sell(state="CONFIRMED")
    withdraw(order, Withdrawal([(BEER, 8)], None), uuid7(), uuid7())

    with pytest.raises(Invalid):
        withdraw(order, Withdrawal([(BEER, 3)], None), uuid7(), uuid7())
    withdraw(order, ALL, uuid7(), uuid7())
    with pytest.raises(NothingLeft):
        withdraw(order, ALL, uuid7(), uuid7())


def test_nobody_writes_more_back_than_was_sold(sell):
    order = sell(state="CONFIRMED")
    return_id = uuid7()
    withdraw(order, Withdrawal([(BEER, 8)], None), return_id, uuid7())

    with pytest.raises(peewee.IntegrityError):
        db.execute_sql("UPDATE return_lines SET quantity = 11 WHERE return_id = %s", (return_id,))


def test_withdrawals_at_once_never_take_back_more_than_was_sold(sell):
    order = sell(state="CONFIRMED")
    start = threading.Barrier(16)

    def one(_number):
        db.connect(reuse_if_open=True)
        start.wait(60)
        try:
            withdraw(order, Withdrawal([(BEER, 3)], None), uuid7(), uuid7())
        except (Conflict, Invalid) as refusal:
            return refusal.code
        else:
            return "received"
        finally:
            db.close()

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(one, range(16)))

    assert Counter(outcomes) == {"received": 3, "invalid": 13}
    assert db.execute_sql("SELECT sum(quantity) FROM return_lines").fetchone() == (9,)
    assert db.execute_sql("SELECT sum(refund_minor) FROM returns").fetchone() == (9 * 137,)


def test_a_return_ends_once_and_in_the_hands_that_hold_it(sell):
    order = sell(state="CONFIRMED")
    return_id, holder = uuid7(), uuid7()
    withdraw(order, ALL, return_id, holder)
    work = read_return(return_id, holder)

    assert read_return(return_id, uuid7()) is None
    assert finish_return(work)
    assert not finish_return(work)
    assert len(read_order(order).returns) == 1


def test_a_return_that_stands_still_is_taken_on_when_its_time_has_come(sell, clock):
    order = sell(state="CONFIRMED")
    return_id, gone, worker = uuid7(), uuid7(), uuid7()
    withdraw(order, ALL, return_id, gone)
    assert (is_return_due(), lease_returns(worker, 5)) == (False, [])

    clock.advance(60)

    assert is_return_due()
    assert lease_returns(worker, 5) == [return_id]
    assert lease_returns(uuid7(), 5) == []
    assert read_return(return_id, gone) is None
    park_return(read_return(return_id, worker), "payments are away")
    assert read_return(return_id, worker) is None
    clock.advance(120)
    assert lease_returns(worker, 5) == [return_id]


def test_an_unknown_order_is_not_found(database):
    with pytest.raises(NotFound):
        withdraw(uuid7(), ALL, uuid7(), uuid7())
