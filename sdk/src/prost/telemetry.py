"""Logs, traces and metrics of one process: JSON logs with trace ids, and OTLP where a collector is named."""

import contextlib
import logging
import os
import random
import re
import sys
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

import orjson
import structlog
from opentelemetry import context as otel_context
from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags
from opentelemetry.util.types import AttributeValue

from prost.settings import Settings

__all__ = [
    "TelemetryMiddleware",
    "configure_logs",
    "context_of",
    "current_trace_id",
    "is_sampled",
    "meter",
    "record_exception",
    "record_request",
    "setup",
    "shutdown",
    "span",
    "traceparent",
]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

ROUTE_KEY = "prost.route"
_SAMPLED = "prost-sampled"
# The lowest bit of the flags, which end the header, says that the trace is sampled.
_ODD = frozenset({b"1", b"3", b"5", b"7", b"9", b"b", b"d", b"f"})
_TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_EXPORT_TIMEOUT = 1
_STOP_TIMEOUT = 2.5
_DURATION_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

meter = metrics.get_meter("prost")
"""The meter for instruments of one's own; they cost next to nothing until setup() finds a collector."""

_tracer = trace.get_tracer("prost")
_durations = meter.create_histogram(
    "http.server.request.duration",
    unit="s",
    description="Duration of HTTP server requests.",
    explicit_bucket_boundaries_advisory=_DURATION_BUCKETS,
)


class _Pipeline:
    """What this process exports with; both are None while no collector is named."""

    def __init__(self) -> None:
        self.ratio = 0.0
        self.stops: list[Callable[[], object]] = []


_pipeline = _Pipeline()


def setup(settings: Settings) -> None:
    """Configure logs, and export when OTEL_EXPORTER_OTLP_ENDPOINT names a collector. Once, after the fork.

    OTEL_TRACES_SAMPLER_ARG is the share of requests traced where no caller decided; unset it is 1, and 0.05
    in production.
    """
    configure_logs(settings)
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if disabled or not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or _pipeline.stops:
        return
    default_ratio = 0.05 if settings.env == "production" else 1.0
    _pipeline.ratio = float(os.environ.get("OTEL_TRACES_SAMPLER_ARG") or default_ratio)
    _start_export(settings)


def _start_export(settings: Settings) -> None:
    # Imported here because the exporters cost 20 MB, which a process without a collector keeps.
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider  # noqa: PLC0415
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.sampling import (  # noqa: PLC0415
        Decision,
        ParentBased,
        Sampler,
        SamplingResult,
        TraceIdRatioBased,
    )

    class DecidedAtTheEdge(Sampler):
        """Keeps the roots that the middleware has chosen, and samples those that nobody has looked at."""

        def __init__(self, ratio: float) -> None:
            self._undecided = TraceIdRatioBased(ratio)

        def should_sample(  # noqa: PLR0917 - OpenTelemetry's interface
            self,
            parent_context: Context | None,
            trace_id: int,
            name: str,
            kind: SpanKind | None = None,
            attributes: Mapping[str, AttributeValue] | None = None,
            links: Sequence[trace.Link] | None = None,
            trace_state: trace.TraceState | None = None,
        ) -> SamplingResult:
            if otel_context.get_value(_SAMPLED, parent_context):
                return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes)
            return self._undecided.should_sample(
                parent_context, trace_id, name, kind, attributes, links, trace_state
            )

        def get_description(self) -> str:
            return "DecidedAtTheEdge"

    resource = Resource.create(
        {
            "service.name": settings.service,
            "service.instance.id": str(uuid.uuid4()),
            "deployment.environment.name": settings.env,
        }
    )
    traces = TracerProvider(
        sampler=ParentBased(DecidedAtTheEdge(_pipeline.ratio)), resource=resource, shutdown_on_exit=False
    )
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=_EXPORT_TIMEOUT)))
    reader = PeriodicExportingMetricReader(
        OTLPMetricExporter(timeout=_EXPORT_TIMEOUT), export_timeout_millis=1000 * _EXPORT_TIMEOUT
    )
    measures = MeterProvider(
        [reader], resource=resource, exemplar_filter=AlwaysOffExemplarFilter(), shutdown_on_exit=False
    )
    trace.set_tracer_provider(traces)
    metrics.set_meter_provider(measures)
    _pipeline.stops = [traces.shutdown, measures.shutdown]


def shutdown() -> None:
    """Send what is left and stop exporting. Takes at most 2.5 s, whatever the collector does."""
    threads = [threading.Thread(target=stop, daemon=True) for stop in _pipeline.stops]
    _pipeline.stops = []
    deadline = time.monotonic() + _STOP_TIMEOUT
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


