"""What the supervisor says about its processes, with what can be seen of them from outside."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_TIMEOUT = 2.0
_RESTART_TIMEOUT = 30.0
_MAX_ANSWER = 4 << 20


class SupervisorError(Exception):
    """The supervisor cannot be asked, or refuses; the message says why."""


async def status(socket: Path) -> dict[str, Any]:
    """Return the supervisor's status: `phase`, `urls`, `units` and `notices`."""
    return await _ask(socket, {"do": "status"}, _TIMEOUT)


async def restart(socket: Path, name: str) -> None:
    """Have one process restarted; returns when it runs again or has failed."""
    await _ask(socket, {"do": "restart", "names": [name]}, _RESTART_TIMEOUT)


async def _ask(socket: Path, request: Mapping[str, object], patience: float) -> dict[str, Any]:
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_unix_connection(socket, limit=_MAX_ANSWER)
            try:
                writer.write(orjson.dumps(request) + b"\n")
                answer = orjson.loads(await reader.readline())
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError) as error:
        raise SupervisorError("the supervisor does not answer") from error
    if not isinstance(answer, dict):
        raise SupervisorError("the supervisor's answer is not understood")
    if "error" in answer:
        raise SupervisorError(str(answer["error"]))
    return answer


class Observer:
    """Looks at processes from outside; one HTTP session for its life, made inside the event loop."""

    def __init__(self) -> None:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT))

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def look_at(self, units: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the reports with `memory` in bytes (None: no process) and, of what serves, `health`.

        Health is `status` (None: no answer), `latency` in seconds and the service's own `dependencies`.
        """
        from prost_cli.dev.memory import of_tree  # noqa: PLC0415 -- psutil, for the first page

        sizes = await asyncio.to_thread(lambda: [of_tree(u["pid"]) if u.get("pid") else None for u in units])
        health = await asyncio.gather(*map(self._health, units))
        return [
            {**unit, "memory": size, "health": found}
            for unit, size, found in zip(units, sizes, health, strict=True)
        ]

    async def _health(self, unit: Mapping[str, Any]) -> dict[str, Any] | None:
        if unit.get("kind") != "service" or not unit.get("port"):
            return None
        started = time.perf_counter()
        try:
            url = f"http://127.0.0.1:{unit['port']}/health/ready"
            async with self._session.get(url, allow_redirects=False) as answer:
                document = await answer.json(loads=orjson.loads)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return {"status": None, "latency": None, "dependencies": []}
        found = document.get("dependencies") if isinstance(document, dict) else None
        return {
            "status": answer.status,
            "latency": time.perf_counter() - started,
            "dependencies": [each for each in found if isinstance(each, dict)]
            if isinstance(found, list)
            else [],
        }
