"""Rate, errors and duration of each service, and any other metric, as evenly spaced series."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WINDOW = 600
STEP = 10
STEPS = WINDOW // STEP
"""Whole steps of the window; the one that has just begun counts in totals and is no part of a series."""

REQUEST_DURATION = {"http.server.request.duration": 1.0, "http.server.duration": 0.001}
"""The conventional names of the server's duration histogram and what turns their unit into seconds."""

_SERVER_ERROR = 500
_STATUS = ("http.response.status_code", "http.status_code")

Buckets = dict[float, int]


@dataclass(slots=True)
class Series:
    """One value for each whole step of the window, the oldest first; None where there is none."""

    values: Sequence[float | None]

    @property
    def last(self) -> float | None:
        """The newest value there is."""
        return next((value for value in reversed(self.values) if value is not None), None)


@dataclass(slots=True)
class ServiceRates:
    """A service's requests over the window: requests and errors per second, latencies in seconds."""

    service: str
    requests: int
    errors: int
    p50: float | None
    p99: float | None
    rate: Series
    error_rate: Series
    p50_series: Series
    p99_series: Series


@dataclass(slots=True)
class Metric:
    """One instrument: counters per second, gauges as read (summed over attributes), histograms as p99."""

    service: str
    name: str
    unit: str
    kind: str
    series: Series


def window_start(now: float | None = None) -> float:
    """Return the Unix second at which the window that ends about `now` begins."""
    return math.floor((now or time.time()) / STEP) * STEP - WINDOW


def service_rates(points: Iterable[Mapping[str, Any]], start: float) -> list[ServiceRates]:
    """Return the rates of every service that reported requests since `start`, by name."""
    by_service: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for point in points:
        if point["name"] in REQUEST_DURATION and point["kind"] == "histogram":
            by_service[point["service"]].append(point)
    return [_rates(service, found, start) for service, found in sorted(by_service.items())]


def metrics(points: Iterable[Mapping[str, Any]], start: float) -> list[Metric]:
    """Return every instrument that reported since `start`, by service and name."""
    groups: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for point in points:
        groups[point["service"], point["name"], point["unit"], point["kind"]].append(point)
    shapes = {"counter": _per_second, "gauge": _readings, "histogram": _p99}
    return [Metric(*key, shapes[key[3]](found, start)) for key, found in sorted(groups.items())]


def percentile(buckets: Buckets, share: float) -> float | None:
    """Return the value below which `share` of the counts lie, interpolated within its bucket."""
    total = sum(buckets.values())
    if not total:
        return None
    wanted, seen, lower = share * total, 0, 0.0
    for upper, count in sorted(buckets.items()):
        if count and seen + count >= wanted:
            return lower if math.isinf(upper) else lower + (upper - lower) * (wanted - seen) / count
        seen, lower = seen + count, upper
    return lower


def _rates(service: str, points: Sequence[Mapping[str, Any]], start: float) -> ServiceRates:
    requests, errors = [0] * (STEPS + 1), [0] * (STEPS + 1)
    steps: list[Buckets] = [{} for _ in range(STEPS + 1)]
    whole: Buckets = {}
    for point in points:
        index = _step(point, start)
        requests[index] += point["count"]
        if _is_error(point["attributes"]):
            errors[index] += point["count"]
        for bound, count in _buckets(point, REQUEST_DURATION[point["name"]]).items():
            steps[index][bound] = steps[index].get(bound, 0) + count
            whole[bound] = whole.get(bound, 0) + count
    return ServiceRates(
        service=service,
        requests=sum(requests),
        errors=sum(errors),
        p50=percentile(whole, 0.5),
        p99=percentile(whole, 0.99),
        rate=Series([count / STEP for count in requests[:STEPS]]),
        error_rate=Series([count / STEP for count in errors[:STEPS]]),
        p50_series=Series([percentile(step, 0.5) for step in steps[:STEPS]]),
        p99_series=Series([percentile(step, 0.99) for step in steps[:STEPS]]),
    )


def _per_second(points: Sequence[Mapping[str, Any]], start: float) -> Series:
    totals = [0.0] * (STEPS + 1)
    for point in points:
        totals[_step(point, start)] += point["value"]
    return Series([total / STEP for total in totals[:STEPS]])


def _readings(points: Sequence[Mapping[str, Any]], start: float) -> Series:
    steps: list[dict[str, float]] = [{} for _ in range(STEPS + 1)]
    for point in points:
        steps[_step(point, start)][f"{point['instance']} {sorted(point['attributes'].items())}"] = point[
            "value"
        ]
    return Series([sum(step.values()) if step else None for step in steps[:STEPS]])


def _p99(points: Sequence[Mapping[str, Any]], start: float) -> Series:
    steps: list[Buckets] = [{} for _ in range(STEPS + 1)]
    for point in points:
        step = steps[_step(point, start)]
        for bound, count in _buckets(point, 1.0).items():
            step[bound] = step.get(bound, 0) + count
    return Series([percentile(step, 0.99) for step in steps[:STEPS]])


def _step(point: Mapping[str, Any], start: float) -> int:
    return min(max(int((point["time"] - start) // STEP), 0), STEPS)


def _buckets(point: Mapping[str, Any], scale: float) -> Buckets:
    return {math.inf if bound is None else bound * scale: count for bound, count in point.get("buckets", ())}


def _is_error(attributes: Mapping[str, Any]) -> bool:
    status = next((attributes[name] for name in _STATUS if name in attributes), None)
    return str(status).isdecimal() and int(str(status)) >= _SERVER_ERROR
