"""What would become of a cart if it were ordered now: lines at the catalogue's prices, and what they cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from prost.db import in_db
from prost.errors import FieldError
from prost.money import Money
from prost_orders.domain.orders import CartEmpty, NotSellable, OrderLine, PriceChanged
from prost_orders.domain.pricing import PricedLine, Quote, quote, rate_from
from prost_orders.domain.shipping import SHIPPING_RATES
from prost_orders.saga.neighbours import Neighbours
from prost_orders.saga.wire import CartLine, Offer
from prost_orders.use_cases.vouchers import find_voucher


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys: a customer, or a guest by the cookie of the cart."""

    customer_id: str | None
    cart_token: str | None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be ordered, what it would cost, and how old one has to be for it."""

    lines: tuple[OrderLine, ...]
    quote: Quote
    minimum_age: int


async def propose(
    neighbours: Neighbours, buyer: Buyer, shipping_method: str, voucher_code: str | None
) -> Proposal:
    """Price what is in a buyer's cart.

    Raises:
        CartEmpty, NotSellable, PriceChanged, VoucherRefused: as they say; and what the clients raise.
    """
    if buyer.customer_id is None and buyer.cart_token is None:
        raise CartEmpty("There is nothing in the cart.")
    in_cart = await neighbours.contents(
        buyer.customer_id, buyer.cart_token if buyer.customer_id is None else None
    )
    if not in_cart:
        raise CartEmpty("There is nothing in the cart.")
    offers = await neighbours.offers([line.variant_id for line in in_cart])
    _require_sold(in_cart, offers)
    _require_prices_seen(in_cart, offers)
    voucher = (
        None
        if voucher_code is None
        else await in_db(find_voucher, voucher_code, buyer.customer_id, buyer.email)
    )
    priced = [_priced(line.quantity, offers[line.variant_id]) for line in in_cart]
    quoted = quote(priced, SHIPPING_RATES[shipping_method], voucher)
    discounts = {line.variant_id: line.discount for line in quoted.lines}
    lines = tuple(_line(line.quantity, offers[line.variant_id]) for line in in_cart)
    return Proposal(
        tuple(replace(line, discount_minor=discounts[line.variant_id]) for line in lines),
        quoted,
        max(offers[line.variant_id].minimum_age for line in in_cart),
    )


def _require_sold(in_cart: Sequence[CartLine], offers: Mapping[UUID, Offer]) -> None:
    gone = [
        line.variant_id
        for line in in_cart
        if line.variant_id not in offers or not offers[line.variant_id].sellable
    ]
    if gone:
        fault = FieldError("cart", "has something in it that is not sold any more", "not-sellable")
        raise NotSellable("Something in the cart is not sold any more.", errors=[fault], variant_ids=gone)


def _require_prices_seen(in_cart: Sequence[CartLine], offers: Mapping[UUID, Offer]) -> None:
    changes = [
        {
            "variant_id": line.variant_id,
            "seen": Money(line.price_minor).wire(),
            "price": Money(offers[line.variant_id].price_minor).wire(),
        }
        for line in in_cart
        if offers[line.variant_id].price_minor != line.price_minor
    ]
    if changes:
        raise PriceChanged("Prices have changed since they were seen.", changes=changes)


def _priced(quantity: int, offer: Offer) -> PricedLine:
    return PricedLine(
        variant_id=offer.variant_id,
        quantity=quantity,
        unit_price=offer.price_minor,
        unit_deposit=offer.deposit_minor,
        vat_rate=rate_from(offer.vat_rate),
    )


def _line(quantity: int, offer: Offer) -> OrderLine:
    return OrderLine(
        variant_id=offer.variant_id,
        product_id=offer.product_id,
        sku=offer.sku,
        slug=offer.slug,
        name=offer.name,
        variant=offer.variant,
        image=offer.image,
        quantity=quantity,
        unit_price_minor=offer.price_minor,
        deposit_minor=offer.deposit_minor,
        vat_rate=offer.vat_rate,
    )
