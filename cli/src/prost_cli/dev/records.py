"""Which processes a stack has, on disk: the next start ends those that a killed supervisor left."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = "processes.json"
"""The file's name in a stack's run folder."""

_CLOCK_SLACK = 2.0
_PATIENCE = 10.0
_PAUSE = 0.02


class Records:
    """The file of a stack's processes. Each of them leads a session, by which its descendants are found."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, dict[str, Any]] = {}

    def add(self, pid: int, stop: signal.Signals) -> None:
        """Remember a process that was just started and the signal that ends it well."""
        with suppress(psutil.NoSuchProcess):
            self._entries[str(pid)] = {"started": psutil.Process(pid).create_time(), "stop": int(stop)}
            self._write()

    def discard(self, pid: int) -> None:
        """Forget a process that has ended."""
        if self._entries.pop(str(pid), None) is not None:
            self._write()

    def end_leftovers(self) -> int:
        """End what an earlier supervisor started and return how many processes that were."""
        try:
            entries = json.loads(self._path.read_bytes())
        except (FileNotFoundError, ValueError):
            return 0
        found = _members(entries)
        for process, stop in found:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(stop)
        for process in _wait([process for process, _ in found], _PATIENCE):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._path.unlink(missing_ok=True)
        return len(found)

    def _write(self) -> None:
        draft = self._path.with_suffix(".part")
        draft.write_text(json.dumps(self._entries))
        draft.replace(self._path)


def _wait(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until the processes have ended and return those that have not; a zombie has."""
    deadline = time.monotonic() + seconds
    while (alive := [process for process in processes if _is_alive(process)]) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    return alive


def _is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _members(entries: dict[str, dict[str, Any]]) -> list[tuple[psutil.Process, signal.Signals]]:
    """Find the recorded leaders and whoever is left in their sessions.

    A session's number is not given to another while it has a member, so a leader with another birthday
    means that the whole recorded session is gone.
    """
    found = []
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, PermissionError, psutil.Error):
            session = os.getsid(process.pid)
            entry = entries.get(str(session))
            if entry is None or process.pid == os.getpid():
                continue
            started = process.create_time()
            leads = process.pid == session
            same_leader = abs(started - entry["started"]) < _CLOCK_SLACK
            if same_leader if leads else _leader_matches(session, entry):
                found.append((process, signal.Signals(entry["stop"]) if leads else signal.SIGTERM))
    return found


def _leader_matches(session: int, entry: dict[str, Any]) -> bool:
    try:
        return bool(abs(psutil.Process(session).create_time() - entry["started"]) < _CLOCK_SLACK)
    except psutil.NoSuchProcess:
        return True
