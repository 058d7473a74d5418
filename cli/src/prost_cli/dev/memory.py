"""How much memory processes hold, shared pages divided among those that share them."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import psutil

_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def with_descendants(pid: int) -> list[int]:
    """List the process and all that it started, directly or not."""
    try:
        process = psutil.Process(pid)
        return [pid, *(child.pid for child in process.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def proportional(pid: int) -> int:
    """Return one process's proportional set size in bytes; its unique set size where that is not told."""
    with suppress(OSError):
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
        if found:
            return int(found[1]) * 1024
    with suppress(psutil.Error):
        return int(psutil.Process(pid).memory_full_info().uss)
    return 0


def of_tree(pid: int) -> int:
    """Return the bytes of a process and its descendants together."""
    return sum(map(proportional, with_descendants(pid)))
