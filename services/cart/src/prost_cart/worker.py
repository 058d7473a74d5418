"""The composition root of the worker, which needs nothing of what serves HTTP."""

from pathlib import Path

from prost.events import Worker
from prost.spec import ServiceSpec
from prost_cart.consumers import handlers_of
from prost_cart.settings import Settings


def create_worker(settings: Settings | None = None) -> Worker:
    """Make the worker: consumers."""
    settings = settings or Settings()
    return Worker(settings, ServiceSpec.load(Path()), handlers=handlers_of(settings))
