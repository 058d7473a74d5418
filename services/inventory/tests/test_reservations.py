"""Reserving, releasing, deducting and expiring, on a real PostgreSQL."""

from datetime import timedelta

import pytest
from peewee import IntegrityError

from prost.db import uuid7
from prost.errors import Invalid
from prost_inventory import domain
from prost_inventory.models import Hold, Movement, Reservation
from prost_inventory.use_cases.goods import adjust_stock
from prost_inventory.use_cases.reservations import deduct_stock, expire_holds, release_stock, reserve_stock

pytestmark = pytest.mark.usefixtures("sound")


@pytest.fixture
def announced(bus):
    """Return a function that lists what was announced of orders: the fact and its data."""

    def of(order):
        return [
            (event.type.split(".")[1], event.data) for event in bus.published() if event.aggregate_id == order
        ]

    return of


def test_what_is_reserved_is_held_and_still_there(shelf, stock, order, clock):
    shelf("HELLES", 10)

    reserved = reserve_stock(order, [("HELLES", 4)], 900)

    assert reserved == (order, "HELD", clock() + timedelta(seconds=900))
    assert stock("HELLES") == (10, 4)


def test_a_reservation_is_announced_with_its_lines(shelf, order, announced, clock):
    shelf("HELLES", 10)
    shelf("DUNKEL", 10)

    reserve_stock(order, [("HELLES", 4), ("DUNKEL", 1)], 900)

    assert announced(order) == [
        (
            "stock-reserved",
            {
                "order_id": str(order),
                "lines": [{"sku": "DUNKEL", "quantity": 1}, {"sku": "HELLES", "quantity": 4}],
                "expires_at": "2030-01-01T12:15:00+00:00",
            },
        )
    ]


def test_when_one_line_is_short_nothing_is_held(shelf, stock, order, announced):
    shelf("HELLES", 10)
    shelf("DUNKEL", 2)

    with pytest.raises(domain.OutOfStock) as refused:
        reserve_stock(order, [("HELLES", 1), ("DUNKEL", 3)], 900)

    assert refused.value.extensions["shortages"] == [{"sku": "DUNKEL", "requested": 3, "available": 2}]
    assert (stock("HELLES"), stock("DUNKEL")) == ((10, 0), (2, 0))
    assert Reservation.select().count() == 0
    assert announced(order) == []


def test_an_unknown_sku_is_short_of_all(shelf, order):
    shelf("HELLES", 10)

    with pytest.raises(domain.OutOfStock) as refused:
        reserve_stock(order, [("HELLES", 1), ("NOWHERE", 1)], 900)

    assert refused.value.extensions["shortages"] == [{"sku": "NOWHERE", "requested": 1, "available": 0}]


def test_an_order_that_was_short_can_reserve_once_there_is_more(shelf, stock, order):
    shelf("HELLES", 1)
    with pytest.raises(domain.OutOfStock):
        reserve_stock(order, [("HELLES", 2)], 900)
    adjust_stock("HELLES", 1, None, "anna", "delivered")

    reserve_stock(order, [("HELLES", 2)], 900)

    assert stock("HELLES") == (2, 2)


def test_the_same_reservation_again_is_the_same_answer(shelf, stock, order, announced, clock):
    shelf("HELLES", 10)
    shelf("DUNKEL", 10)
    first = reserve_stock(order, [("HELLES", 4), ("DUNKEL", 1)], 900)
    clock.advance(60)

    again = reserve_stock(order, [("DUNKEL", 1), ("HELLES", 4)], 900)

    assert again == first
    assert (stock("HELLES"), stock("DUNKEL")) == ((10, 4), (10, 1))
    assert len(announced(order)) == 1


@pytest.mark.parametrize(
    "lines",
    [
        [("HELLES", 5)],
        [("HELLES", 4), ("DUNKEL", 1)],
        [("DUNKEL", 4)],
    ],
    ids=["another quantity", "a line more", "another item"],
)
def test_other_lines_under_the_same_order_are_refused(shelf, stock, order, lines):
    shelf("HELLES", 10)
    shelf("DUNKEL", 10)
    reserve_stock(order, [("HELLES", 4)], 900)

    with pytest.raises(domain.ReservationDiffers):
        reserve_stock(order, lines, 900)
    assert (stock("HELLES"), stock("DUNKEL")) == ((10, 4), (10, 0))


def test_an_item_has_one_line(shelf, order):
    shelf("HELLES", 10)

    with pytest.raises(Invalid) as refused:
        reserve_stock(order, [("HELLES", 1), ("HELLES", 2)], 900)

    assert [problem.field for problem in refused.value.errors] == ["body.lines.1.sku"]


def test_a_line_is_held_at_one_location(shelf, stock, order):
    shelf("HELLES", 3, "cellar")
    shelf("HELLES", 5, "main")

    reserve_stock(order, [("HELLES", 4)], 900)

    assert (stock("HELLES", "cellar"), stock("HELLES", "main")) == ((3, 0), (5, 4))


def test_a_released_hold_is_free_again_and_told_with_its_reason(shelf, stock, order, announced):
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 900)

    release_stock(order, "payment-failed")
    release_stock(order, "payment-failed")

    assert stock("HELLES") == (10, 0)
    assert announced(order)[1:] == [
        (
            "stock-released",
            {
                "order_id": str(order),
                "lines": [{"sku": "HELLES", "quantity": 4}],
                "reason": "payment-failed",
            },
        )
    ]


def test_a_released_order_cannot_reserve_again(shelf, stock, order):
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 900)
    release_stock(order, "cancelled")

    with pytest.raises(domain.ReservationReleased):
        reserve_stock(order, [("HELLES", 4)], 900)
    with pytest.raises(domain.ReservationDiffers):
        reserve_stock(order, [("HELLES", 1)], 900)
    assert stock("HELLES") == (10, 0)


