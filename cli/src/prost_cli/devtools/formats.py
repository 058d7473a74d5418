"""Numbers and times as people read them, and series as inline SVG."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from markupsafe import Markup

from prost_cli.devtools.records import clip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SPARK_WIDTH = 160
SPARK_HEIGHT = 36
_DASH = "\N{EN DASH}"


def duration(seconds: float | None) -> str:
    """Return seconds with the unit that suits them: `850 µs`, `12 ms`, `1.4 s`, `3 min`."""
    if seconds is None:
        return _DASH
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1, 1e3, "ms"), (100, 1, "s"), (6000, 1 / 60, "min")):
        if seconds < limit:
            return f"{number(seconds * factor)} {unit}"
    return f"{number(seconds / 3600)} h"


def number(value: float | None) -> str:
    """Return a number with three digits that matter, large ones with k, M or G."""
    if value is None:
        return _DASH
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{value / {'G': 1e9, 'M': 1e6, 'k': 1e3}[unit]:.1f}{unit}"
    if value == int(value) or abs(value) >= 100:  # noqa: PLR2004 -- three digits
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")  # noqa: PLR2004


def size(count: float | None) -> str:
    """Return bytes as `512 B`, `12.4 KiB` or `3.1 MiB`."""
    if count is None:
        return _DASH
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:  # noqa: PLR2004 -- the unit's size
            return f"{number(count)} {unit}"
        count /= 1024
    return f"{number(count)} GiB"


def ago(moment: float | None, now: float | None = None) -> str:
    """Return how long ago a Unix time was: `just now`, `12 s ago`, `3 min ago`."""
    if moment is None:
        return _DASH
    passed = (now or time.time()) - moment
    if passed < 1:
        return "just now"
    for limit, factor, unit in ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h")):
        if passed < limit:
            return f"{int(passed / factor)} {unit} ago"
    return f"{int(passed / 86400)} d ago"


def iso(moment: float) -> str:
    """Return a Unix time as RFC 3339 in UTC with milliseconds; far beyond the calendar, the number itself."""
    try:
        return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return f"{moment:.0f}"


def value(item: Any) -> str:
    """Return an attribute's value as one text."""
    return item if isinstance(item, str) else orjson.dumps(item, default=str).decode()


def pretty(item: Any) -> str:
    """Return a document indented for reading, shortened where it is very long."""
    return clip(orjson.dumps(item, default=str, option=orjson.OPT_INDENT_2).decode())


def sparkline(values: Sequence[float | None], label: str) -> Markup:
    """Return a series as an SVG line over its area; gaps stay gaps."""
    known = [v for v in values if v is not None and math.isfinite(v)]
    top = max(known, default=0.0) or 1.0
    step = SPARK_WIDTH / max(1, len(values) - 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for index, current in enumerate(values):
        if current is None or not math.isfinite(current):
            runs.append([])
        else:
            y = SPARK_HEIGHT - 2 - max(0.0, current) / top * (SPARK_HEIGHT - 4)
            runs[-1].append((round(index * step, 1), round(y, 1)))
    parts = [_run(run) for run in runs if run]
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        "{}</svg>"
    ).format(SPARK_WIDTH, SPARK_HEIGHT, label, Markup("").join(parts))


def _run(points: Sequence[tuple[float, float]]) -> Markup:
    if len(points) == 1:
        points = [(points[0][0] - 1, points[0][1]), (points[0][0] + 1, points[0][1])]
    line = " ".join(f"{x},{y}" for x, y in points)
    area = f"{points[0][0]},{SPARK_HEIGHT} {line} {points[-1][0]},{SPARK_HEIGHT}"
    return Markup('<polygon points="{}"/><polyline points="{}"/>').format(area, line)


FILTERS: Mapping[str, Any] = {
    "ago": ago,
    "duration": duration,
    "iso": iso,
    "number": number,
    "pretty": pretty,
    "size": size,
    "sparkline": sparkline,
    "value": value,
}
"""The filters of the page templates."""
