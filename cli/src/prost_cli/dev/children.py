"""Child processes that end with the supervisor, however it ends."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from prost_cli.dev.listener import LISTEN_FD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from prost_cli.dev.listener import Listener
    from prost_cli.dev.unit import Unit

_PR_SET_PDEATHSIG = 1
_PR_SET_THP_DISABLE = 41
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child:
    """One process that leads a session of its own."""

    def __init__(self, unit: Unit, log: Path, listener: Listener | None = None) -> None:
        """Start the unit's program, its output appended to `log`; it inherits the listener's socket.

        Raises:
            OSError: the program or its folder is missing.
        """
        account = unit.account
        handed_on = {LISTEN_FD: str(listener.fileno())} if listener else {}
        with log.open("ab", buffering=0) as output:
            self._process = subprocess.Popen(  # noqa: S603  argv comes from the plan
                unit.argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=unit.cwd,
                env={**unit.env, **handed_on},
                pass_fds=[int(descriptor) for descriptor in handed_on.values()],
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                preexec_fn=_die_with_parent(unit.stop),  # noqa: PLW1509  prctl only; the other thread is Rust's
            )
        self.pid = self._process.pid
        self.ended = asyncio.Event()

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.returncode

    def poll(self) -> None:
        """Notice the end of the process."""
        if self._process.poll() is not None:
            self.ended.set()

    async def end(self, request: signal.Signals, grace: float) -> None:
        """Ask the process to end, insist after `grace` seconds, and leave nobody of its group behind."""
        if self.code is None:
            self._process.send_signal(request)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), grace)
        self.sweep()
        await self.ended.wait()

    def sweep(self) -> None:
        """Kill what is left of the process group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


class Nursery:
    """All children of this process."""

    def __init__(self) -> None:
        self._children: set[Child] = set()

    def watch(self) -> None:
        """Begin to notice when children end; needs the running loop."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self._reap)

    def start(self, unit: Unit, log: Path, listener: Listener | None = None) -> Child:
        """Start a child; see `Child`."""
        child = Child(unit, log, listener)
        self._children.add(child)
        # A child that ended before it was added here will not raise its signal again.
        child.poll()
        return child

    def _reap(self) -> None:
        for child in tuple(self._children):
            child.poll()
            if child.ended.is_set():
                self._children.discard(child)


def use_small_pages() -> None:
    """Have Linux give this process and all that it starts small pages only.

    A huge page takes 2 MiB from its first byte on, and is put together again from what allocators gave back.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_THP_DISABLE, 1, 0, 0, 0)


def _die_with_parent(request: signal.Signals) -> Callable[[], None] | None:
    """Make Linux send `request` to the child when the supervisor dies."""
    if _LIBC is None:
        return None
    prctl, parent = _LIBC.prctl, os.getpid()

    def arrange() -> None:
        prctl(_PR_SET_PDEATHSIG, int(request), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arrange
