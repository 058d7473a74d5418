"""The composition root of the worker, which needs nothing of what serves HTTP."""

from pathlib import Path

from prost.events import Schedule, Worker
from prost.spec import ServiceSpec
from prost_auth.consumers import HANDLERS
from prost_auth.keys import configure
from prost_auth.mailing import Postman
from prost_auth.settings import Settings
from prost_auth.use_cases.clients import purge_provider
from prost_auth.use_cases.keys import advance_keys
from prost_auth.use_cases.purge import purge


def create_worker(settings: Settings | None = None) -> Worker:
    """Make the worker: relay, consumers and schedules."""
    settings = settings or Settings()
    configure(settings)
    schedules = [
        Schedule("auth.mails", 1, Postman(settings).send_due),
        Schedule("auth.signing-keys", 30, advance_keys),
        Schedule("auth.purge", 6 * 3600, purge),
        Schedule("auth.provider-purge", 3600, purge_provider),
    ]
    return Worker(settings, ServiceSpec.load(Path()), handlers=HANDLERS, schedules=schedules)
