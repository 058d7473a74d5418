"""What payments forgets of people whose accounts are gone."""

from typing import Final
from uuid import UUID

from prost.db import database, utcnow

_DELETED: Final = (
    "INSERT INTO deleted_accounts (account_id, deleted_at) VALUES (%s, %s) ON CONFLICT DO NOTHING"
)
_FORGET: Final = "SELECT forget_people(%s)"


def hear_of_deletion(account_id: UUID) -> None:
    """Remember that an account is gone, and forget whose its payments were as soon as they stand still."""
    database.execute_sql(_DELETED, (account_id, utcnow()))
    forget_people()


def forget_people() -> int:
    """Forget whose the payments of accounts were that are gone, and return how many those were."""
    return int(database.execute_sql(_FORGET, (utcnow(),)).fetchone()[0])
