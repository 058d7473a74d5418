"""New items, corrections, thresholds and returns, on a real PostgreSQL."""

import pytest

from prost.db import uuid7
from prost.errors import Invalid
from prost_inventory import domain
from prost_inventory.domain import Disposition
from prost_inventory.models import Item, Movement, Return, Stock
from prost_inventory.use_cases.goods import adjust_stock, learn_skus, restock_goods, set_threshold
from prost_inventory.use_cases.reservations import deduct_stock, release_stock, reserve_stock

pytestmark = pytest.mark.usefixtures("sound")


@pytest.fixture
def told(bus):
    """Return a function that lists what was told of the levels: the fact, the SKU and how many there were."""

    def facts():
        return [
            (event.type.split(".")[1], event.data["sku"], event.data["available"])
            for event in bus.published()
            if "available" in event.data
        ]

    return facts


@pytest.fixture
def sold(shelf, order):
    """Give an order that was sent 4 Helles and 1 Dunkel out of 10 each."""
    shelf("HELLES", 10)
    shelf("DUNKEL", 10)
    reserve_stock(order, [("HELLES", 4), ("DUNKEL", 1)], 900)
    deduct_stock(order)
    return order


def ledger():
    return [(m.sku, m.kind, m.delta) for m in Movement.select().order_by(Movement.number)]


def test_a_new_item_has_an_empty_shelf_and_nobody_is_told(database, stock, told):
    assert learn_skus(["HELLES", "DUNKEL"]) == 2

    assert (stock("HELLES"), Item.get(Item.sku == "HELLES").level) == ((0, 0), "OUT")
    assert told() == []


def test_a_known_item_stays_as_it_is(shelf, stock):
    shelf("HELLES", 10)

    assert learn_skus(["HELLES", "DUNKEL", "DUNKEL"]) == 1
    assert (stock("HELLES"), stock("DUNKEL")) == ((10, 0), (0, 0))


def test_a_correction_is_entered_with_who_and_why(shelf, stock):
    shelf("HELLES", 10)

    done = adjust_stock("HELLES", -3, None, "anna", "broken")

    assert done == (7, 0, -3)
    entry = Movement.select().order_by(Movement.number.desc()).get()
    assert (entry.kind, entry.delta, entry.actor, entry.reason) == ("ADJUSTED", -3, "anna", "broken")


def test_a_count_is_entered_as_the_difference(shelf, stock):
    shelf("HELLES", 10)

    assert adjust_stock("HELLES", None, 8, "anna", "counted") == (8, 0, -2)
    assert adjust_stock("HELLES", None, 8, "anna", "counted") == (8, 0, 0)
    assert [delta for _, _, delta in ledger()] == [10, -2]


def test_goods_may_lie_at_another_location(shelf, stock):
    shelf("HELLES", 10)

    adjust_stock("HELLES", 5, None, "anna", "moved", "cellar")

    assert (stock("HELLES", "main"), stock("HELLES", "cellar")) == ((10, 0), (5, 0))


def test_a_correction_leaves_what_is_held(shelf, stock, order):
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 900)

    with pytest.raises(domain.StockIsReserved) as refused:
        adjust_stock("HELLES", None, 3, "anna", "counted")
    assert refused.value.extensions == {"on_hand": 10, "reserved": 4}
    assert adjust_stock("HELLES", None, 4, "anna", "counted") == (4, 4, -6)


def test_an_unknown_item_cannot_be_corrected(database):
    with pytest.raises(domain.SkuNotFound):
        adjust_stock("NOWHERE", 1, None, "anna", "delivered")
    with pytest.raises(domain.SkuNotFound):
        set_threshold("NOWHERE", 1)


def test_a_shelf_holds_so_much_and_no_more(shelf, stock):
    shelf("HELLES", 10_000_000)

    with pytest.raises(Invalid) as refused:
        adjust_stock("HELLES", 1, None, "anna", "delivered")
    assert [problem.field for problem in refused.value.errors] == ["body.delta"]
    with pytest.raises(domain.StockIsReserved):
        adjust_stock("HELLES", -10_000_001, None, "anna", "lost")
    assert stock("HELLES") == (10_000_000, 0)


def test_low_is_told_when_the_threshold_is_crossed_and_not_again(shelf, told):
    shelf("HELLES", 20)
    set_threshold("HELLES", 5)

    reserve_stock(uuid7(), [("HELLES", 14)], 900)
    reserve_stock(uuid7(), [("HELLES", 1)], 900)
    reserve_stock(uuid7(), [("HELLES", 2)], 900)
    reserve_stock(uuid7(), [("HELLES", 3)], 900)

    assert told() == [("back-in-stock", "HELLES", 20), ("stock-low", "HELLES", 5)]


def test_a_fall_to_nothing_at_once_is_told_as_low_and_the_rise_as_back(shelf, told, order):
    shelf("HELLES", 20)
    reserve_stock(order, [("HELLES", 20)], 900)

    release_stock(order, "cancelled")

    assert told()[1:] == [("stock-low", "HELLES", 0), ("back-in-stock", "HELLES", 20)]


