"""What cart does when an account is gone; every event comes twice."""

import json
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import pytest

from prost.events import Event, contracts
from prost.spec import ServiceSpec
from prost.testing import HandlerFailed, servers
from prost_cart import consumers, worker
from prost_cart.domain import Line
from prost_cart.settings import Settings
from prost_cart.store import CartStore, Owner

ADA, EVE = UUID(int=1), UUID(int=2)
BOTTLE = Line("01990000-0000-7000-8000-00000000000a", 2, 100)
CONTRACT = Path(__file__).parents[2] / "auth" / "contracts" / "auth.account-deleted.v1.json"


class AccountDeleted(Event):
    """As auth publishes it."""

    type: ClassVar[str] = "auth.account-deleted.v1"
    account_id: UUID

    def aggregate_id(self):
        return self.account_id


def settings_of(url):
    """Return the settings with this Redis."""
    return Settings(service="cart", env="test", redis_url=url)


@pytest.fixture
async def carts(redis_url):
    """Give the store, with a bottle in everybody's cart."""
    store = CartStore(redis_url)
    await store.start()
    for owner in (Owner.customer(str(ADA)), Owner.customer(str(EVE)), Owner.guest("0" * 64)):
        await store.add(owner, BOTTLE)
    yield store
    await store.stop()


async def test_the_cart_of_an_account_that_is_gone_is_gone(carts, redis_url, database, bus):
    bus.deliver(consumers.handlers_of(settings_of(redis_url)), AccountDeleted(account_id=ADA))

    assert await carts.read(Owner.customer(str(ADA))) == []


async def test_the_carts_of_others_stay(carts, redis_url, database, bus):
    bus.deliver(consumers.handlers_of(settings_of(redis_url)), AccountDeleted(account_id=ADA))

    assert await carts.read(Owner.customer(str(EVE))) == [BOTTLE]
    assert await carts.read(Owner.guest("0" * 64)) == [BOTTLE]


def test_without_redis_the_event_fails_and_so_waits(database, bus):
    server = servers.valkey()
    handlers = consumers.handlers_of(settings_of(server.url))
    server.kill()

    with pytest.raises(HandlerFailed):
        bus.deliver(handlers, AccountDeleted(account_id=ADA))

    server.stop()


def test_the_worker_handles_what_is_declared(environment, service_home):
    assert worker.create_worker()
    assert ServiceSpec.load(service_home).events.consumes == ("auth.account-deleted.v1",)


@pytest.mark.skipif(not CONTRACT.exists(), reason="the service that publishes it is not beside this one")
def test_the_event_has_what_is_read_of_it():
    promised = json.loads(CONTRACT.read_bytes())

    assert contracts.changes_that_break(consumers.AccountDeleted.model_json_schema(), promised) == []
