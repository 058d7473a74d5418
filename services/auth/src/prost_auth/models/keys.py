"""The keys that sign tokens."""

from peewee import BlobField, TextField
from playhouse.postgres_ext import BinaryJSONField

from prost.db import Model, TimestampField, utcnow
from prost_auth.domain.keys import KeyState


class SigningKey(Model):
    """A key pair: `kid` is its RFC 7638 thumbprint, `sealed` the private half until the key is retired."""

    kid = TextField(unique=True)
    state = TextField(default=KeyState.PENDING)
    public_jwk = BinaryJSONField(index=False)
    sealed = BlobField(null=True)
    created_at = TimestampField(default=utcnow)
    activated_at = TimestampField(null=True)
    retired_at = TimestampField(null=True)

    class Meta:
        """Table options."""

        table_name = "signing_keys"
