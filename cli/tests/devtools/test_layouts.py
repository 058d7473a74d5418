"""Waterfalls, percentiles and numbers: the dashboard's arithmetic."""

from __future__ import annotations

import math

import pytest

from prost_cli.devtools.formats import ago, duration, iso, number, size, sparkline
from prost_cli.devtools.red import STEP, STEPS, metrics, percentile, service_rates, window_start
from prost_cli.devtools.waterfall import WIDTH, lay_out


def span(span_id, parent_id, start, length, service="a"):
    return {
        "span_id": span_id,
        "parent_id": parent_id,
        "start_ns": start,
        "duration_ns": length,
        "service": service,
    }


def point(time, **values):
    base = {
        "service": "a",
        "instance": "1",
        "name": "n",
        "unit": "",
        "kind": "counter",
        "value": 1.0,
        "count": 0,
    }
    return {**base, "attributes": {}, "time": time, **values}


def test_spans_are_laid_out_as_a_call_tree():
    layout = lay_out(
        [span("1", "", 0, 100), span("2", "1", 10, 50), span("4", "1", 70, 10), span("3", "2", 20, 10, "b")]
    )

    assert [(row.span["span_id"], row.depth) for row in layout.rows] == [
        ("1", 0),
        ("2", 1),
        ("3", 2),
        ("4", 1),
    ]
    assert [(row.x, row.width) for row in layout.rows[:2]] == [(0, WIDTH), (WIDTH / 10, WIDTH / 2)]
    assert layout.services == {"a": 0, "b": 1}


def test_a_span_without_its_parent_becomes_a_root():
    assert [row.depth for row in lay_out([span("2", "lost", 0, 1)]).rows] == [0]


def test_spans_that_are_each_others_parents_are_shown_all_the_same():
    layout = lay_out([span("1", "2", 0, 1), span("2", "1", 0, 1), span("3", "3", 0, 1)])

    assert sorted(row.span["span_id"] for row in layout.rows) == ["1", "2", "3"]


def test_spans_with_one_id_are_all_shown():
    layout = lay_out([span("1", "", 0, 1), span("1", "", 0, 1), span("2", "1", 0, 1)])

    assert [row.span["span_id"] for row in layout.rows] == ["1", "2", "1"]


def test_a_trace_without_length_has_a_layout():
    assert lay_out([span("1", "", 5, 0)]).duration_ns == 1


def test_percentiles_are_interpolated_within_their_bucket():
    buckets = {0.1: 50, 0.2: 50, math.inf: 0}

    assert percentile(buckets, 0.5) == pytest.approx(0.1)
    assert percentile(buckets, 0.75) == pytest.approx(0.15)
    assert percentile({0.1: 0, math.inf: 5}, 0.99) == pytest.approx(0.1)
    assert percentile({}, 0.5) is None


def test_counters_become_rates_and_gauges_stay_readings():
    start = window_start(10_000)
    counter = metrics([point(start + 1, value=20.0), point(start + 2, value=30.0)], start)[0]
    gauge = metrics(
        [
            point(start + 1, kind="gauge", value=4.0),
            point(start + 2, kind="gauge", value=5.0),
            point(start + 1, kind="gauge", instance="2", value=1.0),
        ],
        start,
    )[0]

    assert counter.series.values[0] == 50 / STEP
    assert gauge.series.values[0] == 6.0
    assert gauge.series.last == 6.0


def test_the_step_that_has_just_begun_counts_in_totals_only():
    start = window_start(10_000)
    late = point(start + STEPS * STEP + 1, name="http.server.request.duration", kind="histogram", count=3)

    rates = service_rates([late], start)[0]

    assert rates.requests == 3
    assert rates.rate.values == [0.0] * STEPS


def test_milliseconds_of_older_conventions_become_seconds():
    start = window_start(10_000)
    old = point(start, name="http.server.duration", kind="histogram", count=1, buckets=[[100, 1]])

    assert service_rates([old], start)[0].p50 == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.00085, "850 µs"),
        (0.012, "12 ms"),
        (1.4, "1.4 s"),
        (180, "3 min"),
        (7200, "2 h"),
        (None, "\N{EN DASH}"),
    ],
)
def test_durations_are_told_in_the_unit_that_suits_them(seconds, text):
    assert duration(seconds) == text


def test_numbers_sizes_and_times_are_short():
    assert [number(n) for n in (0, 7, 1.25, 12.34, 1234.5, 12_345, 3_200_000)] == [
        "0",
        "7",
        "1.25",
        "12.3",
        "1234",
        "12.3k",
        "3.2M",
    ]
    assert [size(n) for n in (512, 12_700, 3 << 20, None)] == ["512 B", "12.4 KiB", "3 MiB", "\N{EN DASH}"]
    assert [ago(90, now=n) for n in (90.5, 102, 300, 8000, 200_000)] == [
        "just now",
        "12 s ago",
        "3 min ago",
        "2 h ago",
        "2 d ago",
    ]
    assert [iso(0), iso(1e30)] == ["1970-01-01T00:00:00.000Z", f"{1e30:.0f}"]


def test_a_sparkline_leaves_gaps_and_escapes_its_label():
    drawn = str(sparkline([1, 2, None, math.nan, 3], '"><script>'))

    assert drawn.count("<polyline") == 2
    assert "<script>" not in drawn
    assert "nan" not in drawn
    assert "<polyline" not in str(sparkline([], "empty"))