def current_trace_id() -> str:
    """Return the trace id of the work at hand as 32 hexadecimal digits, or "" outside of any."""
    found = trace.get_current_span().get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else ""


def traceparent() -> str | None:
    """Return the W3C header that continues the current trace elsewhere, or None outside of any."""
    found = trace.get_current_span().get_span_context()
    if not found.is_valid:
        return None
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags & TraceFlags.SAMPLED:02x}"


def context_of(header: bytes | str | None) -> Context | None:
    """Return the context that a traceparent header continues, or None when it has none that is valid."""
    raw = header.encode("latin-1", "replace") if isinstance(header, str) else header
    match = _TRACEPARENT.fullmatch(raw) if raw else None
    if match is None:
        return None
    flags = TraceFlags(int(match[3], 16) & TraceFlags.SAMPLED)
    parent = SpanContext(int(match[1], 16), int(match[2], 16), is_remote=True, trace_flags=flags)
    return trace.set_span_in_context(NonRecordingSpan(parent), Context()) if parent.is_valid else None


@contextlib.contextmanager
def span(
    name: str,
    attributes: Mapping[str, AttributeValue] | None = None,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
) -> Iterator[None]:
    """Trace a block when the current trace is sampled, and cost next to nothing when it is not."""
    if not trace.get_current_span().get_span_context().trace_flags.sampled:
        yield
        return
    with _tracer.start_as_current_span(name, kind=kind, attributes=attributes):
        yield


def record_exception(error: BaseException) -> None:
    """Put an exception on the current span."""
    current = trace.get_current_span()
    if current.is_recording():
        current.record_exception(error)
        current.set_status(trace.StatusCode.ERROR, type(error).__name__)


def is_sampled(header: bytes) -> bool:
    """Tell whether a request with this traceparent will be traced here."""
    return bool(_pipeline.stops) and header[-1:] in _ODD


def record_request(seconds: float, attributes: Mapping[str, AttributeValue]) -> None:
    """Count one HTTP request by `http.request.method`, `http.route` and `http.response.status_code`."""
    _durations.record(seconds, attributes)


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
        if scope["type"] != "http" or scope["path"].startswith("/health"):
            await self._app(scope, receive, send)
            return
        parent = context_of(next((value for name, value in scope["headers"] if name == b"traceparent"), None))
        if parent is None:
            sampled = bool(_pipeline.stops) and random.random() < _pipeline.ratio  # noqa: S311 - not a secret
        else:
            flags = trace.get_current_span(parent).get_span_context().trace_flags
            sampled = bool(_pipeline.stops) and flags.sampled
        if sampled:
            await self._traced(
                parent or otel_context.set_value(_SAMPLED, True, Context()), scope, receive, send
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
        method = scope["method"]
        attributes = {"http.request.method": method, "url.path": scope["path"], "url.scheme": scope["scheme"]}
        with _tracer.start_as_current_span(method, context, SpanKind.SERVER, attributes) as current:
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
            attributes = {"http.request.method": scope["method"], "http.response.status_code": status}
            if route := scope.get(ROUTE_KEY):
                attributes["http.route"] = route
            record_request(time.perf_counter() - began, attributes)
        return status


def _unsampled() -> Context:
    identity = SpanContext(random.getrandbits(128) or 1, random.getrandbits(64) or 1, is_remote=False)
    return trace.set_span_in_context(NonRecordingSpan(identity), Context())


def configure_logs(settings: Settings) -> None:
    """Send all logs, the standard library's too, to standard error in the format of the settings."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_identity(settings.service),
        structlog.processors.format_exc_info,
    ]
    if settings.log_format == "json":
        shared.append(structlog.processors.EventRenamer("message"))
        renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(serializer=_json)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # A collector that is away is one line a minute, not one for every batch.
    logging.getLogger("opentelemetry").addFilter(_OncePerMinute())
    for name in ("opentelemetry.exporter.otlp.proto.http", "opentelemetry.sdk", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)


class _OncePerMinute(logging.Filter):
    def __init__(self) -> None:
        super().__init__()
        self._last = float("-inf")

    def filter(self, _record: logging.LogRecord) -> bool:
        now = time.monotonic()
        if now - self._last < 60:  # noqa: PLR2004 - the name says it
            return False
        self._last = now
        return True


def _add_identity(service: str) -> structlog.typing.Processor:
    def add(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["service"] = service
        found = trace.get_current_span().get_span_context()
        if found.is_valid:
            event["trace_id"] = f"{found.trace_id:032x}"
            event["span_id"] = f"{found.span_id:016x}"
        return event

    return add


def _json(event: dict[str, Any], **_options: object) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
