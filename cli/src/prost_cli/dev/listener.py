"""The listening socket of a process that is only started when someone wants it."""

from __future__ import annotations

import asyncio
import socket

from prost_cli.dev.ports import LOOPBACK

LISTEN_FD = "LISTEN_FD"
"""The variable that tells a process which descriptor is its socket."""

_BACKLOG = 512


class Listener:
    """Listens on `port` for as long as it is open and leaves it to the process to accept."""

    def __init__(self, port: int) -> None:
        """Begin to listen.

        Raises:
            OSError: something else does.
        """
        self._socket = socket.create_server((LOOPBACK, port), backlog=_BACKLOG)
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor to hand on."""
        return self._socket.fileno()

    async def connection(self) -> None:
        """Return when a connection waits to be accepted."""
        loop, waits = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._socket, waits.set)
        try:
            await waits.wait()
        finally:
            loop.remove_reader(self._socket)

    def close(self) -> None:
        """Refuse who waits and who comes next, unless the process still listens."""
        self._socket.close()
