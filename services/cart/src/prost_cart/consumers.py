"""The events that cart acts on: event type to the function that handles it."""

from uuid import UUID

from pydantic import BaseModel
from redis import Redis

from prost.cache import url_of
from prost.events import Envelope, Handler
from prost_cart.settings import Settings
from prost_cart.store import Owner

#: Seconds that Redis has for connecting, and for each answer: the worker is in no hurry.
PATIENCE = 5.0


class AccountDeleted(BaseModel):
    """What cart reads of `auth.account-deleted.v1`."""

    account_id: UUID


def handlers_of(settings: Settings) -> dict[str, Handler]:
    """Return the handlers for the carts in the settings' Redis.

    What is done there is no part of the inbox's transaction, so each has to bear being done again. An event
    that comes while Redis is away fails, and the inbox tries it later.
    """
    client = Redis.from_url(url_of(settings), socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)

    def delete_cart(_envelope: Envelope, data: AccountDeleted) -> None:
        """Delete the cart of an account that is gone."""
        client.delete(Owner.customer(str(data.account_id)).key)

    return {"auth.account-deleted.v1": delete_cart}
