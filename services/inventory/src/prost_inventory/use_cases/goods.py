"""Learns of items, corrects their stock, and takes returns in."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from prost.db import database, utcnow
from prost.errors import FieldError, Invalid
from prost.events import Outbox
from prost_inventory.domain import (
    MAIN_LOCATION,
    MAX_ON_HAND,
    Disposition,
    MoreThanSold,
    NotSold,
    ReturnDiffers,
    SkuNotFound,
    StockIsReserved,
    in_order,
)

_LEARN: Final = "SELECT learn_skus(%s::text[], %s)"
_ADJUST: Final = (
    "SELECT outcome, now_on_hand, now_reserved, moved FROM adjust_stock(%s, %s, %s, %s, %s, %s, %s, %s)"
)
_SET_THRESHOLD: Final = "SELECT set_threshold(%s, %s, %s)"
_RESTOCK: Final = "SELECT outcome, excess FROM restock_goods(%s, %s, %s, %s, %s, %s, %s)"


class Adjusted(NamedTuple):
    """The stock at a location after a correction, and by how much it changed."""

    on_hand: int
    reserved: int
    delta: int


def learn_skus(skus: Sequence[str]) -> int:
    """Give each new SKU an empty place on the shelf, and return how many were new."""
    (learnt,) = _one(_LEARN, (list(skus), utcnow()))
    return int(learnt)


def adjust_stock(  # noqa: PLR0917 - either delta or on_hand is given, and the rest says where and why
    sku: str, delta: int | None, on_hand: int | None, actor: str, reason: str, location: str = MAIN_LOCATION
) -> Adjusted:
    """Correct what lies at a location, by a difference or to the number that was counted.

    Raises:
        SkuNotFound: as it says.
        StockIsReserved: less would be there than is held for orders.
        Invalid: more would be there than a shelf can hold.
    """
    arguments = (sku, location, delta, on_hand, actor, reason, utcnow(), Outbox.cause())
    outcome, now_on_hand, reserved, moved = _one(_ADJUST, arguments)
    match outcome:
        case "UNKNOWN":
            raise SkuNotFound(f"There is no item {sku}.")
        case "RESERVED":
            detail = f"Of {now_on_hand} on hand {reserved} are held for orders."
            raise StockIsReserved(detail, on_hand=now_on_hand, reserved=reserved)
        case "TOO_MUCH":
            message = f"a location holds at most {MAX_ON_HAND} of an item"
            raise Invalid("That is too much.", errors=[FieldError("body.delta", message, "too-large")])
    return Adjusted(now_on_hand, reserved, moved)


def set_threshold(sku: str, threshold: int) -> None:
    """Say at which number an item counts as low.

    Raises:
        SkuNotFound: as it says.
    """
    (found,) = _one(_SET_THRESHOLD, (sku, threshold, Outbox.cause()))
    if not found:
        raise SkuNotFound(f"There is no item {sku}.")


def restock_goods(
    order_id: UUID, return_id: UUID, lines: Iterable[tuple[str, int]], disposition: Disposition
) -> None:
    """Take back what an order was sent: to where it came from, or to the scrap. Once for a return's id.

    Raises:
        Invalid: an item is in two lines.
        NotSold, ReturnDiffers: as they say.
        MoreThanSold: naming what is too much, in `excess`.
    """
    skus, quantities = in_order(lines)
    arguments = (order_id, return_id, skus, quantities, str(disposition), utcnow(), Outbox.cause())
    outcome, excess = _one(_RESTOCK, arguments)
    match outcome:
        case "NOT_SOLD":
            raise NotSold("Nothing has left the stock for this order.")
        case "DIFFERS":
            raise ReturnDiffers("The return has other lines, or another disposition.")
        case "EXCEEDS":
            raise MoreThanSold("More would come back than left.", excess=excess)


def _one(statement: str, arguments: tuple[object, ...]) -> Any:
    return database.execute_sql(statement, arguments).fetchone()
