"""Withdrawal from an order: until when, of what, and what it is worth."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from prost.errors import Conflict, FieldError, Invalid
from prost_orders.domain.orders import Order, OrderLine, OrderState
from prost_orders.domain.pricing import QuotedLine, Refund, rate_from, rate_text

RETURNABLE: Final = frozenset({OrderState.CONFIRMED, OrderState.SHIPPED, OrderState.DELIVERED})
_PERIOD: Final = timedelta(days=14)
_BERLIN: Final = ZoneInfo("Europe/Berlin")
_SATURDAY: Final = 5


class WithdrawalNotPossible(Conflict):
    """There is nothing to withdraw from: the order was not confirmed, or is over."""


class WithdrawalOver(Conflict):
    """The period in which a customer can withdraw is over, since `ended_at`."""


class NothingLeft(Conflict):
    """All of the order has come back already."""


def withdrawal_ends(received_at: datetime) -> datetime:
    """Return when a customer can withdraw no more: with the end of the 14th day after the goods came.

    The day of the event does not count (BGB 187 I), and a last day on a weekend moves on to Monday (BGB 193).
    """
    last = received_at.astimezone(_BERLIN).date() + _PERIOD
    last += timedelta(days=max(0, 7 - last.weekday()) if last.weekday() >= _SATURDAY else 0)
    following = last + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=_BERLIN)


def is_withdrawable(order: Order, at: datetime) -> bool:
    """Tell whether a customer can withdraw from something of an order now."""
    if (
        order.state not in RETURNABLE
        or order.confirmed_at is None
        or at >= withdrawal_ends(order.confirmed_at)
    ):
        return False
    back: int = sum(line["quantity"] for each in order.returns for line in each["content"]["lines"])
    return back < sum(line.quantity for line in order.lines)


def require_withdrawable(order: Order, at: datetime) -> None:
    """Return when a customer can withdraw from an order now.

    Raises:
        WithdrawalNotPossible, WithdrawalOver: as they say.
    """
    # Until shipments are known, the goods count as received with the confirmation at the earliest.
    if order.state not in RETURNABLE or order.confirmed_at is None:
        raise WithdrawalNotPossible(
            f"There is nothing to withdraw from: the order is {order.state}.", state=order.state
        )
    ends_at = withdrawal_ends(order.confirmed_at)
    if at >= ends_at:
        raise WithdrawalOver("The period for a withdrawal is over.", ended_at=ends_at.isoformat())


def lines_to_return(
    order: Order, before: Mapping[UUID, int], wanted: Sequence[tuple[UUID, int]] | None
) -> dict[UUID, int]:
    """Return how many of what comes back: as wanted, or all that has not come back before.

    Raises:
        Invalid: naming the lines of which less was sold.
        NothingLeft: as it says.
    """
    left = {line.variant_id: line.quantity - before.get(line.variant_id, 0) for line in order.lines}
    if wanted is None:
        rest = {variant_id: quantity for variant_id, quantity in left.items() if quantity}
        if not rest:
            raise NothingLeft("All of the order has come back.")
        return rest
    if faults := list(_faults(left, wanted)):
        raise Invalid("This cannot come back.", errors=faults)
    return dict(wanted)


def as_sold(lines: Iterable[OrderLine]) -> list[QuotedLine]:
    """Return lines of an order as pricing takes them."""
    return [
        QuotedLine(
            variant_id=line.variant_id,
            quantity=line.quantity,
            vat_rate=rate_from(line.vat_rate),
            goods=line.quantity * line.unit_price_minor,
            discount=line.discount_minor,
            deposit=line.quantity * line.deposit_minor,
        )
        for line in lines
    ]


def correction_content(order: Order, refund: Refund) -> dict[str, Any]:
    """Return what the correction of an invoice says of a refund; the rest of it is as in the invoice."""
    known = {line.variant_id: line for line in order.lines}
    return {
        "lines": [
            {
                "variant_id": str(line.variant_id),
                "sku": known[line.variant_id].sku,
                "name": known[line.variant_id].name,
                "variant": dict(known[line.variant_id].variant),
                "quantity": line.quantity,
                "unit_price_minor": known[line.variant_id].unit_price_minor,
                "goods_minor": line.goods,
                "discount_minor": line.discount,
                "unit_deposit_minor": known[line.variant_id].deposit_minor,
                "deposit_minor": line.deposit,
                "vat_rate": rate_text(line.vat_rate),
            }
            for line in refund.lines
        ],
        "goods_minor": sum(line.goods for line in refund.lines),
        "discount_minor": sum(line.discount for line in refund.lines),
        "deposit_minor": sum(line.deposit for line in refund.lines),
        "shipping_minor": refund.shipping,
        "total_minor": refund.total,
        "vat": [
            {
                "rate": rate_text(share.rate),
                "gross_minor": share.gross,
                "net_minor": share.net,
                "vat_minor": share.vat,
            }
            for share in refund.vat
        ],
    }


def _faults(left: Mapping[UUID, int], wanted: Sequence[tuple[UUID, int]]) -> Iterable[FieldError]:
    seen: set[UUID] = set()
    for index, (variant_id, quantity) in enumerate(wanted):
        field = f"body.lines.{index}"
        if variant_id not in left:
            yield FieldError(f"{field}.variant_id", "is not in the order", "unknown")
        elif variant_id in seen:
            yield FieldError(f"{field}.variant_id", "is in an earlier line", "repeated")
        elif quantity > left[variant_id]:
            message = f"is more than the {left[variant_id]} that can come back"
            yield FieldError(f"{field}.quantity", message, "too-many")
        seen.add(variant_id)