def test_a_deduction_of_what_was_held_crosses_nothing(shelf, told, order):
    shelf("HELLES", 20)
    reserve_stock(order, [("HELLES", 20)], 900)
    before = told()

    deduct_stock(order)

    assert told() == before


def test_back_in_stock_is_told_once_per_item(shelf, told):
    shelf("HELLES", 1)
    adjust_stock("HELLES", 1, None, "anna", "delivered")
    shelf("DUNKEL", 1)

    assert told() == [("back-in-stock", "HELLES", 1), ("back-in-stock", "DUNKEL", 1)]


def test_an_item_is_in_stock_while_one_location_has_it(shelf, told, order):
    shelf("HELLES", 20, "cellar")
    shelf("HELLES", 20, "main")

    reserve_stock(order, [("HELLES", 20)], 900)

    assert told() == [("back-in-stock", "HELLES", 20)]


def test_a_threshold_that_is_raised_above_the_stock_makes_it_low(shelf, told):
    shelf("HELLES", 20)

    set_threshold("HELLES", 20)
    set_threshold("HELLES", 19)
    set_threshold("HELLES", 20)

    assert told()[1:] == [("stock-low", "HELLES", 20), ("stock-low", "HELLES", 20)]


def test_what_comes_back_can_be_sold_again(sold, stock):
    restock_goods(sold, uuid7(), [("HELLES", 3)], Disposition.RESTOCK)

    assert (stock("HELLES"), stock("DUNKEL")) == ((9, 0), (9, 0))
    assert ledger()[-1] == ("HELLES", "RETURNED", 3)


def test_scrap_is_in_the_books_and_not_on_the_shelf(sold, stock, told):
    before = told()

    restock_goods(sold, uuid7(), [("HELLES", 3)], Disposition.SCRAP)

    assert stock("HELLES") == (6, 0)
    assert ledger()[-2:] == [("HELLES", "RETURNED", 3), ("HELLES", "SCRAPPED", -3)]
    assert told() == before


def test_a_return_that_comes_again_is_taken_in_once(sold, stock):
    coming_back = uuid7()

    restock_goods(sold, coming_back, [("HELLES", 3), ("DUNKEL", 1)], Disposition.RESTOCK)
    restock_goods(sold, coming_back, [("DUNKEL", 1), ("HELLES", 3)], Disposition.RESTOCK)

    assert (stock("HELLES"), stock("DUNKEL")) == ((9, 0), (10, 0))


@pytest.mark.parametrize(
    ("lines", "disposition"),
    [
        ([("HELLES", 2)], Disposition.RESTOCK),
        ([("HELLES", 3), ("DUNKEL", 1)], Disposition.RESTOCK),
        ([("DUNKEL", 1)], Disposition.RESTOCK),
        ([("HELLES", 3)], Disposition.SCRAP),
    ],
    ids=["another quantity", "a line more", "another item", "another disposition"],
)
def test_another_return_under_the_same_id_is_refused(sold, stock, lines, disposition):
    coming_back = uuid7()
    restock_goods(sold, coming_back, [("HELLES", 3)], Disposition.RESTOCK)

    with pytest.raises(domain.ReturnDiffers):
        restock_goods(sold, coming_back, lines, disposition)
    assert (stock("HELLES"), stock("DUNKEL")) == ((9, 0), (9, 0))


def test_more_than_left_does_not_come_back(sold, stock):
    restock_goods(sold, uuid7(), [("HELLES", 3)], Disposition.SCRAP)

    with pytest.raises(domain.MoreThanSold) as refused:
        restock_goods(sold, uuid7(), [("DUNKEL", 1), ("HELLES", 2), ("NOWHERE", 1)], Disposition.RESTOCK)

    assert refused.value.extensions["excess"] == [
        {"sku": "HELLES", "requested": 2, "returnable": 1},
        {"sku": "NOWHERE", "requested": 1, "returnable": 0},
    ]
    assert (stock("HELLES"), stock("DUNKEL")) == ((6, 0), (9, 0))
    assert Return.select().count() == 1


def test_an_order_that_was_not_sent_anything_returns_nothing(shelf, stock, order):
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 900)

    with pytest.raises(domain.NotSold):
        restock_goods(order, uuid7(), [("HELLES", 4)], Disposition.RESTOCK)
    with pytest.raises(domain.NotSold):
        restock_goods(uuid7(), uuid7(), [("HELLES", 4)], Disposition.RESTOCK)
    assert stock("HELLES") == (10, 4)


def test_no_shelf_is_made_by_a_correction_that_is_refused(shelf):
    shelf("HELLES", 10)

    with pytest.raises(domain.StockIsReserved):
        adjust_stock("HELLES", -1, None, "anna", "lost", "cellar")

    assert [row.location for row in Stock.select()] == ["main"]
