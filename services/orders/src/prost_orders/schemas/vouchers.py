"""The wire of vouchers, which staff keeps, and of quotes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from prost.http import MoneyIn, MoneyOut
from prost.money import Money
from prost.wire import Wire
from prost_orders.domain.vouchers import CODE, MAX_AMOUNT, MAX_CODE, MAX_USES, VoucherKind
from prost_orders.schemas.orders import Answer
from prost_orders.use_cases.vouchers import NewVoucher

Code = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_upper=True,
        max_length=MAX_CODE,
        pattern=r"^\s*[A-Za-z0-9]+(-[A-Za-z0-9]+)*\s*$",
    ),
]


def _plausible(moment: datetime) -> datetime:
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"is a time of the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return moment


_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2999
Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]
Uses = Annotated[int, Field(ge=1, le=MAX_USES)]


class VoucherIn(Wire):
    """A new voucher: `percent` or `amount` off the goods, or free shipping, as its kind says.

    Without a code it is given one that nobody guesses; without `starts_at` it is valid at once.
    """

    code: Code | None = None
    kind: VoucherKind
    percent: Annotated[int, Field(ge=1, le=100)] | None = None
    amount: MoneyIn | None = None
    minimum: MoneyIn = Money(0)
    once_per_customer: bool = False
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    total_limit: Uses | None = None
    enabled: bool = True

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if (self.percent is not None) is not (self.kind is VoucherKind.PERCENT):
            raise ValueError("percent belongs to the kind PERCENT, and to no other")
        if (self.amount is not None) is not (self.kind is VoucherKind.FIXED):
            raise ValueError("amount belongs to the kind FIXED, and to no other")
        if self.amount is not None and not 0 < self.amount.minor <= MAX_AMOUNT:
            raise ValueError(f"amount is above zero and no more than {Money(MAX_AMOUNT)}")
        if self.minimum.minor > MAX_AMOUNT:
            raise ValueError(f"minimum is no more than {Money(MAX_AMOUNT)}")
        return self

    def new(self) -> NewVoucher:
        """Return it as the use case takes it."""
        return NewVoucher(
            kind=self.kind,
            value=self.percent or (0 if self.amount is None else self.amount.minor),
            minimum=self.minimum.minor,
            code=self.code,
            once_per_customer=self.once_per_customer,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            total_limit=self.total_limit,
            enabled=self.enabled,
        )


class VoucherChange(Wire):
    """A change of when and how often a voucher can be used; null takes its end or its limit away."""

    starts_at: Moment | None = None
    ends_at: Moment | None = None
    total_limit: Uses | None = None
    enabled: bool | None = None

    @model_validator(mode="after")
    def _never_null(self) -> Self:
        for name in ("starts_at", "enabled"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} is never null")
        return self

    def changes(self) -> Mapping[str, Any]:
        """Return what it names."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class VoucherQuery(Wire):
    """Which vouchers, by a part of their code, and which page of them."""

    q: Annotated[str, Field(max_length=MAX_CODE)] = ""
    page_size: Annotated[int, Field(ge=1, le=100)] = 50
    page_token: Annotated[str, Field(max_length=500)] | None = None


class VoucherOut(Wire):
    """A voucher, with how often it is in use."""

    id: UUID
    code: Annotated[str, Field(pattern=f"^{CODE.pattern}$")]
    kind: VoucherKind
    percent: int | None
    amount: MoneyOut | None
    minimum: MoneyOut
    once_per_customer: bool
    starts_at: datetime
    ends_at: datetime | None
    total_limit: int | None
    used: int
    enabled: bool
    created_by: str
    created_at: datetime
    updated_at: datetime


class VoucherPage(Wire):
    """Vouchers, newest first; `next_page_token` is null on the last page."""

    items: list[VoucherOut]
    next_page_token: str | None


def voucher_document(row: Mapping[str, Any]) -> Answer:
    """Return a voucher as it is answered."""
    document = dict(row)
    value, minimum = document.pop("value"), document.pop("minimum_minor")
    kind = document["kind"]
    return {
        **document,
        "percent": value if kind == VoucherKind.PERCENT else None,
        "amount": Money(value) if kind == VoucherKind.FIXED else None,
        "minimum": Money(minimum),
    }
