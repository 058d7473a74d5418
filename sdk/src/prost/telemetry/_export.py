"""OTLP over HTTP, to a collector that may be away."""

import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.exporter.http.transport._urllib3 import Urllib3HTTPTransport
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import (
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import SpanKind
from opentelemetry.util.types import AttributeValue

from prost.settings import Settings
from prost.telemetry._middleware import SAMPLED_KEY

__all__ = ["start_export"]

_EXPORT_TIMEOUT = 1


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
        if otel_context.get_value(SAMPLED_KEY, parent_context):
            return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes)
        return self._undecided.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )

    def get_description(self) -> str:
        return "DecidedAtTheEdge"


def start_export(settings: Settings, ratio: float) -> Sequence[Callable[[], object]]:
    """Make the providers of the process and return what stops them."""
    resource = Resource.create(
        {
            "service.name": settings.service,
            "service.instance.id": str(uuid.uuid4()),
            "deployment.environment.name": settings.env,
        }
    )
    traces = TracerProvider(
        sampler=ParentBased(DecidedAtTheEdge(ratio)), resource=resource, shutdown_on_exit=False
    )
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(**_connection())))
    reader = PeriodicExportingMetricReader(
        OTLPMetricExporter(**_connection()), export_timeout_millis=1000 * _EXPORT_TIMEOUT
    )
    measures = MeterProvider(
        [reader], resource=resource, exemplar_filter=AlwaysOffExemplarFilter(), shutdown_on_exit=False
    )
    trace.set_tracer_provider(traces)
    metrics.set_meter_provider(measures)
    return traces.shutdown, measures.shutdown


def _connection() -> dict[str, Any]:
    """Tell an exporter how to reach its collector: where that speaks plain HTTP, without requests.

    Certificates and credentials are what requests is there for; all else takes 4 MB less in each process.
    """
    variables = {name: value for name, value in os.environ.items() if name.startswith("OTEL_EXPORTER_OTLP_")}
    endpoints = [value for name, value in variables.items() if name.endswith("ENDPOINT")]
    if all(endpoint.startswith("http://") for endpoint in endpoints):
        return {"timeout": _EXPORT_TIMEOUT, "_transport": Urllib3HTTPTransport()}
    return {"timeout": _EXPORT_TIMEOUT}
