"""The tables of the provider: its clients, and what passes between them and the people who use them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from peewee import BlobField, ForeignKeyField, TextField, UUIDField
from playhouse.postgres_ext import ArrayField, BinaryJSONField

from prost.db import Model, TimestampField, utcnow
from prost_auth.models.accounts import Account
from prost_auth.models.sessions import Session

if TYPE_CHECKING:
    from uuid import UUID


class Client(Model):
    """An application that signs people in here; one without a secret is public."""

    client_id = TextField(unique=True)
    name = TextField()
    uri = TextField(null=True)
    secret_hash = BlobField(null=True)
    redirect_uris = ArrayField(TextField, default=list)
    post_logout_redirect_uris = ArrayField(TextField, default=list)
    scopes = ArrayField(TextField, default=list)
    grant_types = ArrayField(TextField, default=list)
    audiences = ArrayField(TextField, default=list)
    created_by = ForeignKeyField(Account, null=True, column_name="created_by", on_delete="SET NULL")
    created_at = TimestampField(default=utcnow)

    class Meta:
        """Table options."""

        table_name = "clients"


class AuthorizationRequest(Model):
    """What a client asks of somebody, until they have decided; its id cannot be guessed."""

    id = UUIDField(primary_key=True, default=uuid4)
    client_id = TextField()
    parameters = BinaryJSONField(index=False)
    created_at = TimestampField(default=utcnow)
    expires_at = TimestampField()

    class Meta:
        """Table options."""

        table_name = "authorization_requests"


class AuthorizationCode(Model):
    """A code that works once, for one client; `approved_in` is the session of whoever allowed it.

    Once used it says which session it gave, so that a second use can end that session.
    """

    if TYPE_CHECKING:
        account_id: UUID
        approved_in_id: UUID
        session_id: UUID | None

    code_hash = BlobField(unique=True)
    client_id = TextField()
    account = ForeignKeyField(Account, on_delete="CASCADE")
    approved_in = ForeignKeyField(Session, column_name="approved_in", on_delete="CASCADE")
    redirect_uri = TextField(null=True)
    scope = TextField()
    nonce = TextField(null=True)
    code_challenge = TextField()
    created_at = TimestampField(default=utcnow)
    expires_at = TimestampField()
    used_at = TimestampField(null=True)
    session = ForeignKeyField(Session, null=True, backref="given_by", on_delete="CASCADE")

    class Meta:
        """Table options."""

        table_name = "authorization_codes"


class Consent(Model):
    """What a person has allowed a client, until they take it back."""

    if TYPE_CHECKING:
        account_id: UUID

    account = ForeignKeyField(Account, backref="consents", on_delete="CASCADE")
    client_id = TextField()
    scopes = ArrayField(TextField)
    granted_at = TimestampField(default=utcnow)

    class Meta:
        """Table options."""

        table_name = "consents"


class Logout(Model):
    """A client's wish that somebody signs out, and where they go then.

    `subject` and `sid` are those of the ID token that came with it, which says whom it means.
    """

    id = UUIDField(primary_key=True, default=uuid4)
    client_id = TextField(null=True)
    redirect_uri = TextField(null=True)
    subject = TextField(null=True)
    sid = TextField(null=True)
    created_at = TimestampField(default=utcnow)
    expires_at = TimestampField()

    class Meta:
        """Table options."""

        table_name = "logouts"
