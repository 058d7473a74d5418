"""The log files of the stack's processes, followed into the ring buffer line by line, each line once."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sqlite3
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from prost_cli.devtools.records import LEVELS, Log, Position, clip, severity
from prost_cli.devtools.store import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from prost_cli.devtools.store import Store

INTERVAL = 0.4
_CHUNK = 1 << 20
_LONGEST_LINE = 256 << 10
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_PLAIN_LEVEL = re.compile(
    r"\b(trace|debug|info|notice|warn|warning|error|critical|fatal|panic)\b", re.IGNORECASE
)
_LEVEL_SEARCHED = 120
_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d)?) ")

log = logging.getLogger(__name__)


class Tail:
    """Follows every `*.log` of a folder; how far it came is committed together with the lines.

    A file is rotated by copying it to `NAME.log.1` and emptying it.
    """

    def __init__(self, store: Store, folder: Path, services: Callable[[], Iterable[str]]) -> None:
        self._store = store
        self._folder = folder
        self._services = services
        self._positions: dict[str, Position] = {}

    async def run(self) -> None:
        """Follow until cancelled."""
        self._positions = await self._store.read(_positions)
        while True:
            try:
                while await self._advance():
                    pass
            except (OSError, sqlite3.Error, StoreBusyError) as error:
                log.warning("log files: %s", error)
            await asyncio.sleep(INTERVAL)

    async def _advance(self) -> bool:
        """Take up to a chunk of every file; tell whether any has more."""
        services = tuple(self._services())
        more = False
        for path in await asyncio.to_thread(lambda: sorted(self._folder.glob("*.log"))):
            lines, position, unfinished = await asyncio.to_thread(self._read, path)
            if position is None:
                continue
            process = path.stem
            service = _service_of(process, services)
            found = await asyncio.to_thread(
                lambda a, b, c: [parse_line(x, a, b) for x in c], service, process, lines
            )
            await self._store.add([*found, position])
            self._positions[position.path] = position
            more |= unfinished
        return more

    def _read(self, path: Path) -> tuple[list[bytes], Position | None, bool]:
        """Return a file's next whole lines, where they end (None: nothing new) and whether there is more."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return [], None, False
        with file:
            status = os.fstat(file.fileno())
            start = self._start(path, status)
            if start <= status.st_size:
                chunk, end = _whole_lines(file, start)
                position = Position(str(path), status.st_ino, start + end) if end else None
                return chunk[:end].splitlines(), position, bool(end) and start + end < status.st_size
        # The file was emptied since the last look: what was missed is in its copy.
        try:
            with path.with_name(f"{path.name}.1").open("rb") as copy:
                chunk, end = _whole_lines(copy, start)
        except FileNotFoundError:
            chunk, end = b"", 0
        return chunk[:end].splitlines(), Position(str(path), status.st_ino, start + end if end else 0), True

    def _start(self, path: Path, status: os.stat_result) -> int:
        last = self._positions.get(str(path))
        if last is None:
            return max(0, status.st_size - _CHUNK)
        return last.offset if status.st_ino == last.inode else 0


def _whole_lines(file: BinaryIO, start: int) -> tuple[bytes, int]:
    """Return what follows `start` and how much of it to take: up to the last line's end."""
    file.seek(start)
    chunk = file.read(_CHUNK)
    end = chunk.rfind(b"\n") + 1
    return chunk, end or (len(chunk) if len(chunk) >= _LONGEST_LINE else 0)


def parse_line(line: bytes, service: str, process: str) -> Log:
    """Return a log line as a record, whether it is JSON by structlog, an access log or plain text."""
    if line.startswith(b"{"):
        try:
            fields = orjson.loads(line)
        except ValueError:
            fields = None
        if isinstance(fields, dict):
            return _structured(fields, service, process)
    text = clip(_ANSI.sub("", line.decode("utf-8", "replace")))
    moment = time.time()
    if stamp := _STAMP.match(text):
        moment, text = _moment(stamp[1]), text[stamp.end() :]
    guessed = _PLAIN_LEVEL.search(text[:_LEVEL_SEARCHED])
    level = (severity(guessed[1]) if guessed else None) or LEVELS["info"]
    return Log(time=moment, service=service, process=process, level=level, message=text)


def _structured(fields: dict[str, Any], service: str, process: str) -> Log:
    def take(*names: str) -> Any:
        return next((value for name in names if (value := fields.pop(name, None)) or value == 0), None)

    moment = _moment(take("timestamp", "time", "ts", "start_time"))
    level = severity(str(take("level", "severity") or "")) or LEVELS["info"]
    message = take("event", "message", "msg")
    if message is None:
        message = " ".join(
            str(fields[k]) for k in ("method", "path", "status", "response_code") if k in fields
        )
    return Log(
        time=moment,
        service=clip(str(take("service", "service.name") or service), 128),
        process=process,
        level=level,
        message=clip(message if isinstance(message, str) else orjson.dumps(message).decode()),
        trace_id=str(take("trace_id", "traceId") or "")[:32],
        span_id=str(take("span_id", "spanId") or "")[:16],
        detail=orjson.dumps(
            {clip(str(k), 256): clip(v) if isinstance(v, str) else v for k, v in fields.items()}
        ).decode(),
    )


def _moment(value: object) -> float:
    if isinstance(value, int | float):
        return float(value)
    try:
        parsed = datetime.fromisoformat(str(value))
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return time.time()


def _service_of(process: str, services: Iterable[str]) -> str:
    """Return the service that a process name such as `catalog-web` belongs to, else the name itself."""
    owners = [name for name in services if process == name or process.startswith((f"{name}-", f"{name}."))]
    return max(owners, key=len, default=process)


def _positions(connection: sqlite3.Connection) -> dict[str, Position]:
    rows = connection.execute("SELECT path, inode, offset FROM positions")
    return {row["path"]: Position(*row) for row in rows}
