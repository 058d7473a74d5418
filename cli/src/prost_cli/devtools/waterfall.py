"""A trace's spans laid out as the rows of a waterfall."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH = 1000
_NARROWEST = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A span at its depth below the root; `x` and `width` are parts of WIDTH, `hue` a number per service."""

    span: Mapping[str, Any]
    depth: int
    x: float
    width: float
    hue: int


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The rows in the order of the call tree; `services` gives the hue of each."""

    rows: tuple[Row, ...]
    start_ns: int
    duration_ns: int
    services: Mapping[str, int]


def lay_out(spans: Sequence[Mapping[str, Any]]) -> Waterfall:
    """Lay out spans that are sorted by start; a span without its parent becomes a root."""
    start = min(span["start_ns"] for span in spans)
    duration = max(1, max(span["start_ns"] + span["duration_ns"] for span in spans) - start)
    services = {name: index for index, name in enumerate(dict.fromkeys(span["service"] for span in spans))}
    known = {span["span_id"] for span in spans}
    children: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for span in spans:
        children[span["parent_id"] if span["parent_id"] in known else ""].append(span)
    rows: list[Row] = []
    waiting = [(span, 0) for span in reversed(children.pop("", []))]
    while waiting:
        span, depth = waiting.pop()
        x = (span["start_ns"] - start) / duration * WIDTH
        width = max(_NARROWEST, span["duration_ns"] / duration * WIDTH)
        rows.append(Row(span, depth, min(x, WIDTH - _NARROWEST), width, services[span["service"]]))
        # Taken out as it is visited: spans that name each other as parents end here.
        waiting += [(child, depth + 1) for child in reversed(children.pop(span["span_id"], []))]
    in_cycles = [span for group in children.values() for span in group]
    rows += [Row(span, 0, 0, _NARROWEST, services[span["service"]]) for span in in_cycles]
    return Waterfall(tuple(rows), start, duration, services)
