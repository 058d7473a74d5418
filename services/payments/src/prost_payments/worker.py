"""The composition root of the worker, which needs nothing of what serves HTTP."""

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from prost.events import Schedule, Worker
from prost.spec import ServiceSpec
from prost.telemetry import meter
from prost_payments.consumers import HANDLERS
from prost_payments.flows import reconcile
from prost_payments.providers import provider_of
from prost_payments.providers.fake_webhooks import send_webhooks
from prost_payments.settings import Settings
from prost_payments.use_cases.forgetting import forget_people
from prost_payments.use_cases.invariants import INVARIANTS, invariants

log = structlog.get_logger(__name__)

_violations: Final = meter.create_gauge(
    "payments.invariants.violations", description="What should not be, by invariant."
)


def watch() -> None:
    """Count what should not be."""
    found = Counter(violation["invariant"] for violation in invariants())
    for name in INVARIANTS:
        _violations.set(found[name], {"invariant": name})
    if found:
        log.error("invariants_violated", **found)


def forget_accounts() -> None:
    """Forget whose the payments of deleted accounts were that have come to their end since."""
    if forgotten := forget_people():
        log.info("people_forgotten", payments=forgotten)


def schedules_of(settings: Settings) -> tuple[Schedule, ...]:
    """Return what is done by the clock with the provider of the settings."""
    schedules = [
        Schedule("payments.reconcile", 1, partial(reconcile, provider_of(settings))),
        Schedule("payments.watch-invariants", 60, watch),
        Schedule("payments.forget-people", 600, forget_accounts),
    ]
    if settings.payment_provider == "fake":
        schedules.append(Schedule("payments.fake-webhooks", 1, partial(_send, settings)))
    return tuple(schedules)


def _send(settings: Settings) -> None:
    send_webhooks(settings)


def create_worker(settings: Settings | None = None) -> Worker:
    """Make the worker: relay, consumers and schedules."""
    settings = settings or Settings()
    return Worker(settings, ServiceSpec.load(Path()), handlers=HANDLERS, schedules=schedules_of(settings))
