"""Reserves, releases and deducts what an order is made of: all of its lines or none."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from prost.db import database, utcnow
from prost.events import Outbox
from prost_inventory.domain import (
    HoldLost,
    OutOfStock,
    ReservationCommitted,
    ReservationDiffers,
    ReservationNotFound,
    ReservationReleased,
    ReservationState,
    in_order,
)

EXPIRED_AT_ONCE: Final = 50

_RESERVE: Final = "SELECT outcome, expires, shortages FROM reserve_stock(%s, %s, %s, %s, %s, %s)"
_RELEASE: Final = "SELECT release_stock(%s, %s, %s, %s)"
_DEDUCT: Final = "SELECT outcome, shortages FROM deduct_stock(%s, %s, %s)"
_EXPIRE: Final = "SELECT expire_holds(%s, %s, %s)"


class Reserved(NamedTuple):
    """Where a reservation stands."""

    order_id: UUID
    state: ReservationState
    expires_at: datetime


def reserve_stock(order_id: UUID, lines: Iterable[tuple[str, int]], expires_in: int) -> Reserved:
    """Hold all lines of an order for `expires_in` seconds; asked for again, it answers what it did.

    Raises:
        Invalid: an item is in two lines.
        OutOfStock: naming what is short, in `shortages`.
        ReservationDiffers, ReservationReleased: as they say.
    """
    skus, quantities = in_order(lines)
    now = utcnow()
    arguments = (order_id, skus, quantities, now + timedelta(seconds=expires_in), now, Outbox.cause())
    outcome, expires_at, shortages = _one(_RESERVE, arguments)
    match outcome:
        case "SHORT":
            raise OutOfStock("There is not enough of everything.", shortages=shortages)
        case "DIFFERS":
            raise ReservationDiffers("The order has reserved other lines.")
        case "RELEASED":
            raise ReservationReleased("The order's reservation was released.")
    return Reserved(order_id, ReservationState(outcome), expires_at)


def release_stock(order_id: UUID, reason: str) -> None:
    """Give back what an order holds; what holds nothing is remembered as released.

    Raises:
        ReservationCommitted: the goods have left the stock.
    """
    (outcome,) = _one(_RELEASE, (order_id, reason, utcnow(), Outbox.cause()))
    if outcome == ReservationState.COMMITTED:
        raise ReservationCommitted("The order's goods have left the stock; what comes back is a return.")


def deduct_stock(order_id: UUID) -> None:
    """Take what an order holds out of the stock, once; what was released or has expired is held again first.

    Raises:
        ReservationNotFound: as it says.
        HoldLost: naming what is short by now, in `shortages`.
    """
    outcome, shortages = _one(_DEDUCT, (order_id, utcnow(), Outbox.cause()))
    if outcome is None:
        raise ReservationNotFound("The order never reserved anything.")
    if outcome == "LOST":
        raise HoldLost("What was held was released, and is not all there.", shortages=shortages or [])


def expire_holds() -> int:
    """Release what has been held for too long, and return how many reservations that were."""
    expired = 0
    while count := _one(_EXPIRE, (utcnow(), EXPIRED_AT_ONCE, Outbox.cause()))[0]:
        expired += count
    return expired


def _one(statement: str, arguments: tuple[object, ...]) -> Any:
    return database.execute_sql(statement, arguments).fetchone()
