"""The OTLP endpoint, spoken to by the SDK's own exporters and by clients that get it wrong."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import zlib

import pytest
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

RESOURCE = Resource({"service.name": "catalog", "service.instance.id": "one"})
TRACE = {
    "resourceSpans": [
        {
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "cart"}}]},
            "scopeSpans": [
                {
                    "spans": [
                        {
                            "traceId": "5b8efff798038103d269b633813fc60c",
                            "spanId": "eee19b7ec3c1b174",
                            "name": "GET /cart",
                            "kind": 2,
                            "startTimeUnixNano": "1700000000000000000",
                            "endTimeUnixNano": "1700000000250000000",
                            "status": {"code": 2, "message": "out of stock"},
                        }
                    ]
                }
            ],
        }
    ]
}


async def rows(devtools, statement):
    return await devtools.store.read(lambda connection: [dict(r) for r in connection.execute(statement)])


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip, Compression.Deflate])
async def test_spans_of_the_sdk_arrive_with_their_parent_and_attributes(devtools, compression):
    endpoint = f"http://127.0.0.1:{devtools.otlp_port}/v1/traces"
    provider = TracerProvider(resource=RESOURCE)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint, compression=compression)))
    tracer = provider.get_tracer("test")

    with (
        tracer.start_as_current_span("GET /products", kind=SpanKind.SERVER),
        tracer.start_as_current_span("SELECT", attributes={"db.system": "postgresql"}) as child,
    ):
        child.set_status(Status(StatusCode.ERROR, "timed out"))
    await asyncio.to_thread(provider.shutdown)

    child, parent = await rows(devtools, "SELECT * FROM spans ORDER BY name DESC")
    assert (parent["name"], parent["service"], parent["kind"]) == ("GET /products", "catalog", "server")
    assert (child["parent_id"], child["trace_id"]) == (parent["span_id"], parent["trace_id"])
    assert (parent["error"], child["error"]) == (0, 1)
    assert json.loads(child["detail"])["attributes"] == {"db.system": "postgresql"}
    assert json.loads(child["detail"])["message"] == "timed out"


async def test_log_records_of_the_sdk_arrive_with_their_level(devtools):
    endpoint = f"http://127.0.0.1:{devtools.otlp_port}/v1/logs"
    provider = LoggerProvider(resource=RESOURCE)
    provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(endpoint)))

    provider.get_logger("test").emit(
        LogRecord(timestamp=1_700_000_000_000_000_000, severity_number=SeverityNumber.WARN, body="low stock")
    )
    await asyncio.to_thread(provider.shutdown)

    (log,) = await rows(devtools, "SELECT * FROM logs")
    assert (log["service"], log["level"], log["message"]) == ("catalog", 13, "low stock")
    assert log["time"] == 1_700_000_000


async def test_cumulative_metrics_of_the_sdk_are_kept_as_changes(devtools):
    endpoint = f"http://127.0.0.1:{devtools.otlp_port}/v1/metrics"
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint), export_interval_millis=3_600_000)
    provider = MeterProvider([reader], resource=RESOURCE)
    meter = provider.get_meter("test")
    counter, histogram = meter.create_counter("orders"), meter.create_histogram("duration", unit="s")

    counter.add(3)
    histogram.record(0.2)
    await asyncio.to_thread(provider.force_flush)
    counter.add(4)
    await asyncio.to_thread(provider.force_flush)
    await asyncio.to_thread(provider.shutdown)

    counters = await rows(devtools, "SELECT kind, value FROM points WHERE name = 'orders' ORDER BY id")
    assert counters == [{"kind": "counter", "value": 3.0}, {"kind": "counter", "value": 4.0}]
    (point,) = await rows(devtools, "SELECT * FROM points WHERE name = 'duration'")
    assert (point["kind"], point["count"], point["unit"]) == ("histogram", 1, "s")
    assert sum(count for _, count in json.loads(point["detail"])["buckets"]) == 1


async def test_json_with_hexadecimal_ids_is_understood(devtools, otlp):
    answer = await otlp.post("/v1/traces", json=TRACE)

    assert (answer.status, await answer.json()) == (200, {})
    (span,) = await rows(devtools, "SELECT * FROM spans")
    assert span["trace_id"] == "5b8efff798038103d269b633813fc60c"
    assert span["duration_ns"] == 250_000_000


async def test_a_chunked_gzip_body_is_understood(devtools, otlp):
    body = gzip.compress(json.dumps(TRACE).encode())

    async def chunks():
        yield body[:20]
        yield body[20:]

    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await otlp.post("/v1/traces", data=chunks(), headers=headers)

    assert answer.status == 200
    assert len(await rows(devtools, "SELECT id FROM spans")) == 1


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-protobuf", b"\xff\xff\xff\xff"),
        ("application/json", b"{"),
        ("application/json", b"[1]"),
        ("application/json", b"null"),
        ("application/json", b'{"resourceSpans": 3}'),
        ("application/json", b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "xyz"}]}]}]}'),
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "\\ud800"}]}]}]}'),
        ("application/json", b"\xff\xfe\x00"),
    ],
)
async def test_a_malformed_body_is_refused_with_a_message(otlp, content_type, body):
    answer = await otlp.post("/v1/traces", data=body, headers={"Content-Type": content_type})

    assert answer.status == 400
    assert (await answer.json(content_type=None))["detail"].startswith("not an OTLP traces request") or (
        "hexadecimal" in (await answer.json(content_type=None))["detail"]
    )


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b"{}" * 100)[:20], b""])
async def test_a_damaged_gzip_body_is_refused_with_a_message(otlp, body):
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await otlp.post("/v1/logs", data=body, headers=headers)

    assert answer.status == 400
    assert "compressed body" in (await answer.json(content_type=None))["detail"]


async def test_a_body_that_unpacks_to_too_much_is_refused(otlp):
    headers = {"Content-Type": "application/json", "Content-Encoding": "deflate"}
    answer = await otlp.post("/v1/logs", data=zlib.compress(b" " * (17 << 20)), headers=headers)

    assert answer.status == 413


async def test_a_body_that_is_too_large_as_sent_is_refused(otlp):
    headers = {"Content-Type": "application/json"}
    answer = await otlp.post("/v1/logs", data=io.BytesIO(b" " * (5 << 20)), headers=headers)

    assert answer.status == 413


async def test_an_unknown_type_or_compression_is_refused(otlp):
    as_text = await otlp.post("/v1/logs", data=b"{}", headers={"Content-Type": "text/plain"})
    as_brotli = await otlp.post(
        "/v1/logs", data=b"{}", headers={"Content-Type": "application/json", "Content-Encoding": "br"}
    )

    assert (as_text.status, as_brotli.status) == (415, 415)


async def test_foreign_names_and_pages_are_refused(otlp):
    rebound = await otlp.post("/v1/logs", json={}, headers={"Host": "evil.example"})
    cross_site = await otlp.post("/v1/logs", json={}, headers={"Origin": "https://evil.example"})

    assert (rebound.status, cross_site.status) == (403, 403)


async def test_numbers_that_no_clock_shows_do_not_break_the_receiver(devtools, otlp):
    span = {
        "traceId": "00",
        "name": "far",
        "startTimeUnixNano": str(2**64 - 1),
        "endTimeUnixNano": "0",
        "kind": 99,
    }
    answer = await otlp.post("/v1/traces", json={"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})

    assert answer.status == 200
    (kept,) = await rows(devtools, "SELECT service, kind, duration_ns FROM spans")
    assert kept == {"service": "unknown", "kind": "internal", "duration_ns": 0}
