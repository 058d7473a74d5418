"""What a voucher is worth, who may use it, and why it may be refused, without any I/O."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from prost.errors import Conflict, FieldError, Invalid, NotFound

MAX_CODE: Final = 40
MAX_AMOUNT: Final = 1_000_000
MAX_USES: Final = 10_000_000
CODE: Final = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")


class VoucherKind(StrEnum):
    """What a voucher takes off: a share of the goods, an amount, or what ordinary delivery costs."""

    PERCENT = "PERCENT"
    FIXED = "FIXED"
    FREE_SHIPPING = "FREE_SHIPPING"


@dataclass(frozen=True, slots=True)
class Voucher:
    """The terms of a voucher, which never change; `value` is a percentage or in minor units."""

    code: str
    kind: VoucherKind
    value: int = 0
    minimum: int = 0
    """What the goods have to be worth, in minor units, before any discount."""


class Refusal(StrEnum):
    """Why a voucher cannot be used; the values are also what the database answers."""

    UNKNOWN = "voucher-unknown"
    NOT_YET = "voucher-not-yet-valid"
    OVER = "voucher-expired"
    USED_UP = "voucher-used-up"
    USED = "voucher-already-used"
    MINIMUM = "voucher-minimum-not-met"


_SAID: Final = {
    Refusal.UNKNOWN: "there is no such voucher",
    Refusal.NOT_YET: "is not valid yet",
    Refusal.OVER: "is no longer valid",
    Refusal.USED_UP: "has been used up",
    Refusal.USED: "was used before by the same customer",
    Refusal.MINIMUM: "needs goods of a higher value",
}


class VoucherRefused(Invalid):
    """The voucher that the order names cannot be used for it; `reason` says why."""

    def __init__(self, reason: Refusal) -> None:
        """Name the field and the reason."""
        super().__init__(
            "The voucher cannot be used for this order.",
            errors=[FieldError("body.voucher", _SAID[reason], reason)],
        )
        self.reason = reason


class VoucherNotFound(NotFound):
    """There is no voucher with this id."""


class VoucherExists(Conflict):
    """Another voucher has this code."""


def normal_code(text: str) -> str:
    """Return the one form of a code: capitals, without the blanks that copying adds.

    Raises:
        VoucherRefused: no voucher could have this code.
    """
    code = text.strip().upper()
    if len(code) > MAX_CODE or not CODE.fullmatch(code):
        raise VoucherRefused(Refusal.UNKNOWN)
    return code


def check_period(starts_at: datetime, ends_at: datetime | None) -> None:
    """Return when a voucher is valid for some time.

    Raises:
        Invalid: it would end before it begins.
    """
    if ends_at is not None and ends_at <= starts_at:
        raise Invalid(
            "The voucher would never be valid.",
            errors=[FieldError("body.ends_at", "is not after starts_at", "period")],
        )
