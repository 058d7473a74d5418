"""Logs, traces and metrics of one process: JSON logs with trace ids, and OTLP where a collector is named."""

from prost.telemetry._logs import configure_logs
from prost.telemetry._measures import meter, record_request
from prost.telemetry._middleware import ROUTE_KEY, TelemetryMiddleware
from prost.telemetry._setup import preload, setup, shutdown
from prost.telemetry._traces import (
    context_of,
    current_trace_id,
    is_sampled,
    record_exception,
    span,
    traceparent,
)

__all__ = [
    "ROUTE_KEY",
    "TelemetryMiddleware",
    "configure_logs",
    "context_of",
    "current_trace_id",
    "is_sampled",
    "meter",
    "preload",
    "record_exception",
    "record_request",
    "setup",
    "shutdown",
    "span",
    "traceparent",
]
