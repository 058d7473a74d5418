"""The events that payments acts on: event type to the function that handles it, in one transaction."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel

from prost.events import Envelope, Handler
from prost_payments.use_cases.forgetting import hear_of_deletion


class AccountDeleted(BaseModel):
    """What payments reads of `auth.account-deleted.v1`."""

    account_id: UUID


def on_account_deleted(_envelope: Envelope, event: AccountDeleted) -> None:
    """Keep the books of an account that is gone, without its owner."""
    hear_of_deletion(event.account_id)


HANDLERS: Final[dict[str, Handler]] = {"auth.account-deleted.v1": on_account_deleted}
