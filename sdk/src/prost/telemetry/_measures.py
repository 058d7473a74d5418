"""The metrics of a process."""

from collections.abc import Mapping

from opentelemetry import metrics
from opentelemetry.util.types import AttributeValue

__all__ = ["meter", "record_request"]

meter = metrics.get_meter("prost")
"""The meter for instruments of one's own; they cost next to nothing until setup() finds a collector."""

_durations = meter.create_histogram(
    "http.server.request.duration",
    unit="s",
    description="Duration of HTTP server requests.",
    explicit_bucket_boundaries_advisory=(
        0.001,
        0.0025,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
    ),
)


def record_request(seconds: float, attributes: Mapping[str, AttributeValue]) -> None:
    """Count one HTTP request by `http.request.method`, `http.route` and `http.response.status_code`."""
    _durations.record(seconds, attributes)
