"""The wire of what an order would cost, and of how it can be sent."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from prost.http import MoneyOut
from prost.money import Money
from prost.wire import Wire
from prost_orders.domain.pricing import Quote, ShippingRate, rate_text
from prost_orders.domain.vouchers import MAX_CODE
from prost_orders.schemas.orders import Answer, VatOut
from prost_orders.schemas.placing import Address, Email


class QuoteIn(Wire):
    """What is in the cart is priced; of the rest, an order's body may be sent as it is known so far."""

    shipping_method: Annotated[str, Field(min_length=1, max_length=40)] = "standard"
    shipping_address: Address | None = None
    email: Email | None = None
    age_confirmed: bool = False
    voucher: Annotated[str, Field(min_length=1, max_length=MAX_CODE + 20)] | None = None


class QuotedLineOut(Wire):
    """What a line costs: the goods, its share of the discount, and its deposit."""

    variant_id: UUID
    quantity: int
    line_total: MoneyOut
    discount: MoneyOut
    line_deposit: MoneyOut
    vat_rate: str


class QuoteOut(Wire):
    """What an order would cost now."""

    lines: list[QuotedLineOut]
    subtotal: MoneyOut
    discount: MoneyOut
    shipping: MoneyOut
    deposit: MoneyOut
    total: MoneyOut
    vat: list[VatOut]
    voucher: str | None
    shipping_method: str
    minimum_age: int


class ShippingMethodOut(Wire):
    """A way of sending an order; it is free from so much worth of goods where `free_from` is not null."""

    method: str
    price: MoneyOut
    free_from: MoneyOut | None


class ShippingMethods(Wire):
    """All of them."""

    items: list[ShippingMethodOut]


def quote_document(quote: Quote, method: str, minimum_age: int) -> Answer:
    """Return a quote as it is answered."""
    return {
        "lines": [
            {
                "variant_id": line.variant_id,
                "quantity": line.quantity,
                "line_total": Money(line.goods),
                "discount": Money(line.discount),
                "line_deposit": Money(line.deposit),
                "vat_rate": rate_text(line.vat_rate),
            }
            for line in quote.lines
        ],
        "subtotal": Money(quote.goods),
        "discount": Money(quote.discount),
        "shipping": Money(quote.shipping),
        "deposit": Money(quote.deposit),
        "total": Money(quote.total),
        "vat": [
            {
                "rate": rate_text(share.rate),
                "net": Money(share.net),
                "vat": Money(share.vat),
                "gross": Money(share.gross),
            }
            for share in quote.vat
        ],
        "voucher": quote.voucher,
        "shipping_method": method,
        "minimum_age": minimum_age,
    }


def shipping_method_document(rate: ShippingRate) -> Answer:
    """Return a way of sending as it is answered."""
    return {
        "method": rate.method,
        "price": Money(rate.price),
        "free_from": None if rate.free_from is None else Money(rate.free_from),
    }
