"""The rules of payments, without any I/O: states, what a provider is asked and tells, what can be wrong."""

import re
from datetime import timedelta
from enum import StrEnum
from itertools import chain
from typing import Final, NamedTuple
from uuid import UUID

from prost.errors import Conflict, NotFound, Unauthenticated

CURRENCY: Final = "EUR"
MAX_AMOUNT: Final = 100_000_000
"""A million euros, in cents."""
MAX_ATTEMPTS: Final = 100
"""How often an order may ask; who tries so many cards is no customer."""
PATIENCE: Final = timedelta(minutes=15)
"""How long a customer may take to answer a provider's question."""
LATE: Final = timedelta(minutes=30)
"""How long the outcome of a call may be open before something is wrong."""
LATE_EVENT: Final = timedelta(minutes=5)
"""How long an event of the provider may lie unprocessed before something is wrong."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DIGITS = re.compile(r"\d(?:[ .-]?\d)*", re.ASCII)
_CARD_LENGTHS = range(12, 20)


class PaymentState(StrEnum):
    """Where a payment stands."""

    PENDING = "PENDING"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    UNKNOWN = "UNKNOWN"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    FAILED = "FAILED"


class Capture(StrEnum):
    """Whether an authorization is captured by a call of its own, or at once."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"


class Kind(StrEnum):
    """What a provider can be asked to do."""

    AUTHORIZE = "AUTHORIZE"
    CAPTURE = "CAPTURE"
    VOID = "VOID"
    REFUND = "REFUND"
    LOOK_UP = "LOOK_UP"


class Told(StrEnum):
    """What a provider says has become of a call; CAPTURED if the money was taken with its authorization."""

    SUCCEEDED = "SUCCEEDED"
    CAPTURED = "CAPTURED"
    FAILED = "FAILED"
    PROCESSING = "PROCESSING"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    UNKNOWN = "UNKNOWN"


class Call(NamedTuple):
    """What a provider is asked, under a key that stays the same however often it is asked.

    `is_repeated` once somebody may have asked before; `ref` is the provider's name for the authorization.
    """

    payment_id: UUID
    order_id: UUID
    number: int
    kind: Kind
    key: str
    amount_minor: int
    currency: str
    capture: Capture
    method: str | None
    ref: str | None
    is_repeated: bool


class Outcome(NamedTuple):
    """What a provider told."""

    told: Told
    ref: str | None = None
    redirect_url: str | None = None
    failure_code: str | None = None


class ProviderEvent(NamedTuple):
    """What of a provider's event matters here: it is told apart by `id`, and concerns an order or nothing."""

    id: str
    type: str
    order_id: UUID | None


class NoAnswer(Exception):
    """The provider gave no answer, so nobody knows what it did."""


class PaymentNotFound(NotFound):
    """Nothing was ever charged for the order."""


class PaymentDiffers(Conflict):
    """The order has a payment of another amount, or this attempt at it another capture or method."""


class PaymentVoided(Conflict):
    """The order's payment was given up."""


class PaymentCaptured(Conflict):
    """The money was taken; what goes back is a refund."""


class CaptureUnderWay(Conflict):
    """The provider is just being asked for the money."""


class NotAuthorized(Conflict):
    """There is no authorization that could be captured."""


class NotCaptured(Conflict):
    """No money was taken that could go back."""


class RefundDiffers(Conflict):
    """The refund is known, with another amount."""


class RefundExceeds(Conflict):
    """More would go back than was taken."""


class RefundFailed(Conflict):
    """The provider refused to send the money back."""


class SignatureRefused(Unauthenticated):
    """The event was not signed by the provider, or too long ago."""


def has_card_number(text: str) -> bool:
    """Tell whether a text has what could be a card's number: 12 to 19 digits that pass Luhn's check."""
    for match in _DIGITS.finditer(_UUID.sub("#", text)):
        digits = [int(digit) for digit in match[0] if digit.isdecimal()]
        if len(digits) in _CARD_LENGTHS and _passes_luhn(digits):
            return True
    return False


def _passes_luhn(digits: list[int]) -> bool:
    doubled = chain.from_iterable(divmod(2 * digit, 10) for digit in digits[-2::-2])
    return any(digits) and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
