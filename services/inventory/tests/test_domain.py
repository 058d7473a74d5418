"""The rules of the stock."""

import pytest

from prost.errors import Invalid
from prost_inventory import domain


def test_lines_are_put_in_the_order_of_their_skus():
    assert domain.in_order([("B", 2), ("A-1", 3), ("A", 1)]) == (["A", "A-1", "B"], [1, 3, 2])


def test_each_repeated_item_is_named():
    with pytest.raises(Invalid) as refused:
        domain.in_order([("A", 1), ("B", 1), ("A", 2), ("B", 1)])

    assert [problem.field for problem in refused.value.errors] == ["body.lines.2.sku", "body.lines.3.sku"]


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (domain.OutOfStock, "out-of-stock", 409),
        (domain.ReservationDiffers, "reservation-differs", 409),
        (domain.ReservationReleased, "reservation-released", 409),
        (domain.ReservationCommitted, "reservation-committed", 409),
        (domain.ReservationNotFound, "reservation-not-found", 404),
        (domain.HoldLost, "hold-lost", 409),
        (domain.NotSold, "not-sold", 409),
        (domain.ReturnDiffers, "return-differs", 409),
        (domain.MoreThanSold, "more-than-sold", 409),
        (domain.SkuNotFound, "sku-not-found", 404),
        (domain.StockIsReserved, "stock-is-reserved", 409),
    ],
)
def test_callers_tell_refusals_apart_by_their_codes(error, code, status):
    assert (error.code, error.status) == (code, status)
