"""The OTLP/HTTP endpoint that the stack's exporters send traces, metrics and logs to."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import zlib
from typing import TYPE_CHECKING

from aiohttp import hdrs, web

from prost_cli.devtools.otlp import MalformedTelemetryError, parse, records
from prost_cli.devtools.points import Changes
from prost_cli.devtools.security import guard, problem
from prost_cli.devtools.store import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Collection

    from prost_cli.devtools.records import Record
    from prost_cli.devtools.store import Store

MAX_BODY = 4 << 20
MAX_UNPACKED = 16 << 20
_PROTOBUF = "application/x-protobuf"
_JSON = "application/json"
_WINDOW_BITS = {"gzip": 31, "deflate": 47}

log = logging.getLogger(__name__)


class _TooLargeError(Exception):
    pass


class Receiver:
    """Answers POST /v1/traces, /v1/metrics and /v1/logs.

    200 means kept. 400: malformed; 413: over 4 MiB as sent or 16 MiB unpacked; 415: neither protobuf nor
    JSON, or an unknown compression; 503 with Retry-After: not kept now, exporters try again.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changes = Changes()

    def app(self, allowed_hosts: Collection[str] = ()) -> web.Application:
        """Return the application; its runner needs `auto_decompress=False`."""
        app = web.Application(middlewares=[guard(allowed_hosts)], client_max_size=MAX_BODY)
        app.router.add_post("/v1/{signal:traces|metrics|logs}", self._export)
        return app

    async def _export(self, request: web.Request) -> web.Response:
        signal = request.match_info["signal"]
        if request.content_type not in {_PROTOBUF, _JSON}:
            return problem(415, f"send {_PROTOBUF} or {_JSON}")
        encoding = request.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower()
        if encoding not in {"identity", *_WINDOW_BITS}:
            return problem(415, "send gzip, deflate or no compression")
        as_json = request.content_type == _JSON
        try:
            body = await request.read()
            found = await asyncio.to_thread(self._decode, signal, body, encoding, as_json)
            await self._store.add(found)
        except (web.HTTPRequestEntityTooLarge, _TooLargeError):
            return problem(413, f"at most {MAX_BODY} bytes as sent and {MAX_UNPACKED} unpacked")
        except MalformedTelemetryError as error:
            return problem(400, str(error))
        except (StoreBusyError, sqlite3.Error) as error:
            log.warning("telemetry was not kept: %s", error)
            answer = problem(503, f"not kept: {error}")
            answer.headers[hdrs.RETRY_AFTER] = "1"
            return answer
        # The empty message: nothing was refused.
        return web.Response(body=b"{}" if as_json else b"", content_type=request.content_type)

    def _decode(self, signal: str, body: bytes, encoding: str, as_json: bool) -> list[Record]:
        if encoding != "identity":
            body = _unpack(body, _WINDOW_BITS[encoding])
        return records(parse(signal, body, as_json=as_json), self._changes)


def _unpack(body: bytes, window_bits: int) -> bytes:
    unpacker = zlib.decompressobj(window_bits)
    try:
        unpacked = unpacker.decompress(body, MAX_UNPACKED + 1)
    except zlib.error as error:
        raise MalformedTelemetryError(f"the compressed body is damaged: {error}") from error
    if len(unpacked) > MAX_UNPACKED:
        raise _TooLargeError
    if not unpacker.eof:
        raise MalformedTelemetryError("the compressed body ends too early")
    return unpacked
