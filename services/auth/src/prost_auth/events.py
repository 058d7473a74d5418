"""The facts that auth publishes."""

from typing import ClassVar
from uuid import UUID

from prost.events import Event


class AccountRegistered(Event):
    """Somebody has an account now; `language` is "de" or "en"."""

    type: ClassVar[str] = "auth.account-registered.v1"

    account_id: UUID
    language: str

    def aggregate_id(self) -> UUID:
        """Order the news by account."""
        return self.account_id


class AccountDeleted(Event):
    """An account is gone, and with it the right to know whose it was."""

    type: ClassVar[str] = "auth.account-deleted.v1"

    account_id: UUID

    def aggregate_id(self) -> UUID:
        """Order the news by account."""
        return self.account_id
