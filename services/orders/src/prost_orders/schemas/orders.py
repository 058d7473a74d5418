"""The wire of an order, as customers and staff see it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from prost.db import utcnow
from prost.http import MoneyOut
from prost.money import Money
from prost.wire import Wire
from prost_orders.domain.orders import CANCELLABLE, Order, OrderLine, OrderState, PaymentState
from prost_orders.domain.returns import is_withdrawable

Answer = dict[str, Any]
"""What a handler gives where `returns` says its form: written without making a model of it."""


class AddressOut(Wire):
    """Where an order goes."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str


class PaymentOut(Wire):
    """What has become of the money; `redirect_url` is where the customer has to go before it is paid.

    Until `expires_at` an order that is not paid yet holds its goods; null once it holds none.
    """

    state: PaymentState
    method: str
    redirect_url: str | None
    expires_at: datetime | None


class LineOut(Wire):
    """So many of a variant, as it was sold."""

    variant_id: UUID
    product_id: UUID
    sku: str
    slug: str
    name: str
    variant: dict[str, Any]
    image: dict[str, Any] | None
    quantity: int
    unit_price: MoneyOut
    line_total: MoneyOut
    deposit: MoneyOut
    line_deposit: MoneyOut
    vat_rate: Annotated[str, Field(examples=["19.00"])]


class VatOut(Wire):
    """The VAT that is in the total, by rate."""

    rate: str
    net: MoneyOut
    vat: MoneyOut
    gross: MoneyOut


class ShortageOut(Wire):
    """What there was too little of."""

    sku: str
    requested: int
    available: int


class EntryOut(Wire):
    """What happened to an order, and when."""

    at: datetime
    event: str
    detail: str | None


class ReturnedLineOut(Wire):
    """So many of a variant that come back, with their share of the discount, and their deposit."""

    variant_id: UUID
    sku: str
    quantity: int
    line_total: MoneyOut
    discount: MoneyOut
    line_deposit: MoneyOut


class ReturnOut(Wire):
    """What a customer has withdrawn from; its money is on its way once it is DONE, with a credit note."""

    return_id: UUID
    state: Literal["OPEN", "DONE"]
    received_at: datetime
    reason: str | None
    lines: list[ReturnedLineOut]
    shipping: MoneyOut
    refund: MoneyOut
    credit_note: str | None


class CanOut(Wire):
    """What its customer can do with an order now; `pay` is to pay it again when a payment has failed."""

    pay: bool
    cancel: bool
    withdraw: bool


class OrderOut(Wire):
    """An order. `guest_key` is told once, to the guest who placed it."""

    id: UUID
    number: str
    state: OrderState
    payment: PaymentOut
    lines: list[LineOut]
    subtotal: MoneyOut
    discount: MoneyOut
    shipping: MoneyOut
    deposit: MoneyOut
    total: MoneyOut
    vat: list[VatOut]
    voucher: str | None
    shipping_address: AddressOut | None
    shipping_method: str
    email: str | None
    placed_at: datetime
    confirmed_at: datetime | None
    timeline: list[EntryOut]
    shortages: list[ShortageOut] | None
    returns: list[ReturnOut]
    can: CanOut
    guest_key: str | None = None


def order_document(order: Order) -> Answer:
    """Return an order as it is answered."""
    now = utcnow()
    return {
        "id": order.id,
        "number": order.number,
        "state": order.state,
        "payment": {
            "state": order.payment_state,
            "method": order.payment_method,
            "redirect_url": order.redirect_url,
            "expires_at": order.held_until,
        },
        "lines": [_line(line) for line in order.lines],
        "subtotal": Money(order.subtotal_minor),
        "discount": Money(order.discount_minor),
        "shipping": Money(order.shipping_minor),
        "deposit": Money(order.deposit_minor),
        "total": Money(order.total_minor),
        "vat": [
            {
                "rate": each["rate"],
                "net": Money(each["net_minor"]),
                "vat": Money(each["vat_minor"]),
                "gross": Money(each["gross_minor"]),
            }
            for each in order.vat
        ],
        "voucher": order.voucher_code,
        "shipping_address": order.shipping_address,
        "shipping_method": order.shipping_method,
        "email": order.email,
        "placed_at": order.placed_at,
        "confirmed_at": order.confirmed_at,
        "timeline": [
            {"at": entry.at, "event": entry.event, "detail": entry.detail} for entry in order.timeline
        ],
        "shortages": order.shortages,
        "returns": [return_document(each) for each in order.returns],
        "can": {
            "pay": order.is_payable(now),
            "cancel": order.state in CANCELLABLE and not order.returns,
            "withdraw": is_withdrawable(order, now),
        },
    }


def return_document(row: Mapping[str, Any]) -> Answer:
    """Return a return as it is answered."""
    content = row["content"]
    return {
        "return_id": row["return_id"],
        "state": row["state"],
        "received_at": row["received_at"],
        "reason": row["reason"],
        "lines": [
            {
                "variant_id": line["variant_id"],
                "sku": line["sku"],
                "quantity": line["quantity"],
                "line_total": Money(line["goods_minor"]),
                "discount": Money(line["discount_minor"]),
                "line_deposit": Money(line["deposit_minor"]),
            }
            for line in content["lines"]
        ],
        "shipping": Money(content["shipping_minor"]),
        "refund": Money(row["refund_minor"]),
        "credit_note": row["credit_note"],
    }


def _line(line: OrderLine) -> Answer:
    return {
        "variant_id": line.variant_id,
        "product_id": line.product_id,
        "sku": line.sku,
        "slug": line.slug,
        "name": line.name,
        "variant": line.variant,
        "image": line.image,
        "quantity": line.quantity,
        "unit_price": Money(line.unit_price_minor),
        "line_total": Money(line.quantity * line.unit_price_minor),
        "deposit": Money(line.deposit_minor),
        "line_deposit": Money(line.quantity * line.deposit_minor),
        "vat_rate": line.vat_rate,
    }
