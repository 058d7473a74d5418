"""What cart's tests share: the services that it asks, its store, and those who have carts."""

import pytest
import redis

from prost_cart.store import CartStore, Owner

from .memory import MemoryStore
from .neighbours import Neighbours


@pytest.fixture
def neighbours():
    """Give a catalogue and an inventory that tests may change and take away."""
    running = Neighbours()
    yield running
    running.held.set()
    running.close()


@pytest.fixture
def environment(environment, neighbours, monkeypatch):
    """Tell cart where its neighbours are."""
    for name in ("CATALOG", "INVENTORY"):
        monkeypatch.setenv(f"PROST_SERVICE_{name}_URL", neighbours.url)


@pytest.fixture(params=["redis", "memory"])
async def store(request):
    """Give each kind of store."""
    if request.param == "memory":
        yield MemoryStore()
        return
    running = CartStore(request.getfixturevalue("redis_url"))
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def later(request, store):
    """Return a function that lets seconds pass for a store: real keys have so much less left to live."""

    def pass_by(seconds):
        if isinstance(store, MemoryStore):
            store.now += seconds
            return
        with redis.Redis.from_url(request.getfixturevalue("redis_url")) as client:
            for key in client.keys("*"):
                client.pexpire(key, client.pttl(key) - int(1000 * seconds))

    return pass_by


@pytest.fixture
def guest():
    """Give the owner of a guest's cart."""
    return Owner.guest("0" * 64)


@pytest.fixture
def anna():
    """Give the owner of a customer's cart."""
    return Owner.customer("anna")


@pytest.fixture
def as_anna(token):
    """Give the headers of a customer."""
    return {"Authorization": f"Bearer {token('customer', subject='anna')}"}


@pytest.fixture
def as_orders(token):
    """Give the headers with which the service of orders calls."""
    return {"Authorization": f"Bearer {token.of_service('orders')}"}


@pytest.fixture
def browser(client):
    """Return the function that opens a browser, which keeps the cookie that it is given."""
    return lambda: Browser(client)


class Browser:
    """A guest at the shop."""

    def __init__(self, client):
        """Begin without a cookie."""
        self.client, self.cookie = client, None

    async def add(self, variant_id, quantity=1):
        """Add to the cart."""
        return await self.send("POST", "/cart/add", {"variant_id": variant_id, "quantity": quantity})

    async def get(self):
        """Read the cart."""
        return await self.send("GET", "/cart")

    async def send(self, method, path, body=None, **headers):
        """Send a request and take what comes."""
        if self.cookie:
            headers["Cookie"] = f"prost_cart={self.cookie}"
        answer = await self.client.simulate_request(method, path, json=body, headers=headers)
        if "prost_cart" in answer.cookies:
            self.cookie = answer.cookies["prost_cart"].value
        return answer
