"""What an order costs, and what of it goes back: whole minor units, gross prices, exact to the cent.

- Deposits are never discounted, count for no threshold, and bear the VAT of the goods they belong to.
- A discount never exceeds the goods. It is spread over the lines by largest remainder.
- The VAT of shipping is shared by the rates of the goods, in proportion to what is paid for them.
- What goes back depends on all that has come back by then, never on the steps in which it came.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID

from prost.money import Money
from prost_orders.domain.vouchers import Refusal, Voucher, VoucherKind, VoucherRefused

_WHOLE: Final = 10_000
"""A hundred percent, in the hundredths of a percent in which VAT rates are counted."""

Key = TypeVar("Key", UUID, int)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """So many of a variant, at what one of it costs; a variant has one line. `vat_rate` is 1900 for 19 %."""

    variant_id: UUID
    quantity: int
    unit_price: int
    unit_deposit: int
    vat_rate: int


@dataclass(frozen=True, slots=True)
class ShippingRate:
    """What a method costs, and how much of that is for ordinary delivery.

    The ordinary part is what a voucher takes off, what falls away from `free_from` worth of goods, and what
    comes back at a withdrawal; what a faster method costs beyond it is the customer's choice (BGB 357 II).
    """

    method: str
    price: int
    ordinary: int
    free_from: int | None = None


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """What a line costs: the goods before the discount, its share of the discount, and its deposit."""

    variant_id: UUID
    quantity: int
    vat_rate: int
    goods: int
    discount: int
    deposit: int


@dataclass(frozen=True, slots=True)
class VatShare:
    """What is paid at one rate: `gross` is `net` and `vat`."""

    rate: int
    gross: int
    net: int
    vat: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order costs: `total` is goods - discount + shipping + deposit, and the sum of `vat`'s gross."""

    lines: tuple[QuotedLine, ...]
    goods: int
    discount: int
    shipping: int
    shipping_refundable: int
    """What of the shipping comes back when all the goods do."""
    deposit: int
    total: int
    vat: tuple[VatShare, ...]
    voucher: str | None


@dataclass(frozen=True, slots=True)
class Refund:
    """What is paid back for one return, by so many of each variant with their share of the discount."""

    lines: tuple[QuotedLine, ...]
    shipping: int
    total: int
    vat: tuple[VatShare, ...]
    complete: bool
    """Whether everything that was sold has come back with it."""


def quote(lines: Sequence[PricedLine], shipping: ShippingRate, voucher: Voucher | None) -> Quote:
    """Return what lines cost; there is at least one.

    Raises:
        VoucherRefused: the goods are worth less than the voucher's minimum.
    """
    goods = sum(line.quantity * line.unit_price for line in lines)
    if voucher is not None and goods < voucher.minimum:
        raise VoucherRefused(Refusal.MINIMUM)
    discount = min(goods, _worth(voucher, goods))
    shares = _spread(discount, {line.variant_id: line.quantity * line.unit_price for line in lines})
    quoted = tuple(
        QuotedLine(
            variant_id=line.variant_id,
            quantity=line.quantity,
            vat_rate=line.vat_rate,
            goods=line.quantity * line.unit_price,
            discount=shares[line.variant_id],
            deposit=line.quantity * line.unit_deposit,
        )
        for line in lines
    )
    # The discount does not count here: with a voucher an order never costs more than without.
    waived = (shipping.free_from is not None and goods >= shipping.free_from) or (
        voucher is not None and voucher.kind is VoucherKind.FREE_SHIPPING
    )
    cost = shipping.price - shipping.ordinary if waived else shipping.price
    deposit = sum(line.deposit for line in quoted)
    return Quote(
        lines=quoted,
        goods=goods,
        discount=discount,
        shipping=cost,
        shipping_refundable=0 if waived else shipping.ordinary,
        deposit=deposit,
        total=goods - discount + cost + deposit,
        vat=_taxed(_by_rate(quoted, shipping_by_rate(quoted, cost))),
        voucher=voucher.code if voucher is not None else None,
    )


