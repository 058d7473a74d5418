"""The tables of mails on their way, and of the one-time tokens that they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peewee import ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import BinaryJSONField

from prost.db import Model, TimestampField, utcnow
from prost_auth.domain.mails import MailState
from prost_auth.models.accounts import Account

if TYPE_CHECKING:
    from uuid import UUID


class OneTimeToken(Model):
    """The right to do something once, for who reads the mail to `email`; the token itself is not kept."""

    if TYPE_CHECKING:
        account_id: UUID

    account = ForeignKeyField(Account, backref="one_time_tokens", on_delete="CASCADE")
    purpose = TextField()
    email = TextField()
    created_at = TimestampField(default=utcnow)
    expires_at = TimestampField()
    used_at = TimestampField(null=True)

    class Meta:
        """Table options."""

        table_name = "one_time_tokens"


class Mail(Model):
    """One mail; its recipient and values are forgotten once it is settled."""

    if TYPE_CHECKING:
        account_id: UUID | None

    account = ForeignKeyField(Account, null=True, backref="mails", on_delete="CASCADE")
    recipient = TextField(null=True)
    template = TextField()
    language = TextField()
    values = BinaryJSONField(default=dict, index=False)
    state = TextField(default=MailState.PENDING)
    attempts = IntegerField(default=0)
    next_attempt_at = TimestampField(null=True, default=utcnow)
    error = TextField(null=True)
    created_at = TimestampField(default=utcnow)
    settled_at = TimestampField(null=True)

    class Meta:
        """Table options."""

        table_name = "mails"
