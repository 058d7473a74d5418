"""A worker among its threads; test_events_brokers has it among processes and brokers."""

import signal
import threading
import time

import pytest

from prost.events import Worker
from prost.settings import Settings
from prost.spec import ServiceSpec

SPEC = ServiceSpec.model_validate(
    {
        "service": {"name": "bar", "summary": "Pours."},
        "needs": {"postgres": True},
        "events": {"publishes": ["bar.keg-tapped.v1"], "consumes": ["shop.glass-sold.v1"]},
        "run": {"worker": True},
    }
)


@pytest.fixture
def worker(tmp_path, postgres_url, redis_url):
    settings = Settings(
        service="bar", env="test", database_url=postgres_url, broker_url=redis_url, state_dir=tmp_path
    )
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield Worker(settings, SPEC, {"shop.glass-sold.v1": lambda _envelope, _data: None})
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_a_worker_that_lost_a_part_is_not_alive(worker, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "_keep", lambda _name, _part: None)
    seen = []

    def look():
        seen.append((tmp_path / "worker-alive").exists())
        worker.stop()

    threading.Timer(0.6, look).start()
    worker.run()

    assert seen == [False]


def test_parts_that_hang_share_one_deadline(worker, monkeypatch):
    monkeypatch.setattr("prost.events._worker.STOP_DEADLINE", 1.0)
    hang = threading.Event()
    monkeypatch.setattr(worker, "_keep", lambda _name, _part: hang.wait(10))
    worker.stop()
    began = time.monotonic()

    worker.run()

    assert time.monotonic() - began < 3.0
    hang.set()


def test_handlers_and_declaration_have_to_agree():
    with pytest.raises(ValueError, match=r"differ: shop\.glass-sold\.v1"):
        Worker(Settings(service="bar", env="test"), SPEC)
