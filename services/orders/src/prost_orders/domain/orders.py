"""What an order is, which states it goes through, and what can be wrong with one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, overload
from uuid import UUID, uuid5

from prost.errors import Conflict, Invalid

MAX_LINES: Final = 50
LANGUAGES: Final = ("de", "en")
HOLD: Final = timedelta(minutes=15)
"""How long stock is held, and so how long a payment may take, however often it is tried."""

MOST_ATTEMPTS: Final = 10
"""How often an order may be tried to be paid: who goes through more cards than that is testing them."""

PAID_AGAIN: Final = "payment-retried"
"""The entry of the timeline with which another attempt begins."""

LEASE: Final = timedelta(seconds=30)
"""For how long whoever works on an order has it alone; longer than all that is done in one go."""

_LONGEST_PAUSE: Final = 60


class OrderState(StrEnum):
    """Where an order stands."""

    PLACED = "PLACED"
    RESERVED = "RESERVED"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    AUTHORIZED = "AUTHORIZED"
    CONFIRMED = "CONFIRMED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    REJECTED = "REJECTED"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    RETURNED = "RETURNED"


class PaymentState(StrEnum):
    """What has become of the money, as far as orders knows."""

    NONE = "NONE"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    UNKNOWN = "UNKNOWN"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    FAILED = "FAILED"


class SagaStep(StrEnum):
    """What is left to be done for an order."""

    PAY = "PAY"
    COMPENSATE = "COMPENSATE"
    CLEAR_CART = "CLEAR_CART"
    DONE = "DONE"


_UNDECIDED: Final = (
    OrderState.PLACED,
    OrderState.RESERVED,
    OrderState.AWAITING_PAYMENT,
    OrderState.AUTHORIZED,
)
_MOVES: Final[Mapping[OrderState, frozenset[OrderState]]] = {
    # What passes at once is stored together, so an order may go from any undecided state to any later one.
    **{
        state: frozenset(
            {
                *_UNDECIDED[index + 1 :],
                OrderState.CONFIRMED,
                OrderState.REJECTED,
                OrderState.PAYMENT_FAILED,
                OrderState.EXPIRED,
                OrderState.CANCELLED,
            }
        )
        for index, state in enumerate(_UNDECIDED)
    },
    OrderState.PAYMENT_FAILED: frozenset({OrderState.RESERVED, OrderState.EXPIRED, OrderState.CANCELLED}),
    OrderState.CONFIRMED: frozenset({OrderState.SHIPPED, OrderState.CANCELLED, OrderState.RETURNED}),
    OrderState.SHIPPED: frozenset({OrderState.DELIVERED, OrderState.RETURNED}),
    OrderState.DELIVERED: frozenset({OrderState.RETURNED}),
}
UNDECIDED: Final = frozenset(_UNDECIDED)
HOLDING: Final = frozenset({*UNDECIDED, OrderState.PAYMENT_FAILED})
"""Goods are held for these until they are paid, or their time is over."""
CANCELLABLE: Final = frozenset({*HOLDING, OrderState.CONFIRMED})
"""Whatever was not handed over yet can be called off."""


class OrderNotCancellable(Conflict):
    """The order has been handed over, or is over."""


class OrderNotPayable(Conflict):
    """No payment of the order has failed, or there is no time or no attempt left for another one."""


class PriceChanged(Conflict):
    """The catalogue's prices are others than the ones that the cart has seen; `changes` says which."""


class RequestInFlight(Conflict):
    """The same request is being worked on."""


class CartEmpty(Invalid):
    """There is nothing to order."""


class AgeNotConfirmed(Invalid):
    """Something in the cart is for adults, and nobody said that they are one."""


class NotSellable(Invalid):
    """Something in the cart is not sold any more."""


def may_move(before: OrderState, after: OrderState) -> bool:
    """Tell whether an order may go from one state to another."""
    return after in _MOVES.get(before, frozenset())


def pause_after(attempts: int) -> timedelta:
    """Return how long an order is left alone after so many attempts that led nowhere: 1, 2, 4 ... 60 s."""
    return timedelta(seconds=min(_LONGEST_PAUSE, 2 ** min(attempts - 1, 10)))


@overload
def hashed(secret: str) -> str: ...
@overload
def hashed(secret: None) -> None: ...
@overload
def hashed(secret: str | None) -> str | None: ...
def hashed(secret: str | None) -> str | None:
    """Return the form in which a guest's secret is kept."""
    return None if secret is None else sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def compensation_id(order_id: UUID) -> UUID:
    """Return the id of the refund and of the return that undo an order, the same each time it is tried."""
    return uuid5(order_id, "compensation")


@dataclass(frozen=True, slots=True)
class OrderLine:
    """So many of a variant, at the price of the moment of the order; all amounts are of one piece."""

    variant_id: UUID
    product_id: UUID
    sku: str
    slug: str
    name: str
    variant: Mapping[str, Any]
    image: Mapping[str, Any] | None
    quantity: int
    unit_price_minor: int
    deposit_minor: int
    vat_rate: str
    discount_minor: int = 0
    """Of the line as a whole."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the timeline."""

    at: datetime
    event: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the database has it; amounts in cents."""

    id: UUID
    number: str
    customer_id: str | None
    guest_hash: str | None
    guest_key_hash: str | None
    email: str | None
    state: OrderState
    payment_state: PaymentState
    payment_method: str
    redirect_url: str | None
    shipping_method: str
    shipping_address: Mapping[str, Any] | None
    voucher_code: str | None
    subtotal_minor: int
    discount_minor: int
    shipping_minor: int
    shipping_refundable_minor: int
    deposit_minor: int
    total_minor: int
    vat: Sequence[Mapping[str, Any]]
    minimum_age: int
    shortages: Sequence[Mapping[str, Any]] | None
    placed_at: datetime
    confirmed_at: datetime | None
    updated_at: datetime
    version: int
    lines: Sequence[OrderLine] = field(default=())
    timeline: Sequence[Happened] = field(default=())
    returns: Sequence[Mapping[str, Any]] = field(default=())
    """What its customer has withdrawn from, as the wire has it but for the amounts."""
    language: str = "de"
    payment_attempt: int = 1

    @property
    def is_decided(self) -> bool:
        """Whether the saga has come to its answer."""
        return self.state not in UNDECIDED

    @property
    def held_until(self) -> datetime | None:
        """Until when it can be paid; None once nothing is held for it."""
        return self.placed_at + HOLD if self.state in HOLDING else None

    def is_payable(self, at: datetime) -> bool:
        """Tell whether another attempt to pay it can be made."""
        return (
            self.state is OrderState.PAYMENT_FAILED
            and at < self.placed_at + HOLD
            and self.payment_attempt < MOST_ATTEMPTS
        )