def test_a_reservation_that_comes_after_its_release_holds_nothing(shelf, stock, order, announced):
    shelf("HELLES", 10)
    release_stock(order, "gave up waiting")

    with pytest.raises(domain.ReservationReleased):
        reserve_stock(order, [("HELLES", 4)], 900)
    assert stock("HELLES") == (10, 0)
    assert announced(order) == []


def test_a_deduction_takes_what_was_held_once(shelf, stock, order, announced):
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 900)

    deduct_stock(order)
    deduct_stock(order)

    assert stock("HELLES") == (6, 0)
    assert announced(order)[1:] == [
        ("stock-deducted", {"order_id": str(order), "lines": [{"sku": "HELLES", "quantity": 4}]})
    ]
    assert [m.delta for m in Movement.select().where(Movement.kind == "DEDUCTED")] == [-4]


def test_what_was_deducted_cannot_be_released(shelf, stock, order):
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 900)
    deduct_stock(order)

    with pytest.raises(domain.ReservationCommitted):
        release_stock(order, "cancelled")
    assert stock("HELLES") == (6, 0)


def test_a_reservation_after_its_deduction_is_the_same_one(shelf, stock, order):
    shelf("HELLES", 10)
    first = reserve_stock(order, [("HELLES", 4)], 900)
    deduct_stock(order)

    again = reserve_stock(order, [("HELLES", 4)], 900)

    assert again == first._replace(state="COMMITTED")
    assert stock("HELLES") == (6, 0)


def test_an_order_that_reserved_nothing_deducts_nothing(database, order):
    with pytest.raises(domain.ReservationNotFound):
        deduct_stock(order)


def test_an_order_that_was_released_before_it_reserved_has_nothing_to_deduct(database, order):
    release_stock(order, "gave up waiting")

    with pytest.raises(domain.HoldLost):
        deduct_stock(order)


def test_what_is_held_for_too_long_is_released_once(shelf, stock, order, announced, clock):
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 900)
    clock.advance(899)
    early = expire_holds()
    clock.advance(1)

    assert (early, expire_holds(), expire_holds()) == (0, 1, 0)
    assert stock("HELLES") == (10, 0)
    assert announced(order)[1][1]["reason"] == "expired"


def test_more_holds_than_expire_at_once_all_expire(shelf, stock, clock):
    shelf("HELLES", 200)
    for _ in range(120):
        reserve_stock(uuid7(), [("HELLES", 1)], 60)
    clock.advance(60)

    assert expire_holds() == 120
    assert stock("HELLES") == (200, 0)


def test_what_is_committed_or_released_does_not_expire(shelf, stock, clock):
    shelf("HELLES", 10)
    bought, cancelled = uuid7(), uuid7()
    reserve_stock(bought, [("HELLES", 4)], 60)
    reserve_stock(cancelled, [("HELLES", 3)], 60)
    deduct_stock(bought)
    release_stock(cancelled, "cancelled")
    clock.advance(61)

    assert expire_holds() == 0
    assert stock("HELLES") == (6, 0)


def test_a_hold_that_is_late_and_was_not_swept_yet_is_deducted(shelf, stock, order, clock):
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 60)
    clock.advance(61)

    deduct_stock(order)

    assert (stock("HELLES"), expire_holds()) == ((6, 0), 0)


def test_an_expired_hold_is_taken_again_by_the_deduction(shelf, stock, order, announced, clock):
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 60)
    clock.advance(61)
    expire_holds()

    deduct_stock(order)

    assert stock("HELLES") == (6, 0)
    assert [fact for fact, _ in announced(order)] == ["stock-reserved", "stock-released", "stock-deducted"]


def test_an_expired_hold_that_others_took_is_lost(shelf, stock, order, clock):
    shelf("HELLES", 10)
    shelf("DUNKEL", 10)
    reserve_stock(order, [("HELLES", 4), ("DUNKEL", 1)], 60)
    clock.advance(61)
    expire_holds()
    reserve_stock(uuid7(), [("HELLES", 8)], 60)

    with pytest.raises(domain.HoldLost) as lost:
        deduct_stock(order)

    assert lost.value.extensions["shortages"] == [{"sku": "HELLES", "requested": 4, "available": 2}]
    assert (stock("HELLES"), stock("DUNKEL")) == ((10, 8), (10, 0))


def test_an_expired_hold_may_be_taken_again_from_another_location(shelf, stock, order, clock):
    shelf("HELLES", 4, "cellar")
    shelf("HELLES", 4, "main")
    reserve_stock(order, [("HELLES", 4)], 60)
    clock.advance(61)
    expire_holds()
    reserve_stock(uuid7(), [("HELLES", 2)], 60)

    deduct_stock(order)

    assert (stock("HELLES", "cellar"), stock("HELLES", "main")) == ((4, 2), (0, 0))
    assert Hold.get(Hold.order == order).location == "main"


@pytest.mark.parametrize("quantity", [0, -1, 1000, 2**31 - 1])
def test_a_quantity_that_no_line_can_have_holds_nothing(shelf, stock, order, quantity):
    shelf("HELLES", 5000)

    with pytest.raises((IntegrityError, domain.OutOfStock)):
        reserve_stock(order, [("HELLES", quantity)], 60)
    assert stock("HELLES") == (5000, 0)
    assert Reservation.select().count() == 0


def test_the_largest_basket_is_held_as_a_whole(shelf, stock, order):
    skus = [shelf(f"BEER-{number:03}", 1000) for number in range(100)]

    reserve_stock(order, [(sku, 999) for sku in skus], 60)

    assert {stock(sku) for sku in skus} == {(1000, 999)}
