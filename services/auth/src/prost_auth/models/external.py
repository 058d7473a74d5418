"""The tables of accounts elsewhere that people sign in with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peewee import BlobField, ForeignKeyField, TextField

from prost.db import Model, TimestampField, utcnow
from prost_auth.models.accounts import Account

if TYPE_CHECKING:
    from uuid import UUID


class ExternalIdentity(Model):
    """Somebody's account at a provider, known by the subject that the provider never gives to another."""

    if TYPE_CHECKING:
        account_id: UUID

    account = ForeignKeyField(Account, backref="external_identities", on_delete="CASCADE")
    provider = TextField()
    subject = TextField()
    email = TextField()
    created_at = TimestampField(default=utcnow)
    last_used_at = TimestampField(default=utcnow)

    class Meta:
        """Table options."""

        table_name = "external_identities"


class ExternalSignIn(Model):
    """A browser that was sent to a provider and is waited for; both its proofs are kept as fingerprints."""

    provider = TextField()
    state_hash = BlobField(unique=True)
    browser_hash = BlobField()
    nonce = TextField()
    code_verifier = TextField()
    return_to = TextField()
    expires_at = TimestampField()

    class Meta:
        """Table options."""

        table_name = "external_sign_ins"
