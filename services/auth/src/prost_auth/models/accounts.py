"""The tables of accounts and of where their owners live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peewee import BooleanField, ForeignKeyField, TextField
from playhouse.postgres_ext import ArrayField

from prost.db import Timestamped, TimestampField
from prost_auth.domain.accounts import CUSTOMER, AccountState

if TYPE_CHECKING:
    from uuid import UUID


class Account(Timestamped):
    """One person. `email` is as they wrote it, `email_key` the form by which addresses are told apart.

    A deleted account keeps its row, without anything about the person.
    """

    email = TextField(null=True)
    email_key = TextField(null=True, unique=True)
    email_verified_at = TimestampField(null=True)
    name = TextField()
    language = TextField(default="de")
    password_hash = TextField(null=True)
    password_changed_at = TimestampField(null=True)
    marketing_consent_at = TimestampField(null=True)
    staff_roles = ArrayField(TextField, default=list)
    state = TextField(default=AccountState.ACTIVE)

    class Meta:
        """Table options."""

        table_name = "accounts"

    @property
    def address(self) -> str:
        """Where mail to them goes. Raises ValueError for a deleted account, which has none."""
        if self.email is None:
            raise ValueError("A deleted account has no address.")
        return self.email

    @property
    def roles(self) -> list[str]:
        """All roles, whether or not a session carries them."""
        return [CUSTOMER, *self.staff_roles]

    @property
    def is_staff(self) -> bool:
        """Whether they work for the shop."""
        return bool(self.staff_roles)

    @property
    def email_verified(self) -> bool:
        """Whether they have shown that the address is theirs."""
        return self.email_verified_at is not None


class Address(Timestamped):
    """Where goods are sent to; at most one of an account is the default."""

    if TYPE_CHECKING:
        account_id: UUID

    account = ForeignKeyField(Account, backref="addresses", on_delete="CASCADE")
    name = TextField()
    street = TextField()
    postal_code = TextField()
    city = TextField()
    country = TextField()
    is_default = BooleanField(default=False)

    class Meta:
        """Table options."""

        table_name = "addresses"
