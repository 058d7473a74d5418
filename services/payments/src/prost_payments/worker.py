"""The composition root of the worker, which needs nothing of what serves HTTP."""

from functools import partial
from pathlib import Path

import structlog

from prost.events import Schedule, Worker
from prost.invariants import watch_invariants
from prost.spec import ServiceSpec
from prost_payments.consumers import HANDLERS
from prost_payments.flows import reconcile
from prost_payments.providers import provider_of
from prost_payments.providers.fake_webhooks import send_webhooks
from prost_payments.settings import Settings
from prost_payments.use_cases.forgetting import forget_people
from prost_payments.use_cases.invariants import INVARIANTS, invariants

log = structlog.get_logger(__name__)


def forget_accounts() -> None:
    """Forget whose the payments of deleted accounts were that have come to their end since."""
    if forgotten := forget_people():
        log.info("people_forgotten", payments=forgotten)


def schedules_of(settings: Settings) -> tuple[Schedule, ...]:
    """Return what is done by the clock with the provider of the settings."""
    schedules = [
        Schedule("payments.reconcile", 1, partial(reconcile, provider_of(settings))),
        watch_invariants("payments", INVARIANTS, invariants),
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
