"""The composition root of the worker, which needs nothing of what serves HTTP."""

from pathlib import Path
from typing import Final

import structlog

from prost.events import Schedule, Worker
from prost.invariants import watch_invariants
from prost.spec import ServiceSpec
from prost_inventory.consumers import HANDLERS
from prost_inventory.settings import Settings
from prost_inventory.use_cases.invariants import INVARIANTS, invariants
from prost_inventory.use_cases.reservations import expire_holds

log = structlog.get_logger(__name__)


def expire() -> None:
    """Release what has been held for too long."""
    if expired := expire_holds():
        log.info("holds_expired", orders=expired)


SCHEDULES: Final = (
    Schedule("inventory.expire-holds", 5, expire),
    watch_invariants("inventory", INVARIANTS, invariants),
)


def create_worker(settings: Settings | None = None) -> Worker:
    """Make the worker: relay, consumers and schedules."""
    spec = ServiceSpec.load(Path())
    return Worker(settings or Settings(), spec, handlers=HANDLERS, schedules=SCHEDULES)
