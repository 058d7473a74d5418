"""The log files of a stack: one for each process, rotated by size, followed by name."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LIMIT = 8 << 20
_TAIL_BYTES = 256 << 10
_LINE_BYTES = 1 << 10
_FOLLOW_EVERY = 0.1
_START = "starting"


class LogFile:
    """One process's log, of at most 16 MiB with its predecessor."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, text: str) -> None:
        """Append what the supervisor has to say."""
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(f"{stamp} prost: {line}\n" for line in text.splitlines())

    def rotate(self) -> None:
        """Keep a large file as its predecessor and begin anew.

        The process goes on writing to the same file, so it is copied and emptied rather than renamed.
        """
        if self.path.exists() and self.path.stat().st_size > _LIMIT:
            shutil.copyfile(self.path, self.path.with_suffix(".log.1"))
            with self.path.open("r+b") as file:
                file.truncate()

    def mark_start(self, argv: Sequence[str]) -> None:
        """Append that the process begins, and with which program."""
        self.note(f"{_START} {Path(argv[0]).name} {' '.join(argv[1:4])}")

    def last_line(self) -> str:
        """Return the last line that the process wrote since its start, or nothing."""
        lines = _tail(self.path, 1, _LINE_BYTES)
        return lines[0] if lines and f" prost: {_START} " not in lines[0] else ""

    def tail(self, lines: int) -> list[str]:
        """Return the last lines since the last start, fewer when they are very long."""
        last: list[str] = []
        for line in _tail(self.path, lines):
            if f" prost: {_START} " in line:
                last = []
            else:
                last.append(line)
        return last


def log_path(folder: Path, unit: str) -> Path:
    """Name the log file of the unit `unit`."""
    return folder / f"{unit.replace(':', '-')}.log"


def files(folder: Path, names: Iterable[str]) -> list[Path]:
    """List the logs of units or services; all of the folder's when there are no `names`."""
    wanted = [name.replace(":", "-") for name in names]
    return [path for path in sorted(folder.glob("*.log")) if _is_wanted(path, wanted)]


def _is_wanted(path: Path, wanted: Sequence[str]) -> bool:
    return not wanted or any(path.stem == name or path.stem.startswith(f"{name}-") for name in wanted)


def last_lines(paths: Iterable[Path], lines: int) -> Iterator[tuple[str, str]]:
    """Yield (name, line) of the last lines of each file, file by file."""
    for path in paths:
        for line in _tail(path, lines):
            yield path.stem, line


def follow(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (name, line) of what is appended to `files(folder, names)` from now on, for ever."""
    wanted = [*names]
    positions = {path: path.stat().st_size for path in folder.glob("*.log")}
    pending: dict[Path, bytes] = {}
    while True:
        for path in files(folder, wanted):
            position = positions.get(path, 0)
            size = path.stat().st_size
            if size < position:
                position = 0
            if size > position:
                with path.open("rb") as file:
                    file.seek(position)
                    fresh = file.read(_TAIL_BYTES)
                positions[path] = position + len(fresh)
                *complete, pending[path] = (pending.get(path, b"") + fresh).split(b"\n")
                for line in complete:
                    yield path.stem, line.decode(errors="replace")
        time.sleep(_FOLLOW_EVERY)


def _tail(path: Path, lines: int, limit: int = _TAIL_BYTES) -> list[str]:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - limit))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return []
    return text.splitlines()[-lines:]
