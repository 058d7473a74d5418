"""Calls to another service, to a real server."""

import asyncio

import pytest
from aiohttp import web
from pydantic import BaseModel

from prost import _deadline
from prost.auth import Principal, current_principal
from prost.client import CallFailed, CallRefused, CircuitBreaker, CircuitOpen, ServiceClient
from prost.errors import DeadlineExceeded, UpstreamFailed
from prost.settings import Settings


class Level(BaseModel):
    sku: str
    count: int


class Inventory:
    """A service that answers what it is told to, and remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.answers = []
        self.delay = 0.0

    async def handle(self, request):
        self.asked.append((request.method, request.path_qs, dict(request.headers), await request.text()))
        await asyncio.sleep(self.delay)
        status, body = self.answers.pop(0) if self.answers else (200, {"sku": "PILS", "count": 3})
        return web.json_response(body, status=status)


@pytest.fixture
async def inventory(unused_port):
    service = Inventory()
    service.port = unused_port
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", service.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_port).start()
    service.stop = runner.cleanup
    yield service
    await runner.cleanup()


@pytest.fixture
async def client(inventory, monkeypatch):
    monkeypatch.setenv("PROST_SERVICE_INVENTORY_URL", f"http://127.0.0.1:{inventory.port}")
    made = ServiceClient(Settings(service="orders", env="test"), "inventory", deadline=1.0)
    await made.start()
    yield made
    await made.stop()


async def test_an_answer_is_read_as_a_model(client, inventory):
    answer = await client.get("/levels/PILS", query={"at": "cellar 1"})

    assert answer.read(Level) == Level(sku="PILS", count=3)
    assert inventory.asked[0][:2] == ("GET", "/levels/PILS?at=cellar+1")


async def test_a_model_is_sent_as_json(client, inventory):
    await client.post("/levels", json=Level(sku="PILS", count=1))

    method, _, headers, body = inventory.asked[0]
    assert (method, headers["Content-Type"], body) == ("POST", "application/json", '{"sku":"PILS","count":1}')


async def test_a_refusal_carries_the_problem(client, inventory):
    inventory.answers = [(409, {"code": "out-of-stock", "left": 0})]

    with pytest.raises(CallRefused) as caught:
        await client.post("/reservations", json={})

    assert (caught.value.remote_status, caught.value.remote_code) == (409, "out-of-stock")
    assert caught.value.problem_json["left"] == 0
    assert caught.value.status == 502


async def test_a_passing_failure_of_a_read_is_retried(client, inventory):
    inventory.answers = [(503, {}), (502, {})]

    answer = await client.get("/levels/PILS")

    assert answer.json()["count"] == 3
    assert len(inventory.asked) == 3


async def test_a_write_is_repeated_only_with_an_idempotency_key(client, inventory):
    inventory.answers = [(503, {}), (503, {})]

    with pytest.raises(CallFailed):
        await client.post("/reservations", json={})
    answer = await client.post("/reservations", json={}, idempotency_key="r-1")

    assert answer.status == 200
    assert [asked[2].get("Idempotency-Key") for asked in inventory.asked] == [None, "r-1", "r-1"]


async def test_a_defect_of_the_other_service_is_not_repeated(client, inventory):
    inventory.answers = [(500, {})]

    with pytest.raises(UpstreamFailed):
        await client.get("/levels/PILS")

    assert len(inventory.asked) == 1


async def test_a_call_that_takes_too_long_ends_at_its_deadline(client, inventory):
    inventory.delay = 5.0

    with pytest.raises(DeadlineExceeded, match=r"did not answer within 0\.1 s"):
        await client.get("/levels/PILS", deadline=0.1)


async def test_a_call_takes_no_longer_than_the_one_who_waits_for_it(client, inventory):
    inventory.delay = 5.0
    _deadline.set_deadline(0.2)

    with pytest.raises(DeadlineExceeded, match=r"within 0\.2 s"):
        await client.get("/levels/PILS")

    assert 100 < int(inventory.asked[0][2]["Prost-Deadline-Ms"]) <= 200


async def test_the_caller_is_named_to_the_other_service(client, inventory):
    current_principal.set(Principal("ada", frozenset({"customer"}), token="t0ken"))

    await client.get("/levels/PILS")

    assert inventory.asked[0][2]["Authorization"] == "Bearer t0ken"


async def test_a_service_that_is_gone_is_left_alone_after_five_failures(client, inventory):
    await inventory.stop()

    with pytest.raises(CallFailed):
        await client.get("/levels/PILS")
    with pytest.raises(CircuitOpen):
        await client.get("/levels/PILS")

    with pytest.raises(CircuitOpen):
        await client.check()


async def test_the_breaker_lets_one_call_through_after_its_pause():
    breaker = CircuitBreaker(threshold=2, pause=0.05)
    breaker.failed()
    breaker.failed()
    admitted_at_once = breaker.admit()
    await asyncio.sleep(0.08)

    admitted_later = [breaker.admit(), breaker.admit()]
    breaker.succeeded()

    assert admitted_at_once is False
    assert admitted_later == [True, False]
    assert breaker.admit() is True


async def test_callers_in_a_hurry_do_not_make_a_service_look_broken(client, inventory):
    inventory.delay = 0.2
    for _ in range(5):
        with pytest.raises(DeadlineExceeded):
            await client.get("/levels/PILS", deadline=0.01)

    await client.check()
    answer = await client.get("/levels/PILS")

    assert answer.status == 200


async def test_a_service_that_is_always_too_slow_is_left_alone(client, inventory):
    client._deadline = 0.05
    inventory.delay = 0.2
    for _ in range(5):
        with pytest.raises(DeadlineExceeded):
            await client.get("/levels/PILS")

    with pytest.raises(CircuitOpen):
        await client.get("/levels/PILS")
