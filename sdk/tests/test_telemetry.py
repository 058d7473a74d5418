"""Traces, metrics and logs as they leave the process."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from prost import telemetry
from prost.telemetry._middleware import _path

SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"

SERVICE = """
import sys
import falcon.testing
import structlog
from prost import telemetry
from prost.http import create_app, operation
from prost.settings import Settings
from prost.spec import ServiceSpec

class Beers:
    @operation(summary="List beers.", returns=dict[str, str], auth="anonymous")
    async def on_get(self, req, resp, *, beer_id: str):
        with telemetry.span("look", {"shelf": 3}):
            structlog.get_logger().info("looked", beer=beer_id)
        return {"id": beer_id}

settings = Settings(service="beers", env="test")
telemetry.setup(settings)
spec = ServiceSpec.model_validate({"service": {"name": "beers", "summary": "x"}})
app = create_app(spec, settings, {"/beers/{beer_id}": Beers()})
client = falcon.testing.TestClient(app)
for parent in sys.argv[1:]:
    if parent.isalpha():
        client.simulate_request(parent, "/healthy-drinks")
    else:
        client.simulate_get("/beers/pils", headers={"traceparent": parent} if parent else {})
telemetry.shutdown()
"""


class Collector:
    """An OTLP/HTTP receiver that keeps what it is sent."""

    def __init__(self):
        self.spans, self.metrics = [], []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/v1/traces":
                    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                        collector.spans += [span for scope in resource.scope_spans for span in scope.spans]
                else:
                    for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                        collector.metrics += [m for scope in resource.scope_metrics for m in scope.metrics]
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments): ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def collector():
    running = Collector()
    yield running
    running.server.shutdown()
    running.server.server_close()


def run_service(*parents, port, **environment):
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}"}
    return subprocess.run(
        [sys.executable, "-c", SERVICE, *parents],
        env={"PATH": os.environ["PATH"], **endpoint, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    )


def attributes(span):
    return {pair.key: pair.value for pair in span.attributes}


def test_a_sampled_request_is_traced_under_its_callers_trace(collector):
    run_service(SAMPLED, port=collector.server.server_port)

    look, request = sorted(collector.spans, key=lambda span: span.name, reverse=True)
    assert (look.name, request.name) == ("look", "GET /beers/{beer_id}")
    assert request.trace_id.hex() == look.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
    assert request.parent_span_id.hex() == "b7ad6b7169203331"
    assert look.parent_span_id == request.span_id
    assert attributes(request)["http.route"].string_value == "/beers/{beer_id}"
    assert attributes(request)["http.response.status_code"].int_value == 200


def test_a_request_that_is_not_sampled_makes_no_span_and_is_counted(collector):
    run_service(UNSAMPLED, UNSAMPLED, "", port=collector.server.server_port, OTEL_TRACES_SAMPLER_ARG="0")

    (point,) = collector.metrics[0].histogram.data_points
    assert collector.spans == []
    assert collector.metrics[0].name == "http.server.request.duration"
    assert point.count == 3
    assert attributes(point)["http.route"].string_value == "/beers/{beer_id}"


def test_methods_that_nobody_knows_are_counted_as_one(collector):
    run_service("BREW", "POUR", port=collector.server.server_port, OTEL_TRACES_SAMPLER_ARG="0")

    (point,) = collector.metrics[0].histogram.data_points
    assert point.count == 2
    assert attributes(point)["http.request.method"].string_value == "_OTHER"


def test_the_ratio_decides_where_no_caller_has(collector):
    run_service("", "", port=collector.server.server_port, OTEL_TRACES_SAMPLER_ARG="1")

    assert len({span.trace_id for span in collector.spans}) == 2


def test_a_log_line_is_json_with_the_trace_it_belongs_to(collector):
    done = run_service(SAMPLED, port=collector.server.server_port)

    line = json.loads(done.stderr)
    assert (line["message"], line["beer"], line["level"]) == ("looked", "pils", "info")
    assert line["service"] == "beers"
    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert len(line["span_id"]) == 16
    assert line["timestamp"].endswith("Z")


def test_without_a_collector_a_process_still_ends_in_time(unused_port):
    done = run_service(SAMPLED, "", port=unused_port)

    assert "looked" in done.stderr


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "x",
        "00-0-0-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-ä",
    ],
)
def test_a_header_that_is_no_traceparent_continues_nothing(header):
    assert telemetry.context_of(header) is None


def test_a_trace_goes_on_in_the_header_of_a_call():
    context = telemetry.context_of(SAMPLED)

    with trace.use_span(trace.get_current_span(context)):
        assert telemetry.traceparent() == SAMPLED
        assert telemetry.current_trace_id() == "0af7651916cd43dd8448eb211c80319c"
    assert telemetry.traceparent() is None
    assert telemetry.current_trace_id() == ""


def test_what_could_be_the_number_of_a_card_is_not_kept_with_the_path():
    assert _path({"path": "/payments/webhooks/4111111111111111"}) == "/payments/webhooks/…"
    assert _path({"path": "/orders/2026/1234"}) == "/orders/2026/1234"