def refund(
    sold: Sequence[QuotedLine],
    shipping_refundable: int,
    before: Mapping[UUID, int],
    returned: Mapping[UUID, int],
) -> Refund:
    """Return what is paid back for a return, after what came back before it.

    Each is a quantity by variant, of what was sold and no more. Whatever the steps, all of them together
    pay back what was paid, and never more.
    """
    was = [_portion(line, before.get(line.variant_id, 0)) for line in sold]
    now = [
        _portion(line, old.quantity + returned.get(line.variant_id, 0))
        for line, old in zip(sold, was, strict=True)
    ]
    complete = all(new.quantity == line.quantity for line, new in zip(sold, now, strict=True))
    shipping = shipping_refundable if complete and now != was else 0
    lines = tuple(
        QuotedLine(
            variant_id=new.variant_id,
            quantity=new.quantity - old.quantity,
            vat_rate=new.vat_rate,
            goods=new.goods - old.goods,
            discount=new.discount - old.discount,
            deposit=new.deposit - old.deposit,
        )
        for old, new in zip(was, now, strict=True)
        if new.quantity > old.quantity
    )
    shared = shipping_by_rate(sold, shipping)
    earlier = {share.rate: share for share in _taxed(_by_rate(was, {}))}
    return Refund(
        lines=lines,
        shipping=shipping,
        total=sum(line.goods - line.discount + line.deposit for line in lines) + shipping,
        vat=tuple(
            less
            for share in _taxed(_by_rate(now, shared))
            if (less := _less(share, earlier.get(share.rate))).gross
        ),
        complete=complete,
    )


def shipping_by_rate(lines: Collection[QuotedLine], cost: int) -> dict[int, int]:
    """Share what shipping costs by the VAT rates of the goods, in proportion to what is paid for them."""
    paid: dict[int, int] = {}
    given: dict[int, int] = {}
    for line in lines:
        paid[line.vat_rate] = paid.get(line.vat_rate, 0) + line.goods - line.discount
        given[line.vat_rate] = given.get(line.vat_rate, 0) + line.goods
    return _spread(cost, paid if any(paid.values()) else given)


def rate_from(text: str | Decimal) -> int:
    """Read a rate as the catalogue writes it: "19.00" is 1900."""
    return int(Decimal(text).scaleb(2))


def rate_text(rate: int) -> str:
    """Write a rate as the catalogue does."""
    return f"{Decimal(rate).scaleb(-2):.2f}"


def _worth(voucher: Voucher | None, goods: int) -> int:
    if voucher is None:
        return 0
    match voucher.kind:
        case VoucherKind.PERCENT:
            return Money(goods).scaled(voucher.value, 100).minor
        case VoucherKind.FIXED:
            return voucher.value
        case VoucherKind.FREE_SHIPPING:
            return 0


def _spread(amount: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """Share an amount in proportion to weights; cents left over go to the largest remainders, then by key."""
    whole = sum(weights.values())
    if not whole:
        weights, whole = dict.fromkeys(weights, 1), len(weights)
    shares = {key: amount * weight // whole for key, weight in weights.items()}
    over = amount - sum(shares.values())
    if over:
        for key in sorted(weights, key=lambda key: (-(amount * weights[key] % whole), key))[:over]:
            shares[key] += 1
    return shares


def _by_rate(lines: Collection[QuotedLine], shipping: Mapping[int, int]) -> dict[int, int]:
    gross = dict(shipping)
    for line in lines:
        gross[line.vat_rate] = gross.get(line.vat_rate, 0) + line.goods - line.discount + line.deposit
    return gross


def _taxed(gross: Mapping[int, int]) -> tuple[VatShare, ...]:
    shares = []
    for rate in sorted(gross, reverse=True):
        vat = Money(gross[rate]).scaled(rate, _WHOLE + rate).minor
        shares.append(VatShare(rate=rate, gross=gross[rate], net=gross[rate] - vat, vat=vat))
    return tuple(shares)


def _portion(line: QuotedLine, quantity: int) -> QuotedLine:
    return QuotedLine(
        variant_id=line.variant_id,
        quantity=quantity,
        vat_rate=line.vat_rate,
        goods=line.goods * quantity // line.quantity,
        discount=Money(line.discount).scaled(quantity, line.quantity).minor,
        deposit=line.deposit * quantity // line.quantity,
    )


def _less(share: VatShare, earlier: VatShare | None) -> VatShare:
    if earlier is None:
        return share
    gross, vat = share.gross - earlier.gross, share.vat - earlier.vat
    return VatShare(rate=share.rate, gross=gross, net=gross - vat, vat=vat)
