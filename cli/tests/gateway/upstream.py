"""A small server that the gateway leads to."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

if TYPE_CHECKING:
    from joserfc.jwk import ECKey


@dataclass
class Upstream:
    """An HTTP server in a thread: it echoes what reached it, and misbehaves at addresses made for it."""

    keys: list[ECKey]
    host: str = "127.0.0.1"
    port: int = 0
    seen: list[dict] = field(default_factory=list)
    attempts: Counter = field(default_factory=Counter)

    def start(self):
        """Serve until `stop`, at the port of the last time."""
        started = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(started),), daemon=True)
        self._thread.start()
        assert started.wait(5)
        return self

    def stop(self):
        """Close the port and every connection."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(5)

    async def _serve(self, started):
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        application = web.Application(client_max_size=1 << 26)
        application.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(application, keepalive_timeout=75, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, self.host, self.port, reuse_address=True)
        await site.start()
        self.port = runner.addresses[0][1]
        started.set()
        await self._end.wait()
        await runner.cleanup()

    @property
    def address(self):
        """Where it listens."""
        return f"{self.host}:{self.port}"

    async def _answer(self, request):
        path = request.path
        self.attempts[path] += 1
        body = await request.read()
        record = {
            "method": request.method,
            "target": request.raw_path,
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "body_size": len(body),
        }
        self.seen.append({**record, "body": body})
        handler = getattr(self, "_" + path.rsplit("/", 1)[-1].replace("-", "_").replace(".", "_"), None)
        if handler is not None and asyncio.iscoroutinefunction(handler):
            return await handler(request)
        return web.json_response(record)

    def span(self, trace_id):
        """Wait for the span of a trace among what was exported here."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if found := [span for span in self._spans() if span.trace_id.hex() == trace_id]:
                return found[0]
            time.sleep(0.05)
        raise AssertionError(f"{trace_id} was not exported")

    def _spans(self):
        exports = [record["body"] for record in self.seen if record["target"] == "/v1/traces"]
        for resource in itertools.chain.from_iterable(
            ExportTraceServiceRequest.FromString(body).resource_spans for body in exports
        ):
            yield from itertools.chain.from_iterable(scope.spans for scope in resource.scope_spans)

    async def _jwks(self, request):
        return web.json_response({"keys": [dict(key.as_dict(private=False)) for key in self.keys]})

    async def _large(self, request):
        items = [{"id": number, "name": f"Helles number {number}"} for number in range(500)]
        return web.json_response({"items": items}, headers={"ETag": '"strong"'})

    async def _page(self, request):
        accepted = request.headers.get("Accept-Encoding", "")
        encoding = {"Content-Encoding": "br"} if "br" in accepted else {}
        headers = {"Content-Security-Policy": "script-src 'sha256-abc='", **encoding}
        return web.Response(body=b"<!doctype html>" * 200, content_type="text/html", headers=headers)

    async def _small(self, request):
        return web.json_response({"items": []})

    async def _picture(self, request):
        return web.Response(body=b"\0" * 4096, content_type="image/avif")

    async def _leaky(self, request):
        headers = {
            "Server": "SeaweedFS",
            "X-Powered-By": "Go",
            "Set-Cookie": "bucket=1",
            "X-Amz-Request-Id": "1",
            "X-Amz-Meta-Owner": "catalog",
            "X-Minio-Deployment-Id": "1",
        }
        return web.Response(body=b"picture", headers=headers)

    async def _redirect(self, request):
        cookies = [("Set-Cookie", "a=1; HttpOnly"), ("Set-Cookie", "b=2")]
        return web.Response(status=303, headers=[("Location", "/de/login"), *cookies])

    async def _missing(self, request):
        return web.Response(status=404, text="<Error><Code>NoSuchKey</Code></Error>")

    async def _once_broken(self, request):
        if self.attempts[request.path] == 1:
            request.transport.abort()
        return web.json_response({"attempts": self.attempts[request.path]})

    async def _broken(self, request):
        request.transport.abort()

    async def _slow(self, request):
        await asyncio.sleep(5)
        return web.Response()

    async def _quick(self, request):
        await asyncio.sleep(0.01)
        return web.Response(text=str(self.port))

    async def _stream(self, request):
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number in range(8):
            await response.write(f"data: {number}\n\n".encode())
            await asyncio.sleep(0.2)
        return response

    async def _socket(self, request):
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        async for message in websocket:
            await websocket.send_str(f"echo {message.data}")
        return websocket
