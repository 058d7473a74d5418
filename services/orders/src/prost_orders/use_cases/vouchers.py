"""Finds the voucher that an order names, and keeps the vouchers of the shop."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg2
from peewee import IntegrityError

from prost.db import database, utcnow, uuid7
from prost_orders.domain.vouchers import (
    Refusal,
    Voucher,
    VoucherExists,
    VoucherKind,
    VoucherNotFound,
    VoucherRefused,
    check_period,
    normal_code,
)

# Nobody reads one of these for another, and twelve of them are 58 bits: a code is not guessed.
_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _GROUP = 3, 4

_CONSTRAINT: Final = "orders_voucher_can_be_used"
_COLUMNS: Final = (
    "id", "code", "kind", "value", "minimum_minor", "once_per_customer", "starts_at", "ends_at",
    "total_limit", "used", "enabled", "created_by", "created_at", "updated_at",
)  # fmt: skip
_CHANGED: Final = ("starts_at", "ends_at", "total_limit", "enabled")
_SELECT: Final = f"SELECT {', '.join(_COLUMNS)} FROM vouchers"  # noqa: S608 - made of the names above.
_FIND: Final = """
SELECT v.kind, v.value, v.minimum_minor, voucher_refusal(v, voucher_redeemers(%s, %s), %s)
FROM vouchers v WHERE v.code = %s
"""
_LIST: Final = f"""{_SELECT}
WHERE (%s::uuid IS NULL OR id < %s) AND (%s::text IS NULL OR strpos(code, %s) > 0) ORDER BY id DESC LIMIT %s
"""
_INSERT: Final = f"""
INSERT INTO vouchers ({", ".join(_COLUMNS)}) VALUES ({", ".join(["%s"] * len(_COLUMNS))})
"""  # noqa: S608 - made of the names above.
_UPDATE: Final = """
UPDATE vouchers SET starts_at = %s, ends_at = %s, total_limit = %s, enabled = %s, updated_at = %s
WHERE id = %s
"""


@dataclass(frozen=True, slots=True)
class NewVoucher:
    """A voucher that staff wants; without a code it is given one that nobody guesses."""

    kind: VoucherKind
    value: int
    minimum: int
    code: str | None
    once_per_customer: bool
    starts_at: datetime | None
    ends_at: datetime | None
    total_limit: int | None
    enabled: bool


def find_voucher(code: str, customer_id: str | None, email: str | None) -> Voucher:
    """Return the terms of a voucher that somebody could use now; the order that names it has the last word.

    Raises:
        VoucherRefused: they could not.
    """
    code = normal_code(code)
    row = database.execute_sql(_FIND, (customer_id, email, utcnow(), code)).fetchone()
    if row is None:
        raise VoucherRefused(Refusal.UNKNOWN)
    kind, value, minimum, refusal = row
    if refusal is not None:
        raise VoucherRefused(Refusal(refusal))
    return Voucher(code, VoucherKind(kind), value, minimum)


def refusal_in(error: IntegrityError) -> VoucherRefused | None:
    """Return the refusal of a voucher that kept an order from being placed; None for any other error."""
    cause = getattr(error, "orig", None)
    if isinstance(cause, psycopg2.Error) and cause.diag.constraint_name == _CONSTRAINT:
        return VoucherRefused(Refusal(str(cause.diag.message_primary)))
    return None


def create_voucher(new: NewVoucher, actor: str) -> Mapping[str, Any]:
    """Make a voucher.

    Raises:
        VoucherExists: another one has its code.
        Invalid: it would end before it begins.
    """
    now = utcnow()
    starts_at = new.starts_at or now
    check_period(starts_at, new.ends_at)
    code = _made_up() if new.code is None else new.code
    voucher = (
        uuid7(), code, new.kind, new.value, new.minimum, new.once_per_customer, starts_at, new.ends_at,
        new.total_limit, 0, new.enabled, actor, now, now,
    )  # fmt: skip
    try:
        with database.atomic():
            database.execute_sql(_INSERT, voucher)
    except IntegrityError:
        raise VoucherExists(f"There is a voucher {code}.") from None
    return dict(zip(_COLUMNS, voucher, strict=True))


def change_voucher(voucher_id: UUID, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Change when and how often a voucher can be used; what it is worth stays, as orders were promised that.

    Raises:
        VoucherNotFound: as it says.
        Invalid: it would end before it begins.
    """
    with database.atomic():
        voucher = _read(f"{_SELECT} WHERE id = %s FOR NO KEY UPDATE", voucher_id)
        changed = {**voucher, **changes, "updated_at": utcnow()}
        check_period(changed["starts_at"], changed["ends_at"])
        values = (*(changed[name] for name in _CHANGED), changed["updated_at"], voucher_id)
        database.execute_sql(_UPDATE, values)
    return changed


def read_voucher(voucher_id: UUID) -> Mapping[str, Any]:
    """Return a voucher. Raises VoucherNotFound."""
    return _read(f"{_SELECT} WHERE id = %s", voucher_id)


def list_vouchers(part: str | None, before: UUID | None, size: int) -> list[dict[str, Any]]:
    """Return vouchers whose code contains `part`, newest first."""
    wanted = None if part is None else part.strip().upper()
    rows = database.execute_sql(_LIST, (before, before, wanted, wanted, size)).fetchall()
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]


def _read(statement: str, voucher_id: UUID) -> dict[str, Any]:
    row = database.execute_sql(statement, (voucher_id,)).fetchone()
    if row is None:
        raise VoucherNotFound("There is no such voucher.")
    return dict(zip(_COLUMNS, row, strict=True))


def _made_up() -> str:
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))
