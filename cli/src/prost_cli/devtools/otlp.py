"""OTLP export requests, protobuf or JSON, turned into records of the ring buffer."""

from __future__ import annotations

import base64
import binascii
import json
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from prost_cli.devtools.attributes import MAX_ATTRIBUTES, attributes, plain, service_name
from prost_cli.devtools.points import decode_points
from prost_cli.devtools.records import LEVELS, Log, Span, clip, severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from google.protobuf.message import Message
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
    from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

    from prost_cli.devtools.points import Changes
    from prost_cli.devtools.records import Record

REQUESTS: Mapping[str, type[Message]] = {
    "traces": ExportTraceServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "logs": ExportLogsServiceRequest,
}
"""The request message of each signal, by the last segment of its path."""

MAX_RECORDS = 50_000
"""Records that one request may hold; an exporter's batch has a few hundred."""

_KINDS = ("internal", "internal", "server", "client", "producer", "consumer")
_ID_FIELDS = {"traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id"}
_ERROR_STATUS = 2


class MalformedTelemetryError(Exception):
    """The body is not an export request; the message says where it goes wrong."""


def parse(signal: str, body: bytes, *, as_json: bool) -> Message:
    """Return the export request of `signal` in `body`; raises MalformedTelemetryError."""
    message = REQUESTS[signal]()
    try:
        if as_json:
            _parse_json(body, message)
        else:
            message.ParseFromString(body)
    except (DecodeError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedTelemetryError(f"not an OTLP {signal} request: {str(error)[:300]}") from error
    return message


def _parse_json(body: bytes, message: Message) -> None:
    from google.protobuf import json_format  # noqa: PLC0415 -- our own services send protobuf

    try:
        json_format.ParseDict(_with_base64_ids(json.loads(body)), message, ignore_unknown_fields=True)
    except json_format.Error as error:
        raise ValueError(str(error)) from error


def records(message: Message, changes: Changes) -> list[Record]:
    """Return what an export request holds; `changes` remembers cumulative metrics between requests.

    Raises:
        MalformedTelemetryError: It holds more than MAX_RECORDS.

    """
    found = list(islice(_records(message, changes), MAX_RECORDS + 1))
    if len(found) > MAX_RECORDS:
        raise MalformedTelemetryError(f"more than {MAX_RECORDS} records in one request")
    return found


def _records(message: Message, changes: Changes) -> Iterator[Record]:
    match message:
        case ExportTraceServiceRequest():
            for traces in message.resource_spans:
                resource = attributes(traces.resource)
                for scope in traces.scope_spans:
                    yield from (_span(span, resource, scope.scope.name) for span in scope.spans)
        case ExportLogsServiceRequest():
            for logs in message.resource_logs:
                resource = attributes(logs.resource)
                yield from (_log(entry, resource) for scope in logs.scope_logs for entry in scope.log_records)
        case ExportMetricsServiceRequest():
            for reports in message.resource_metrics:
                resource = attributes(reports.resource)
                for metric in (metric for scope in reports.scope_metrics for metric in scope.metrics):
                    yield from decode_points(metric, resource, changes)
        case _:
            raise TypeError(type(message).__name__)


def _span(span: SpanMessage, resource: Mapping[str, Any], scope: str) -> Span:
    detail = {
        "attributes": attributes(span),
        "events": [
            {
                "name": clip(event.name, 256),
                "time_ns": str(event.time_unix_nano),
                "attributes": attributes(event),
            }
            for event in span.events[:MAX_ATTRIBUTES]
        ],
        "links": [
            {"trace_id": link.trace_id.hex(), "span_id": link.span_id.hex(), "attributes": attributes(link)}
            for link in span.links[:MAX_ATTRIBUTES]
        ],
        "message": clip(span.status.message),
        "scope": clip(scope, 256),
        "resource": resource,
    }
    return Span(
        trace_id=span.trace_id.hex()[:32],
        span_id=span.span_id.hex()[:16],
        parent_id=span.parent_span_id.hex()[:16],
        service=service_name(resource),
        name=clip(span.name, 512),
        kind=_KINDS[span.kind] if 0 <= span.kind < len(_KINDS) else "internal",
        start_ns=_nanoseconds(span.start_time_unix_nano),
        duration_ns=max(0, _nanoseconds(span.end_time_unix_nano) - _nanoseconds(span.start_time_unix_nano)),
        error=int(span.status.code == _ERROR_STATUS),
        detail=orjson.dumps(detail).decode(),
    )


def _log(entry: LogRecord, resource: Mapping[str, Any]) -> Log:
    body = plain(entry.body)
    level = entry.severity_number or severity(entry.severity_text) or LEVELS["info"]
    return Log(
        time=(entry.time_unix_nano or entry.observed_time_unix_nano or time.time_ns()) / 1e9,
        service=service_name(resource),
        process=clip(str(resource.get("service.instance.id", "")), 128),
        level=min(max(level, 0), 24),
        message=body if isinstance(body, str) else clip(orjson.dumps(body).decode()),
        trace_id=entry.trace_id.hex()[:32],
        span_id=entry.span_id.hex()[:16],
        detail=orjson.dumps(attributes(entry)).decode(),
    )


def _nanoseconds(value: int) -> int:
    """Bound an unsigned 64-bit time to what a SQLite integer holds."""
    return min(value, (1 << 63) - 1)


def _with_base64_ids(node: Any) -> Any:
    """Undo OTLP's deviation from protobuf JSON: ids are hexadecimal there, base64 elsewhere."""
    if isinstance(node, dict):
        return {
            key: _base64_of_hex(value)
            if key in _ID_FIELDS and isinstance(value, str)
            else _with_base64_ids(value)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_with_base64_ids(item) for item in node]
    return node


def _base64_of_hex(value: str) -> str:
    try:
        return base64.b64encode(binascii.unhexlify(value)).decode()
    except ValueError as error:
        raise MalformedTelemetryError(f"an id must be hexadecimal, not {value[:64]!r}") from error
