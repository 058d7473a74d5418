"""Traces of one process: what goes on, and how it goes on elsewhere."""

import contextlib
import re
from collections.abc import Iterator, Mapping

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags
from opentelemetry.util.types import AttributeValue

__all__ = [
    "context_of",
    "current_trace_id",
    "is_sampled",
    "record_exception",
    "sampling",
    "span",
    "traceparent",
    "tracer",
]

# The lowest bit of the flags, which end the header, says that the trace is sampled.
_ODD = frozenset({b"1", b"3", b"5", b"7", b"9", b"b", b"d", b"f"})
_TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")

tracer = trace.get_tracer("prost")


class Sampling:
    """Whether this process exports spans, and the share of traces that it begins of those it does."""

    def __init__(self) -> None:
        """Begin without a collector."""
        self.exporting = False
        self.ratio = 0.0


sampling = Sampling()


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
    with tracer.start_as_current_span(name, kind=kind, attributes=attributes):
        yield


def record_exception(error: BaseException) -> None:
    """Put an exception on the current span."""
    current = trace.get_current_span()
    if current.is_recording():
        current.record_exception(error)
        current.set_status(trace.StatusCode.ERROR, type(error).__name__)


def is_sampled(header: bytes) -> bool:
    """Tell whether a request with this traceparent will be traced here."""
    return sampling.exporting and header[-1:] in _ODD
