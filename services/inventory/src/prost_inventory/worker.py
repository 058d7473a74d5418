"""The composition root of the worker, which needs nothing of what serves HTTP."""

from collections import Counter
from pathlib import Path
from typing import Final

import structlog

from prost.events import Schedule, Worker
from prost.spec import ServiceSpec
from prost.telemetry import meter
from prost_inventory.consumers import HANDLERS
from prost_inventory.settings import Settings
from prost_inventory.use_cases.invariants import INVARIANTS, invariants
from prost_inventory.use_cases.reservations import expire_holds

log = structlog.get_logger(__name__)

_violations: Final = meter.create_gauge(
    "inventory.invariants.violations", description="What should not be, by invariant."
)


def expire() -> None:
    """Release what has been held for too long."""
    if expired := expire_holds():
        log.info("holds_expired", orders=expired)


def watch() -> None:
    """Count what should not be."""
    found = Counter(violation["invariant"] for violation in invariants())
    for name in INVARIANTS:
        _violations.set(found[name], {"invariant": name})
    if found:
        log.error("invariants_violated", **found)


SCHEDULES: Final = (
    Schedule("inventory.expire-holds", 5, expire),
    Schedule("inventory.watch-invariants", 60, watch),
)


def create_worker(settings: Settings | None = None) -> Worker:
    """Make the worker: relay, consumers and schedules."""
    spec = ServiceSpec.load(Path())
    return Worker(settings or Settings(), spec, handlers=HANDLERS, schedules=SCHEDULES)
