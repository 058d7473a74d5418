"""The composition root of the worker, which needs nothing of what serves HTTP."""

from pathlib import Path

from prost.events import Worker
from prost.spec import ServiceSpec
from prost_catalog.consumers import HANDLERS
from prost_catalog.settings import Settings


def create_worker(settings: Settings | None = None) -> Worker:
    """Make the worker: relay and consumers."""
    return Worker(settings or Settings(), ServiceSpec.load(Path()), handlers=HANDLERS)
