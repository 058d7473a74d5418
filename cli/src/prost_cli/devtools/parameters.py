"""Query parameters of the dashboard, checked before they reach a query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from prost_cli.devtools.queries import MAX_ROWS
from prost_cli.devtools.records import LEVELS, severity

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 512
_LARGEST = (1 << 63) - 1


class ParameterError(Exception):
    """A query parameter cannot be used; the message names it."""


class LogFilter(TypedDict):
    """The keywords of `queries.logs` that choose lines."""

    text: str
    level: int
    process: str
    trace_id: str


class TraceFilter(TypedDict):
    """The keywords of `queries.traces` that choose traces."""

    service: str
    text: str
    errors: bool
    min_ms: float


def log_filter(query: Mapping[str, str]) -> LogFilter:
    """Return what `text`, `level` (a name), `process` and `trace_id` ask for."""
    level = text(query, "level")
    number = severity(level) if level else 0
    if number is None:
        raise ParameterError(f"level must be one of {', '.join(LEVELS)}")
    return {
        "text": text(query, "text"),
        "level": number,
        "process": text(query, "process"),
        "trace_id": text(query, "trace_id"),
    }


def trace_filter(query: Mapping[str, str]) -> TraceFilter:
    """Return what `service`, `text`, `errors` (1 for failed ones only) and `min_ms` ask for."""
    try:
        min_ms = float(query.get("min_ms") or 0)
    except ValueError as error:
        raise ParameterError("min_ms must be a number") from error
    if not 0 <= min_ms < 1e9:  # noqa: PLR2004 -- eleven days
        raise ParameterError("min_ms must be a number of milliseconds")
    return {
        "service": text(query, "service"),
        "text": text(query, "text"),
        "errors": query.get("errors") == "1",
        "min_ms": min_ms,
    }


def text(query: Mapping[str, str], name: str) -> str:
    """Return a text parameter, empty when it is not there."""
    found = query.get(name, "")
    if len(found) > _LONGEST:
        raise ParameterError(f"{name} must have at most {_LONGEST} characters")
    return found.encode("utf-8", "replace").decode()


def whole(query: Mapping[str, Any], name: str, default: int, most: int = _LARGEST) -> int:
    """Return a whole number from 0 to `most`."""
    found = str(query.get(name, "") or default)
    if not (found.isascii() and found.isdecimal()) or len(found) > 19 or int(found) > most:  # noqa: PLR2004
        raise ParameterError(f"{name} must be a whole number from 0 to {most}")
    return int(found)


def limit(query: Mapping[str, str], default: int) -> int:
    """Return how many rows are asked for."""
    return whole(query, "limit", default, MAX_ROWS)
