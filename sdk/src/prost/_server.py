"""gunicorn, as every service runs it: shared memory before the fork, and a stop that loses no request."""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import gunicorn.workers.gasgi
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.glogging import Logger
from gunicorn.sock import create_sockets

from prost import telemetry
from prost.http.app import ServiceApp
from prost.http.problems import PROBLEM_JSON, refused_unread
from prost.settings import Settings

__all__ = ["Server"]

# Longer than any gateway keeps an idle connection, so that it is never we who close one in use.
_KEEP_ALIVE = 75
_GRACEFUL_TIMEOUT = 30
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - it holds a heartbeat and nothing else


class Server(BaseApplication):  # type: ignore[misc]
    """Serves one application until it is told to stop."""

    def __init__(self, settings: Settings, factory: Callable[[], ServiceApp]) -> None:
        """Take the factory, which each worker calls once, after the fork."""
        self.settings = settings
        self._factory = factory
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        options = {
            "bind": self.settings.http_bind,
            "workers": self.settings.web_workers,
            "worker_class": DrainingWorker,
            "keepalive": _KEEP_ALIVE,
            "graceful_timeout": _GRACEFUL_TIMEOUT + int(self.settings.drain_seconds),
            # Two services of one user would share its default path, and each its answers.
            "control_socket_disable": True,
            "worker_tmp_dir": str(_SHARED_MEMORY) if _SHARED_MEMORY.is_dir() else None,
            "limit_request_line": 8190,
            "logger_class": _Logger,
            "proc_name": f"prost-{self.settings.service}",
            "pre_fork": _freeze,
            "worker_exit": _stop_telemetry,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def run(self) -> None:
        """Serve until told to stop; one worker alone does so in this very process.

        gunicorn's parent would only start it again when it falls, as whoever started this process does.
        """
        if self.settings.web_workers > 1:
            _Parent(self).run()
            return
        log = self.cfg.logger_class(self.cfg)
        sockets = create_sockets(self.cfg, log)
        log.info("Listening at: %s", ", ".join(map(str, sockets)))
        worker = DrainingWorker(1, os.getppid(), sockets, self, self.cfg.timeout, self.cfg, log)
        gc.freeze()
        try:
            worker.init_process()
        finally:
            worker.tmp.close()
            telemetry.shutdown()

    def load(self) -> ServiceApp:
        """Make the application of one worker."""
        telemetry.setup(self.settings)
        return self._factory()


class _Parent(Arbiter):  # type: ignore[misc]
    def spawn_worker(self) -> int:
        # Told to stop before it has handlers of its own, a worker would use the parent's, and go on.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        try:
            return int(super().spawn_worker())
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


class DrainingWorker(gunicorn.workers.gasgi.ASGIWorker):  # type: ignore[misc]
    """gunicorn's ASGI worker with a SIGTERM that says "not ready" first, serves on a while, and then stops.

    gunicorn waits out the graceful timeout for connections that are merely kept alive, as a gateway's always
    are; this worker closes those at once and waits for requests only.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin without connections."""
        super().__init__(*args, **kwargs)
        self.connections: set[_Connection] = set()
        self._serving: asyncio.Task[None] | None = None
        self._stopping = False

    def init_signals(self) -> None:
        """Leave signals their own effect until the loop runs: uvloop forgets those that come before."""
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

    async def _serve(self) -> None:
        super().init_signals()
        self._serving = asyncio.current_task()
        await super()._serve()

    async def _shutdown(self) -> None:
        # Also reached when the parent was killed, and nobody has told the connections yet.
        self.alive = False
        for connection in tuple(self.connections):
            connection.close_if_idle()
        await super()._shutdown()

    def handle_exit_signal(self) -> None:
        """Drain, then stop; asked again, stop now."""
        if self._stopping:
            self._stop_serving()
            return
        self._stopping = True
        self.asgi.health.draining = True
        self.loop.call_later(self.app.settings.drain_seconds, self._stop_serving)

    def _stop_serving(self) -> None:
        self.alive = False
        # The loop of the worker looks at `alive` once a second only; cancelled, it goes on to shut down.
        if self.servers and self._serving is not None:
            self._serving.cancel()
            self._serving = None


class _Connection(ASGIProtocol):  # type: ignore[misc]
    def connection_made(self, transport: asyncio.Transport) -> None:
        self.worker.connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.worker.connections.discard(self)
        super().connection_lost(exc)

    def _send_error_response(
        self,
        status: int,
        message: str,  # noqa: ARG002 - gunicorn's, and it can quote the request
        extra_headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        # gunicorn answers what it cannot parse in plain text, which no client of ours is told to expect.
        body = refused_unread(status)
        headers = {"Content-Type": PROBLEM_JSON, "Content-Length": len(body), "Connection": "close"}
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in (*headers.items(), *extra_headers)]
        self._safe_write("\r\n".join([*lines, "\r\n"]).encode("latin-1") + body)

    def close_if_idle(self) -> None:
        """Close a connection on which no request is being read or served."""
        if self._awaiting_request:
            self.transport.close()


# The worker makes its connections from this name and has no setting for it.
gunicorn.workers.gasgi.ASGIProtocol = _Connection


class _Logger(Logger):  # type: ignore[misc]
    """gunicorn's own messages, written as all others are; requests are counted and traced, not logged."""

    def setup(self, cfg: Any) -> None:  # noqa: ARG002 - gunicorn's interface
        self.error_log.propagate = True
        self.error_log.setLevel(logging.NOTSET)
        self.access_log.disabled = True


def _stop_telemetry(_arbiter: object, _worker: object) -> None:
    telemetry.shutdown()


def _freeze(_arbiter: object, _worker: object) -> None:
    """Keep the collector from writing to, and so copying, what the workers share with their parent."""
    gc.freeze()
