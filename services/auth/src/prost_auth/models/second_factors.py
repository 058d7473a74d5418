"""The tables of second factors: authenticator apps and recovery codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peewee import BigIntegerField, BlobField, ForeignKeyField

from prost.db import Model, TimestampField, utcnow
from prost_auth.models.accounts import Account

if TYPE_CHECKING:
    from uuid import UUID


class SecondFactor(Model):
    """An account's authenticator app: its sealed `secret`, and the one that waits for its first code.

    `last_step` is the time step of the code that was taken last; codes up to it are not taken again.
    """

    if TYPE_CHECKING:
        account_id: UUID

    id = None  # type: ignore[assignment] # Its key is that of the account.
    account = ForeignKeyField(Account, primary_key=True, backref="second_factor", on_delete="CASCADE")
    secret = BlobField(null=True)
    pending_secret = BlobField(null=True)
    last_step = BigIntegerField(default=0)
    confirmed_at = TimestampField(null=True)
    created_at = TimestampField(default=utcnow)

    class Meta:
        """Table options."""

        table_name = "second_factors"


class RecoveryCode(Model):
    """A code that stands in for the app once."""

    if TYPE_CHECKING:
        account_id: UUID

    account = ForeignKeyField(SecondFactor, backref="recovery_codes", on_delete="CASCADE")
    code_hash = BlobField()
    used_at = TimestampField(null=True)

    class Meta:
        """Table options."""

        table_name = "recovery_codes"
