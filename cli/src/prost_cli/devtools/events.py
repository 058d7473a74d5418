"""The outbox and inbox of each service, read from its own database in a thread."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prost_cli.devtools.config import Service


class Databases:
    """Reads the services' databases; `services` returns those of this moment."""

    def __init__(self, services: Callable[[], Sequence[Service]]) -> None:
        self._services = services
        # One connection at a time: a page that refreshes itself must not use up a small server's.
        self._lock = threading.Lock()

    async def events(self, service: str = "") -> list[dict[str, Any]]:
        """Return each service's `outbox`, `inbox` and `counts`, or the `problem` with its database.

        Times are Unix seconds, bodies are documents as published. Of each box the newest 50 rows, those
        that wait or are dead first.
        """
        wanted = {
            s.name: s.database_url for s in self._services() if s.database_url and service in {"", s.name}
        }
        return await asyncio.to_thread(
            lambda: [{"service": name, **self._read(url)} for name, url in wanted.items()]
        )

    async def redrive(self, service: str, ids: Sequence[str]) -> int | None:
        """Have dead letters tried again from the first attempt; return how many they were.

        None when the service is unknown or its inbox cannot be reached.
        """
        url = next((s.database_url for s in self._services() if s.name == service), None)
        return await asyncio.to_thread(self._redrive, url, ids) if url else None

    def _read(self, url: str) -> dict[str, Any]:
        from prost_cli.devtools import boxes  # noqa: PLC0415 -- psycopg2, for the first look

        with self._lock:
            return boxes.read(url)

    def _redrive(self, url: str, ids: Sequence[str]) -> int | None:
        from prost_cli.devtools import boxes  # noqa: PLC0415 -- see above

        with self._lock:
            return boxes.redrive(url, ids)
