"""The events that the catalogue acts on: event type to the function that handles it, in one transaction."""

from uuid import UUID

from pydantic import BaseModel

from prost.events import Envelope, Handler
from prost_catalog.use_cases.reviews import forget_customer


class AccountDeleted(BaseModel):
    """What the catalogue reads of `auth.account-deleted.v1`."""

    account_id: UUID


def make_reviews_anonymous(_envelope: Envelope, data: AccountDeleted) -> None:
    """Keep the reviews of an account that is gone, without its owner."""
    forget_customer(str(data.account_id))


HANDLERS: dict[str, Handler] = {"auth.account-deleted.v1": make_reviews_anonymous}
