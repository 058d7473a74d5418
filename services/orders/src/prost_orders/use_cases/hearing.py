"""What orders makes of what it hears: of payments, and of accounts that are gone."""

from typing import Final
from uuid import UUID

from prost.db import database, utcnow

_PAYMENT: Final = "SELECT hear_of_payment(%s, %s)"
_REFUND: Final = "SELECT hear_of_refund(%s, %s, %s, %s)"
_DELETED: Final = (
    "INSERT INTO deleted_accounts (account_id, deleted_at) VALUES (%s, %s) ON CONFLICT DO NOTHING"
)
_FORGET: Final = "SELECT forget_people(%s)"


def hear_of_payment(order_id: UUID) -> None:
    """Have an order looked at, as there is news of its payment; where that stands, payments tells then."""
    database.execute_sql(_PAYMENT, (order_id, utcnow()))


def hear_of_refund(order_id: UUID, refund_id: UUID, amount_minor: int) -> None:
    """Enter what went back, once; news of other people's orders are none."""
    database.execute_sql(_REFUND, (order_id, refund_id, amount_minor, utcnow()))


def hear_of_deletion(account_id: UUID) -> None:
    """Remember that an account is gone, and forget whose its orders were as soon as they are over."""
    database.execute_sql(_DELETED, (str(account_id), utcnow()))
    forget_people()


def forget_people() -> int:
    """Forget whose the orders of accounts were that are gone, and return how many those were."""
    return int(database.execute_sql(_FORGET, (utcnow(),)).fetchone()[0])
