"""What the ring buffer holds: spans, log lines, metric points and mails, with the size of each."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from time import time as now
from typing import ClassVar

ROW_OVERHEAD = 96
"""Bytes that a row costs besides its texts: numbers, indexes and page slack, as measured on the file."""

LONGEST_TEXT = 16_384

LEVELS = {"trace": 1, "debug": 5, "info": 9, "warning": 13, "error": 17, "fatal": 21}
"""Level names and the lowest OpenTelemetry severity number of each."""

_ALIASES = {"warn": "warning", "critical": "fatal", "panic": "fatal", "notice": "info", "log": "info"}


def clip(text: str, longest: int = LONGEST_TEXT) -> str:
    """Shorten `text` to what is worth keeping, and make it storable as UTF-8."""
    if len(text) > longest:
        text = f"{text[:longest]}… ({len(text) - longest} more characters)"
    return text.encode("utf-8", "replace").decode()


def severity(name: str) -> int | None:
    """Return the severity number of a level's name in any of its spellings."""
    lowered = name.strip().lower()
    return LEVELS.get(_ALIASES.get(lowered, lowered))


def level_name(number: int) -> str:
    """Return the level that a severity number of 0 (unset) to 24 belongs to."""
    return next((name for name, lowest in reversed(LEVELS.items()) if number >= lowest), "info")


@dataclass(slots=True)
class Record:
    """A row of the ring buffer; `at` is when it arrived, in Unix seconds."""

    table: ClassVar[str]

    @classmethod
    @cache
    def columns(cls) -> tuple[str, ...]:
        """Return the names of the columns, in the order of `row()`."""
        return tuple(f.name for f in fields(cls))

    def row(self) -> tuple[object, ...]:
        """Return the values of the columns."""
        return tuple(getattr(self, name) for name in self.columns())

    def size(self) -> int:
        """Return the bytes that this row is counted with against its signal's limit."""
        return ROW_OVERHEAD + sum(
            len(value) if isinstance(value, bytes) else len(value.encode())
            for value in self.row()
            if isinstance(value, str | bytes)
        )


@dataclass(slots=True)
class Span(Record):
    """One operation of a trace; `detail` is JSON with attributes, events, links, scope and resource."""

    table: ClassVar[str] = "spans"
    trace_id: str
    span_id: str
    parent_id: str
    service: str
    name: str
    kind: str
    start_ns: int
    duration_ns: int
    error: int
    detail: str
    at: float = field(default_factory=now)


@dataclass(slots=True)
class Log(Record):
    """One log line; `time` is its own clock in Unix seconds, `detail` is JSON with its other fields."""

    table: ClassVar[str] = "logs"
    time: float
    service: str
    process: str
    level: int
    message: str
    trace_id: str = ""
    span_id: str = ""
    detail: str = "{}"
    at: float = field(default_factory=now)


@dataclass(slots=True)
class Point(Record):
    """One metric point: the change since the last one for counters and histograms, the reading for gauges.

    `value` is a histogram's sum; `detail` is JSON with attributes and, for histograms, bounds and counts.
    """

    table: ClassVar[str] = "points"
    time: float
    service: str
    instance: str
    name: str
    unit: str
    kind: str
    value: float
    count: int
    detail: str
    at: float = field(default_factory=now)


@dataclass(slots=True)
class Mail(Record):
    """One mail as it came over the wire; `recipients` is a JSON list of the envelope's addresses."""

    table: ClassVar[str] = "mails"
    sender: str
    recipients: str
    subject: str
    raw: bytes
    at: float = field(default_factory=now)


@dataclass(slots=True)
class Position(Record):
    """How far a log file has been read; it replaces the file's last one instead of joining it."""

    table: ClassVar[str] = "positions"
    path: str
    inode: int
    offset: int
