"""The trace and the measure of each request, taken at the ASGI edge."""

import random
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind

from prost.telemetry._measures import record_request
from prost.telemetry._traces import context_of, sampling, tracer

__all__ = ["ROUTE_KEY", "SAMPLED_KEY", "TelemetryMiddleware"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

ROUTE_KEY = "prost.route"
SAMPLED_KEY = "prost-sampled"
_METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})


# As long as the number of a card. Whoever sends one as part of an address must not find it kept in a trace.
_LONG_NUMBER = re.compile(r"\d{12,19}")


class TelemetryMiddleware:
    """Gives each request at the ASGI edge its trace, and a span only when the trace is sampled.

    A caller's traceparent decides; without one the ratio of setup() does, before any span is made. The app
    leaves the URI template of its route in the scope under `prost.route`.
    """

    def __init__(self, app: AsgiApp) -> None:
        """Wrap an ASGI application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or pass on what is not HTTP."""
        if scope["type"] != "http" or f"{scope['path']}/".startswith("/health/"):
            await self._app(scope, receive, send)
            return
        parent = context_of(next((value for name, value in scope["headers"] if name == b"traceparent"), None))
        if parent is None:
            sampled = sampling.exporting and random.random() < sampling.ratio  # noqa: S311 - not a secret
        else:
            flags = trace.get_current_span(parent).get_span_context().trace_flags
            sampled = sampling.exporting and flags.sampled
        if sampled:
            await self._traced(
                parent or otel_context.set_value(SAMPLED_KEY, True, Context()), scope, receive, send
            )
        else:
            await self._untraced(parent or _unsampled(), scope, receive, send)

    async def _untraced(self, context: Context, scope: Scope, receive: Receive, send: Send) -> None:
        token = otel_context.attach(context)
        try:
            await self._measured(scope, receive, send)
        finally:
            otel_context.detach(token)

    async def _traced(self, context: Context, scope: Scope, receive: Receive, send: Send) -> None:
        method = _known(scope["method"])
        attributes = {"http.request.method": method, "url.path": _path(scope), "url.scheme": scope["scheme"]}
        with tracer.start_as_current_span(method, context, SpanKind.SERVER, attributes) as current:
            status = await self._measured(scope, receive, send)
            if route := scope.get(ROUTE_KEY):
                current.update_name(f"{method} {route}")
                current.set_attribute("http.route", route)
            current.set_attribute("http.response.status_code", status)
            if status >= 500:  # noqa: PLR2004 - HTTP's own border between their fault and ours
                current.set_status(trace.StatusCode.ERROR)

    async def _measured(self, scope: Scope, receive: Receive, send: Send) -> int:
        status = 500
        began = time.perf_counter()

        async def observe(message: dict[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, observe)
        finally:
            attributes: dict[str, str | int] = {
                "http.request.method": _known(scope["method"]),
                "http.response.status_code": status,
            }
            if route := scope.get(ROUTE_KEY):
                attributes["http.route"] = route
            record_request(time.perf_counter() - began, attributes)
        return status


def _known(method: str) -> str:
    # A client may make up any number of methods, and each would be counted on its own for ever.
    return method if method in _METHODS else "_OTHER"


def _unsampled() -> Context:
    identity = SpanContext(random.getrandbits(128) or 1, random.getrandbits(64) or 1, is_remote=False)
    return trace.set_span_in_context(NonRecordingSpan(identity), Context())


def _path(scope: Scope) -> str:
    return _LONG_NUMBER.sub("…", scope["path"])
