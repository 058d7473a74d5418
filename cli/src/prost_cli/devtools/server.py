"""Composition: the configuration in, the running window out."""

from __future__ import annotations

import asyncio
import errno
import logging
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web

from prost_cli.devtools.api import Api, refuse_bad_parameters
from prost_cli.devtools.config import Config, ConfigError
from prost_cli.devtools.events import Databases
from prost_cli.devtools.identity import Provider
from prost_cli.devtools.issuer import Issuer
from prost_cli.devtools.mailbox import Inbox
from prost_cli.devtools.pages import Pages
from prost_cli.devtools.receiver import Receiver
from prost_cli.devtools.security import guard, set_headers
from prost_cli.devtools.state import State
from prost_cli.devtools.store import Store
from prost_cli.devtools.supervisor import Observer
from prost_cli.devtools.tail import Tail

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from pathlib import Path

STORE_FILE = "telemetry.sqlite"
_CONFIG_INTERVAL = 1.0
_SHUTDOWN_SECONDS = 1.0

T = TypeVar("T")

log = logging.getLogger(__name__)


class PortTakenError(Exception):
    """A port of the configuration is in use; the message names it."""


class Devtools:
    """The running process; `config` follows its file, the ports are those really bound."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.http_port = self.otlp_port = self.smtp_port = 0
        self.store = Store(config.data_dir / STORE_FILE, config.retention)

    @property
    def issuer(self) -> str:
        """The issuer that tokens name."""
        return self.config.issuer or f"http://{self.config.bind}:{self.http_port}/issuer"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve until the block is left; raises PortTakenError."""
        async with AsyncExitStack() as stack:
            await self.store.start()
            stack.push_async_callback(self.store.stop)
            observer = Observer()
            stack.push_async_callback(observer.close)
            databases = Databases(lambda: self.config.services)
            provider = Provider(lambda: self.config.identity)
            state = State(self.store, observer, databases, provider, lambda: self.config)
            self.otlp_port = await self._serve(stack, self._otlp_app(), self.config.otlp_port)
            self.http_port = await self._serve(stack, self._http_app(state), self.config.http_port)
            self.smtp_port = await self._serve_mail(stack)
            if self.config.log_dir is not None:
                tail = Tail(self.store, self.config.log_dir, lambda: (s.name for s in self.config.services))
                _run_beside(stack, tail.run())
            yield

    async def follow(self, path: Path) -> None:
        """Take up changes of the configuration file until cancelled."""
        last = _stamp(path)
        while True:
            await asyncio.sleep(_CONFIG_INTERVAL)
            current = _stamp(path)
            if current in {last, None}:
                continue
            last = current
            try:
                self.config = Config.load(path)
            except ConfigError as error:
                log.warning("the configuration stays as it was: %s", error)

    def _otlp_app(self) -> web.Application:
        return Receiver(self.store).app(self.config.allowed_hosts)

    def _http_app(self, state: State) -> web.Application:
        app = web.Application(middlewares=[guard(self.config.allowed_hosts), refuse_bad_parameters])
        app.on_response_prepare.append(set_headers)
        app.on_shutdown.append(self._end_streams)
        Api(state).add_routes(app.router)
        Pages(state).add_routes(app.router)
        Issuer(self.config.data_dir, lambda: self.issuer, self.config.audience, state.provider).add_routes(
            app.router
        )
        return app

    async def _end_streams(self, _app: web.Application) -> None:
        self.store.release()

    async def _serve(self, stack: AsyncExitStack, app: web.Application, port: int) -> int:
        runner = web.AppRunner(
            app,
            access_log=None,
            auto_decompress=False,
            shutdown_timeout=_SHUTDOWN_SECONDS,
            keepalive_timeout=75,
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, self.config.bind, port)
        await _bound(site.start(), port)
        return int(runner.addresses[0][1])

    async def _serve_mail(self, stack: AsyncExitStack) -> int:
        loop = asyncio.get_running_loop()
        inbox = Inbox(self.store)
        server = await _bound(
            loop.create_server(lambda: inbox.protocol(loop), self.config.bind, self.config.smtp_port),
            self.config.smtp_port,
        )
        stack.callback(server.close)
        return int(server.sockets[0].getsockname()[1])


async def _bound(binding: Coroutine[None, None, T], port: int) -> T:
    try:
        return await binding
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(f"port {port} is taken by another process") from error
        raise


def _run_beside(stack: AsyncExitStack, work: Coroutine[None, None, None]) -> None:
    task = asyncio.create_task(work)

    async def end() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(end)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino
