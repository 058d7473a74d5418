"""The tables of sessions and of the refresh tokens that keep them going."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peewee import BlobField, ForeignKeyField, TextField
from playhouse.postgres_ext import ArrayField

from prost.db import Model, TimestampField, utcnow
from prost_auth.models.accounts import Account

if TYPE_CHECKING:
    from uuid import UUID


class Session(Model):
    """One sign-in, on one device; `client_id` is None for the shop itself.

    `amr` says how the person showed who they are (RFC 8176), `auth_time` when.
    """

    if TYPE_CHECKING:
        account_id: UUID

    account = ForeignKeyField(Account, backref="sessions", on_delete="CASCADE")
    client_id = TextField(null=True)
    scope = TextField(default="")
    amr = ArrayField(TextField)
    device = TextField(default="")
    ip = TextField(default="")
    auth_time = TimestampField()
    created_at = TimestampField(default=utcnow)
    last_used_at = TimestampField(default=utcnow)
    expires_at = TimestampField()
    ended_at = TimestampField(null=True)
    end_reason = TextField(null=True)

    class Meta:
        """Table options."""

        table_name = "sessions"


class RefreshToken(Model):
    """One token of a session: it works once, and its second use ends the session."""

    if TYPE_CHECKING:
        session_id: UUID

    session = ForeignKeyField(Session, backref="refresh_tokens", on_delete="CASCADE")
    token_hash = BlobField(unique=True)
    created_at = TimestampField(default=utcnow)
    used_at = TimestampField(null=True)

    class Meta:
        """Table options."""

        table_name = "refresh_tokens"
