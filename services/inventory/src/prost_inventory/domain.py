"""The rules of the stock, without any I/O: lines, levels, bounds, and what can be wrong."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from prost.errors import Conflict, FieldError, Invalid, NotFound

MAIN_LOCATION: Final = "main"
MAX_LINES: Final = 100
MAX_QUANTITY: Final = 999
MAX_ON_HAND: Final = 10_000_000
MAX_THRESHOLD: Final = 1_000_000
HOLD_SECONDS: Final = 900
MAX_HOLD_SECONDS: Final = 3600
MOST_SHOWN: Final = 20
"""Customers are not told how much there is beyond this."""

GRACE: Final = timedelta(minutes=2)
"""How far behind the expiry of holds may be before something is wrong."""


class ReservationState(StrEnum):
    """What has become of what an order reserved."""

    HELD = "HELD"
    COMMITTED = "COMMITTED"
    RELEASED = "RELEASED"


class Level(StrEnum):
    """How much there is of an item: nothing, no more than its threshold, or enough."""

    OUT = "OUT"
    LOW = "LOW"
    IN_STOCK = "IN_STOCK"


class Disposition(StrEnum):
    """What happens to goods that come back."""

    RESTOCK = "RESTOCK"
    SCRAP = "SCRAP"


class Line(NamedTuple):
    """So many of an item."""

    sku: str
    quantity: int


class OutOfStock(Conflict):
    """There is not enough of everything, so nothing is held."""


class ReservationDiffers(Conflict):
    """The order has a reservation of other lines."""


class ReservationReleased(Conflict):
    """The order's reservation was given up, or has expired."""


class ReservationCommitted(Conflict):
    """The order's goods have left the stock."""


class ReservationNotFound(NotFound):
    """The order never reserved anything."""


class HoldLost(Conflict):
    """What the order had held was given up, and is not all there any more."""


class NotSold(Conflict):
    """Nothing has left the stock for this order."""


class ReturnDiffers(Conflict):
    """The return is known, with other lines or another disposition."""


class MoreThanSold(Conflict):
    """More would come back than left for the order."""


class SkuNotFound(NotFound):
    """No item has this SKU."""


class StockIsReserved(Conflict):
    """Less would be there than is held for orders."""


def in_order(lines: Iterable[tuple[str, int]]) -> tuple[list[str], list[int]]:
    """Return the SKUs and quantities of lines as columns, sorted by SKU.

    Raises:
        Invalid: an item is in two lines.
    """
    rows = list(lines)
    skus = [sku for sku, _ in rows]
    if len(set(skus)) < len(skus):
        raise Invalid("An item has one line.", errors=list(_repeated(skus)))
    rows.sort()
    return [sku for sku, _ in rows], [quantity for _, quantity in rows]


def _repeated(skus: Sequence[str]) -> Iterable[FieldError]:
    for index, sku in enumerate(skus):
        if sku in skus[:index]:
            yield FieldError(f"body.lines.{index}.sku", "is in an earlier line", "repeated")
