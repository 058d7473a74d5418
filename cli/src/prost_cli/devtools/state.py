"""What the pages and the JSON API show, gathered once for both."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from prost_cli.devtools import queries, supervisor
from prost_cli.devtools.identity import PERIOD, Account, ProviderError
from prost_cli.devtools.red import REQUEST_DURATION, metrics, service_rates, window_start
from prost_cli.devtools.supervisor import Observer, SupervisorError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from prost_cli.devtools.config import Config
    from prost_cli.devtools.events import Databases
    from prost_cli.devtools.identity import Provider
    from prost_cli.devtools.red import Metric, ServiceRates
    from prost_cli.devtools.store import Store

_UP = {"ready", "done", "idle"}


@dataclass(frozen=True, slots=True)
class State:
    """The readers behind the dashboard; `config` returns the configuration of this moment."""

    store: Store
    observer: Observer
    databases: Databases
    provider: Provider
    config: Callable[[], Config]

    async def overview(self) -> dict[str, Any]:
        """Return the supervisor's reports with memory, health and rates, and what they sum up to."""
        problem, status = "", dict[str, Any]()
        try:
            status = await supervisor.status(self._socket())
        except SupervisorError as error:
            problem = str(error)
        units = await self.observer.look_at(status.get("units", []))
        rates = {rate.service: rate for rate in await self.rates()}
        return {
            "problem": problem,
            "phase": status.get("phase", ""),
            "urls": status.get("urls", {}),
            "notices": status.get("notices", []),
            "units": units,
            "rates": rates,
            "up": sum(unit.get("state") in _UP for unit in units),
            "memory": sum(unit.get("memory") or 0 for unit in units),
        }

    async def accounts(self) -> dict[str, Any]:
        """Return the seeded accounts with their password, and staff with the one-time code of this moment."""
        problem, accounts = "", tuple[Account, ...]()
        try:
            accounts = await self.provider.accounts()
        except ProviderError as error:
            problem = str(error)
        now = time.time()
        return {
            "problem": problem,
            "provided": self.provider.is_there,
            "password": self.provider.password,
            "accounts": [{**asdict(account), "code": account.code(now)} for account in accounts],
            "code_changes_in": PERIOD - int(now) % PERIOD,
        }

    async def restart(self, name: str) -> None:
        """Have a process restarted; raises SupervisorError."""
        await supervisor.restart(self._socket(), name)

    def _socket(self) -> Path:
        socket = self.config().control_socket
        if socket is None:
            raise SupervisorError("this process was started without a supervisor")
        return socket

    async def rates(self) -> list[ServiceRates]:
        """Return rate, errors and duration of every service over the window."""

        def query(connection: Any) -> list[ServiceRates]:
            start = window_start()
            return service_rates(queries.points(connection, start, tuple(REQUEST_DURATION)), start)

        return await self.store.read(query)

    async def metrics(self, service: str = "") -> list[Metric]:
        """Return every instrument over the window."""

        def query(connection: Any) -> list[Metric]:
            start = window_start()
            return metrics(queries.points(connection, start, service=service), start)

        return await self.store.read(query)
