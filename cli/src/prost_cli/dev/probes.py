"""Questions whose answer tells that a process is ready. Each raises OSError or returns False until it is."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from prost_cli.dev.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_TIMEOUT = 2.0
_POSTMASTER_STATUS_LINE = 7
_SIGNALS_ARE_TOLD = Path("/proc/self/status").exists()


class Probe(Protocol):
    """Asks one process whether it is ready."""

    async def __call__(self, pid: int) -> bool:
        """Tell whether the process `pid` is ready."""


@dataclass(frozen=True, slots=True)
class HttpAnswers:
    """GET `path` on `port` is answered with 2xx."""

    port: int
    path: str = "/"

    async def __call__(self, pid: int) -> bool:  # noqa: ARG002  the port is the process's own
        """Ask once."""
        request = f"GET {self.path} HTTP/1.1\r\nHost: {LOOPBACK}:{self.port}\r\nConnection: close\r\n\r\n"
        return (await _ask(self.port, request.encode())).startswith((b"HTTP/1.1 2", b"HTTP/1.0 2"))


@dataclass(frozen=True, slots=True)
class ValkeyAnswers:
    """Valkey has loaded its data and answers PING."""

    port: int
    password: str = field(repr=False)

    async def __call__(self, pid: int) -> bool:  # noqa: ARG002  the port is the process's own
        """Ask once."""
        return (
            await _ask(self.port, f"AUTH {self.password}\r\nPING\r\n".encode(), lines=2)
        ) == b"+OK\r\n+PONG\r\n"


@dataclass(frozen=True, slots=True)
class Listens:
    """Something accepts connections on `port`."""

    port: int

    async def __call__(self, pid: int) -> bool:  # noqa: ARG002  the port is the process's own
        """Ask once."""
        async with _connection(self.port):
            return True


@dataclass(frozen=True, slots=True)
class PostmasterReady:
    """PostgreSQL has recovered and takes connections, as it says itself in its data folder `data`."""

    data: Path

    async def __call__(self, pid: int) -> bool:
        """Ask once."""
        lines = (self.data / "postmaster.pid").read_text().splitlines()
        return lines[0] == str(pid) and lines[_POSTMASTER_STATUS_LINE : _POSTMASTER_STATUS_LINE + 1] == [
            "ready   "
        ]


@dataclass(frozen=True, slots=True)
class HandlesEnd:
    """The process has installed a handler for SIGTERM, which it does when its work begins.

    For a process that listens nowhere. Only Linux tells; elsewhere it counts as ready when it runs.
    """

    async def __call__(self, pid: int) -> bool:
        """Ask once."""
        return not _SIGNALS_ARE_TOLD or signal.SIGTERM in _handled(pid)


def _handled(pid: int) -> set[int]:
    """List the signals that the process handles."""
    status = Path(f"/proc/{pid}/status").read_text()
    mask = int(next(line for line in status.splitlines() if line.startswith("SigCgt:")).split()[1], 16)
    return {number for number in signal.Signals if mask >> (number - 1) & 1}


@asynccontextmanager
async def _connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def _ask(port: int, request: bytes, lines: int = 1) -> bytes:
    async with asyncio.timeout(_TIMEOUT), _connection(port) as (reader, writer):
        writer.write(request)
        return b"".join([await reader.readline() for _ in range(lines)])
