"""The supervisor's side of the control socket."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from prost_cli.errors import CliError

if TYPE_CHECKING:
    from prost_cli.dev.supervisor import Supervisor

_PAUSE = 0.05
_HEARTBEAT = 1.0


class ControlServer:
    """Answers requests on the stack's socket while its block is open; see `control.py` for the protocol."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Begin to listen, to this user alone."""
        path = self._supervisor.stack.socket
        path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, path)
        path.chmod(0o600)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
        self._supervisor.stack.socket.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ValueError):
            request = json.loads(await reader.readline())
            try:
                await self._answer(request, reader, writer)
            except CliError as error:
                await _send(writer, {"error": error.message, "remedy": error.remedy})
        writer.close()

    async def _answer(
        self, request: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        supervisor = self._supervisor
        match request["do"]:
            case "status":
                await _send(writer, supervisor.status())
            case "wait":
                await supervisor.changed.until(
                    lambda: supervisor.is_healthy() or supervisor.failing() is not None
                )
                await _send(writer, supervisor.status())
            case "restart":
                await supervisor.restart(request["names"])
                await _send(writer, supervisor.status())
            case "down":
                supervisor.stopping.set()
                await _send(writer, supervisor.status())
            case "attach":
                await self._stream(reader, writer)
            case "own":
                try:
                    await self._stream(reader, writer)
                finally:
                    supervisor.stopping.set()
            case other:
                raise CliError(f"The supervisor cannot {other!r}.")

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gone = asyncio.create_task(reader.read())
        try:
            while not gone.done():
                await _send(writer, self._supervisor.status())
                change = asyncio.create_task(self._supervisor.changed.wait())
                await asyncio.wait({gone, change}, timeout=_HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                change.cancel()
                await asyncio.sleep(_PAUSE)
        finally:
            gone.cancel()


async def _send(writer: asyncio.StreamWriter, answer: dict[str, Any]) -> None:
    writer.write(json.dumps(answer).encode() + b"\n")
    await writer.drain()
