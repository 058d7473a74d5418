"""The table of what concerned an account's security; the database lets rows only be added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peewee import ForeignKeyField, TextField
from playhouse.postgres_ext import BinaryJSONField

from prost.db import Model, TimestampField, utcnow
from prost_auth.models.accounts import Account

if TYPE_CHECKING:
    from uuid import UUID


class SecurityEvent(Model):
    """One event; `detail` never holds a password, a token or an address."""

    if TYPE_CHECKING:
        account_id: UUID | None

    account = ForeignKeyField(Account, null=True, backref="security_events", on_delete="RESTRICT")
    kind = TextField()
    ip = TextField(default="")
    device = TextField(default="")
    detail = BinaryJSONField(default=dict, index=False)
    created_at = TimestampField(default=utcnow)

    class Meta:
        """Table options."""

        table_name = "security_events"
