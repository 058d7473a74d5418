"""Health, and the dependencies behind it."""

import asyncio

import falcon.testing

from prost.http import create_app
from prost.settings import Settings
from prost.spec import ServiceSpec

SPEC = ServiceSpec.model_validate({"service": {"name": "beers", "summary": "Keeps beers."}})


class Cellar:
    """A dependency that is away for a number of starts, and can break afterwards."""

    def __init__(self, name="cellar", *, required=True, absent=0):
        self.name = name
        self.required = required
        self.absent = absent
        self.broken = False
        self.stopped = False

    async def start(self):
        if self.absent:
            self.absent -= 1
            raise ConnectionError("the door is locked")

    async def stop(self):
        self.stopped = True

    async def check(self):
        if self.broken:
            raise TimeoutError


def app_with(*dependencies):
    return create_app(SPEC, Settings(service="beers", env="test"), {}, dependencies)


async def test_a_service_with_all_it_needs_is_ready():
    async with falcon.testing.ASGIConductor(app_with(Cellar())) as conductor:
        ready = await conductor.simulate_get("/health/ready")
        summary = await conductor.simulate_get("/health")
        startup = await conductor.simulate_get("/health/startup")
        live = await conductor.simulate_get("/health/live")

    assert ready.status_code == summary.status_code == startup.status_code == live.status_code == 200
    assert ready.json["state"] == summary.json["state"] == "ready"
    assert ready.json["dependencies"][0]["name"] == "cellar"
    assert ready.json["dependencies"][0]["state"] == "up"
    assert ready.json["dependencies"][0]["latency_ms"] >= 0
    assert ready.headers["cache-control"] == "no-store"


async def test_a_dependency_that_is_away_at_the_start_is_reported_and_retried():
    async with falcon.testing.ASGIConductor(app_with(Cellar(absent=2))) as conductor:
        before = await conductor.simulate_get("/health/ready")
        await asyncio.sleep(1.2)
        after = await conductor.simulate_get("/health/ready")

    assert before.status_code == 503
    assert before.json["state"] == "unavailable"
    assert before.json["dependencies"][0] | {"latency_ms": None} == {
        "name": "cellar",
        "required": True,
        "state": "down",
        "latency_ms": None,
        "error": "ConnectionError",
    }
    assert after.status_code == 200


async def test_without_something_optional_a_service_is_degraded_and_serves():
    radio = Cellar("radio", required=False)
    radio.broken = True

    async with falcon.testing.ASGIConductor(app_with(Cellar(), radio)) as conductor:
        answer = await conductor.simulate_get("/health/ready")

    assert (answer.status_code, answer.json["state"]) == (200, "degraded")
    assert answer.json["dependencies"][1]["error"] == "TimeoutError"


async def test_a_draining_service_is_not_ready_and_still_lives():
    app = app_with(Cellar())

    async with falcon.testing.ASGIConductor(app) as conductor:
        app.health.draining = True
        ready = await conductor.simulate_get("/health/ready")
        live = await conductor.simulate_get("/health/live")

    assert (ready.status_code, ready.json["state"]) == (503, "draining")
    assert live.status_code == 200


async def test_everything_is_stopped_with_the_process_even_what_never_started():
    cellar, radio = Cellar(), Cellar("radio", absent=99)

    async with falcon.testing.ASGIConductor(app_with(cellar, radio)):
        pass

    assert cellar.stopped
    assert radio.stopped


async def test_a_dependency_that_hangs_is_down():
    class Hanging(Cellar):
        async def check(self):
            await asyncio.sleep(60)

    async with falcon.testing.ASGIConductor(app_with(Hanging())) as conductor:
        answer = await conductor.simulate_get("/health/ready")

    assert answer.json["dependencies"][0]["error"] == "TimeoutError"


async def test_a_dependency_whose_check_was_given_up_is_down():
    cellar = Cellar()
    cellar.check = given_up
    async with falcon.testing.ASGIConductor(app_with(cellar)) as conductor:
        ready = await conductor.simulate_get("/health/ready")

    assert ready.json["dependencies"][0]["state"] == "down"


async def given_up():
    raise asyncio.CancelledError
