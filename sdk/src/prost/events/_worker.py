"""A service's worker: the relay, the consumer with its retries, and the schedules, each in a thread."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Event as Flag

import peewee

from prost.db import configure, database
from prost.events._broker import Broker, BrokerDown, Delivery, connect
from prost.events._handlers import Handler
from prost.events._inbox import Inbox
from prost.events._relay import Relay
from prost.events._schedules import PURGE, Schedule, run_schedules
from prost.settings import Settings
from prost.spec import ServiceSpec

__all__ = ["Worker"]

#: Seconds between looks at what has to be tried again.
RETRY_POLL = 0.5
#: Seconds before a part of the worker that failed is started again.
RESTART_PAUSE = 1.0
#: Seconds that what is in flight has for finishing once the worker is told to stop.
STOP_DEADLINE = 25.0
#: Seconds between looks at the signals and at the parts.
SLICE = 0.25
#: The file in the settings' state folder that is touched for as long as every part runs.
ALIVE = "worker-alive"

logger = logging.getLogger(__name__)


class Worker:
    """Publishes and consumes what the service declares, until SIGTERM or SIGINT.

    Every part goes through failures of the database and of the broker by waiting for them to end. While all
    of them run, the file `worker-alive` in PROST_STATE_DIR is younger than a second, and a stop removes it:
    by its age a probe tells a worker that waits for its servers from one that is dead.
    """

    def __init__(
        self,
        settings: Settings,
        spec: ServiceSpec,
        handlers: Mapping[str, Handler] | None = None,
        schedules: Sequence[Schedule] = (),
    ) -> None:
        """Check that handlers and declaration agree; nothing is connected yet.

        Raises:
            ValueError: they do not, or PROST_BROKER_URL is missing.
        """
        handlers = handlers or {}
        if set(handlers) != set(spec.events.consumes):
            odd = ", ".join(sorted(set(handlers) ^ set(spec.events.consumes)))
            raise ValueError(f"the handlers and [events] consumes differ: {odd}")
        if settings.broker_url is None and (handlers or spec.events.publishes):
            raise ValueError("PROST_BROKER_URL is not set, and this service has events.")
        configure(settings)
        self._url = settings.broker_url.get_secret_value() if settings.broker_url else ""
        self._queue = spec.service.name
        self._types = sorted(handlers)
        self._inbox = Inbox(self._queue, handlers)
        self._publishes = bool(spec.events.publishes)
        self._schedules = (*schedules, PURGE)
        self._alive = settings.state_dir / ALIVE
        self._stop = Flag()

    def run(self) -> None:
        """Work until told to stop, then finish what is in flight and return."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        parts: dict[str, Callable[[], None]] = {"schedules": self._run_schedules}
        if self._publishes:
            parts["relay"] = self._relay
        if self._types:
            parts |= {"consumer": self._consume, "retries": self._retry}
        threads = [
            threading.Thread(target=self._keep, args=(name, part), name=f"prost-{name}", daemon=True)
            for name, part in parts.items()
        ]
        for thread in threads:
            thread.start()
        logger.info("worker of %s is running: %s", self._queue, ", ".join(parts))
        self._alive.parent.mkdir(parents=True, exist_ok=True)
        # Waiting for the flag itself could deadlock: a signal's handler sets it in this very thread.
        while not self._stop.is_set():
            time.sleep(SLICE)
            if all(thread.is_alive() for thread in threads):
                self._alive.touch()
        self._alive.unlink(missing_ok=True)
        latest = time.monotonic() + STOP_DEADLINE
        for thread in threads:
            thread.join(max(0.0, latest - time.monotonic()))
        logger.info("worker of %s has stopped", self._queue)

    def stop(self) -> None:
        """Tell the worker to finish; `run` returns when it has."""
        self._stop.set()

    def _keep(self, name: str, part: Callable[[], None]) -> None:
        while not self._stop.is_set():
            try:
                part()
            except (BrokerDown, peewee.OperationalError, peewee.InterfaceError) as error:
                logger.warning("%s waits for its server: %s", name, str(error).strip())
            except Exception:
                logger.exception("%s failed and is started again", name)
            database.refresh()
            self._stop.wait(RESTART_PAUSE)
        database.discard()

    def _relay(self) -> None:
        Relay(connect(self._url)).run(self._stop)

    def _consume(self) -> None:
        broker: Broker = connect(self._url)
        try:
            broker.consume(self._queue, self._types, self._receive, self._stop)
        finally:
            broker.close()

    def _receive(self, deliveries: Sequence[Delivery]) -> None:
        """Receive events, through an outage of the database if need be: the broker keeps them meanwhile."""
        while True:
            try:
                self._inbox.receive(deliveries)
            except (peewee.OperationalError, peewee.InterfaceError) as error:
                logger.warning("%d events wait for the database: %s", len(deliveries), str(error).strip())
                database.refresh()
                if self._stop.wait(RESTART_PAUSE):
                    raise
            else:
                return

    def _retry(self) -> None:
        while not self._stop.is_set():
            if not self._inbox.retry_due():
                self._stop.wait(RETRY_POLL)

    def _run_schedules(self) -> None:
        run_schedules(self._schedules, self._stop)
