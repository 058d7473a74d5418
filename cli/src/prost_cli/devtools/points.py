"""Metric points as changes: what a counter or histogram gained since its last report."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    ExponentialHistogramDataPoint,
    HistogramDataPoint,
    NumberDataPoint,
    SummaryDataPoint,
)

from prost_cli.devtools.attributes import attributes, service_name
from prost_cli.devtools.records import Point, clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

MAX_SERIES = 20_000
_DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
_MAX_BUCKETS = 512
_LARGEST = (1 << 63) - 1


@dataclass(slots=True)
class _State:
    value: float
    count: int
    buckets: dict[float, int]


class Changes:
    """The last cumulative report of each series, so that the next can be told as a change."""

    def __init__(self) -> None:
        self._since = time.time_ns()
        self._series: OrderedDict[bytes, _State] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, series: bytes, state: _State, start_ns: int) -> _State:
        """Return what `state` adds to the last report of `series`.

        The first report of a series counts in full when it began after this process did; what was
        counted before has no place in time and counts as nothing. A restarted series begins anew.
        """
        with self._lock:
            last = self._series.pop(series, None)
            self._series[series] = state
            while len(self._series) > MAX_SERIES:
                self._series.popitem(last=False)
        if last is None:
            return state if start_ns >= self._since else _State(0, 0, {})
        if state.value < last.value or state.count < last.count:
            return state
        return _State(
            state.value - last.value,
            state.count - last.count,
            {bound: max(0, n - last.buckets.get(bound, 0)) for bound, n in state.buckets.items()},
        )


def decode_points(metric: Metric, resource: Mapping[str, Any], changes: Changes) -> Iterator[Point]:
    """Yield a metric's points; those that change nothing are left out, so idle services cost no room.

    A bucket in the detail is [upper bound, count]; the last one's bound is null, for infinity.
    """
    shape = metric.WhichOneof("data")
    if shape is None:
        return
    data = getattr(metric, shape)
    is_counter = shape == "sum" and data.is_monotonic
    is_gauge = shape == "gauge" or (shape == "sum" and not data.is_monotonic)
    is_delta = shape not in {"gauge", "summary"} and data.aggregation_temporality == _DELTA
    service = service_name(resource)
    instance = clip(str(resource.get("service.instance.id", "")), 128)
    name, unit = clip(metric.name, 256), clip(metric.unit, 32)
    for point in data.data_points:
        labels = attributes(point)
        state = _state(point)
        if not math.isfinite(state.value):
            continue
        if not (is_gauge or is_delta):
            series = orjson.dumps([service, instance, name, labels], option=orjson.OPT_SORT_KEYS)
            state = changes.of(series, state, point.start_time_unix_nano)
        if not is_gauge and not state.count and not state.value:
            continue
        detail: dict[str, Any] = {"attributes": labels}
        if state.buckets:
            detail["buckets"] = [[bound, n] for bound, n in sorted(state.buckets.items()) if n]
        yield Point(
            time=(point.time_unix_nano or time.time_ns()) / 1e9,
            service=service,
            instance=instance,
            name=name,
            unit=unit,
            kind="counter" if is_counter else "gauge" if is_gauge else "histogram",
            value=state.value,
            count=state.count,
            detail=orjson.dumps(detail).decode(),
        )


def _state(point: object) -> _State:
    if isinstance(point, NumberDataPoint):
        which = point.WhichOneof("value")
        return _State(float(getattr(point, which)) if which else 0.0, 0, {})
    if isinstance(point, HistogramDataPoint):
        bounds = [*point.explicit_bounds, math.inf][:_MAX_BUCKETS]
        buckets = dict(zip(bounds, point.bucket_counts, strict=False))
        return _State(point.sum, min(point.count, _LARGEST), buckets)
    if isinstance(point, ExponentialHistogramDataPoint):
        return _State(point.sum, min(point.count, _LARGEST), _exponential_buckets(point))
    if isinstance(point, SummaryDataPoint):
        return _State(point.sum, min(point.count, _LARGEST), {})
    raise TypeError(type(point).__name__)


def _exponential_buckets(point: ExponentialHistogramDataPoint) -> dict[float, int]:
    """Return counts by upper bound; bucket i of scale s ends at 2 ** ((offset + i + 1) / 2 ** s)."""
    buckets = {0.0: point.zero_count} if point.zero_count else {}
    for index, count in enumerate(point.positive.bucket_counts[:_MAX_BUCKETS], point.positive.offset + 1):
        try:
            bound = 2.0 ** (index * 2.0**-point.scale)
        except OverflowError:
            bound = math.inf
        buckets[bound] = min(buckets.get(bound, 0) + count, _LARGEST)
    return buckets
