"""The trace that an event belongs to, carried from its cause to its effects."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Link, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

__all__ = ["consuming", "publishing", "traceparent"]

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("prost.events")


def traceparent() -> str | None:
    """Return the current trace context as W3C Trace Context writes it."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def consuming(event_type: str, parent: str | None) -> Iterator[None]:
    """Let the handling of an event be a part of the trace that caused it; errors are marked on the span."""
    context = _propagator.extract({"traceparent": parent} if parent else {})
    attributes = {"messaging.operation.type": "process", "messaging.destination.name": event_type}
    with _tracer.start_as_current_span(
        f"process {event_type}", context, SpanKind.CONSUMER, attributes=attributes, record_exception=False
    ):
        yield


@contextmanager
def publishing(parents: Iterable[str | None]) -> Iterator[None]:
    """Span the publication of a batch, with a link to the trace of each of its events."""
    contexts = [
        trace.get_current_span(_propagator.extract({"traceparent": parent})).get_span_context()
        for parent in parents
        if parent
    ]
    sampled = [context for context in contexts if context.trace_flags.sampled]
    if not sampled:
        yield
        return
    links = [Link(context) for context in sampled]
    with _tracer.start_as_current_span("publish prost.events", kind=SpanKind.PRODUCER, links=links) as span:
        try:
            yield
        except Exception as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise
