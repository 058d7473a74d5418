"""The life of one unit: wait for what it needs, start it, watch it, start it again when it falls."""

from __future__ import annotations

import asyncio
import signal
import time
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from prost_cli.dev.listener import Listener
from prost_cli.dev.unit import State, Unit
from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Callable

    from prost_cli.dev.children import Child, Nursery
    from prost_cli.dev.logs import LogFile
    from prost_cli.dev.records import Records
    from prost_cli.dev.signals import Signal

_PROBE_EVERY = 0.05
_BACKOFF = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
_HOPELESS = 3
_STABLE_AFTER = 10.0
_UP = (State.READY, State.DONE, State.IDLE)


class Runner:
    """Keeps one unit running. `changed` is fired whenever what `report` says has changed."""

    def __init__(
        self,
        unit: Unit,
        *,
        log: LogFile,
        nursery: Nursery,
        records: Records,
        changed: Signal,
        is_up: Callable[[str], bool],
    ) -> None:
        self.unit = unit
        self.state = State.WAITING
        self.restarts = 0
        self.failures = 0
        self.problem = ""
        self.log = log
        self._since = time.time()
        self._nursery = nursery
        self._records = records
        self._changed = changed
        self._is_up = is_up
        self._child: Child | None = None
        self._listener: Listener | None = None
        self._asleep = False
        self._task: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        """Whether others may rely on the unit."""
        return self.state in _UP

    @property
    def is_hopeless(self) -> bool:
        """Whether it failed so often in a row that someone should look."""
        return self.state is State.FAILED or self.failures >= _HOPELESS

    def report(self) -> dict[str, Any]:
        """Describe the unit for `dev ps`; `since` in seconds of Unix time, `progress` a task's last words."""
        return {
            "name": self.unit.name,
            "kind": str(self.unit.kind),
            "service": self.unit.service,
            "state": str(self.state),
            "port": self.unit.port,
            "pid": self._child.pid if self._child and self._child.code is None else None,
            "restarts": self.restarts,
            "failing": self.is_hopeless,
            "problem": self.problem,
            "progress": self._progress(),
            "since": round(self._since, 3),
        }

    def _progress(self) -> str:
        return self.log.last_line() if self.unit.is_task and self.state is State.STARTING else ""

    def start(self) -> None:
        """Begin; returns at once."""
        self.failures = 0
        self.problem = ""
        self._asleep = self.unit.lazy
        self._to(State.WAITING)
        self._task = asyncio.create_task(self._live(), name=self.unit.name)
        self._task.add_done_callback(self._notice_defect)

    async def stop(self) -> None:
        """End the unit and return when nothing of it runs."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._to(State.STOPPED)

    async def restart(self) -> None:
        """End the unit and begin again."""
        await self.stop()
        self.start()

    async def become(self, unit: Unit) -> None:
        """Begin again as another declaration of the same unit."""
        await self.stop()
        self.unit = unit
        self.start()

    def _to(self, state: State) -> None:
        self.state = state
        self._since = time.time()
        self._changed.fire()

    def _notice_defect(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.problem = f"{type(error).__name__}: {error}"
            self.log.note("".join(traceback.format_exception(error)))
            self._to(State.FAILED)

    async def _live(self) -> None:
        while True:
            self._to(State.WAITING)
            await self._changed.until(lambda: all(map(self._is_up, self.unit.after)))
            self._to(State.STARTING)
            began = time.monotonic()
            ended_well = await (self._attempt_step() if self.unit.step else self._attempt_process())
            if self.unit.is_task and ended_well:
                self.failures = 0
                self.problem = ""
                if self.unit.then is not None:
                    self.unit.then()
                self._to(State.DONE)
                return
            if self.unit.lazy and ended_well:
                self._asleep = True
                continue
            if time.monotonic() - began > _STABLE_AFTER:
                self.failures = 0
            self.failures += 1
            if self.unit.is_task and self.failures >= _HOPELESS:
                self._to(State.FAILED)
                return
            self.restarts += 1
            self._to(State.BACKOFF)
            await asyncio.sleep(_BACKOFF[min(self.failures, len(_BACKOFF)) - 1])

    async def _attempt_step(self) -> bool:
        assert self.unit.step is not None  # noqa: S101  only called where it is set
        try:
            await self.unit.step()
        except (CliError, OSError) as error:
            self.problem = str(error)
            self.log.note(self.problem)
            return False
        return True

    async def _attempt_process(self) -> bool:
        try:
            if self._asleep:
                await self._sleep()
        except OSError as error:
            self.problem = f"port {self.unit.port} cannot be listened on: {error.strerror}"
            self.log.note(self.problem)
            return False
        self.log.rotate()
        self.log.mark_start(self.unit.argv)
        try:
            child = self._child = self._nursery.start(self.unit, self.log.path, self._listener)
        except OSError as error:
            self.problem = f"{self.unit.argv[0]} cannot be started: {error.strerror}"
            self.log.note(self.problem)
            return False
        self._records.add(child.pid, self.unit.stop)
        waiting = asyncio.create_task(self._await_ready(child))
        try:
            await child.ended.wait()
            self.problem = _ending(child.code)
            return child.code == 0
        finally:
            waiting.cancel()
            if child.code is None:
                self._to(State.STOPPING)
            # Shielded, for a second cancellation must not leave the process behind.
            await asyncio.shield(child.end(self.unit.stop, self.unit.grace))
            self._records.discard(child.pid)

    async def _sleep(self) -> None:
        """Listen in place of the process and return when someone connects."""
        assert self.unit.port is not None  # noqa: S101  what is lazy has one
        self._listener = self._listener or Listener(self.unit.port)
        self.failures = 0
        self.problem = ""
        self._to(State.IDLE)
        await self._listener.connection()
        self._asleep = False
        self._to(State.STARTING)

    async def _await_ready(self, child: Child) -> None:
        if self.unit.is_task:
            return
        deadline = time.monotonic() + self.unit.patience
        while self.unit.probe is not None:
            with suppress(OSError, IndexError, TimeoutError):
                if await self.unit.probe(child.pid):
                    break
            if time.monotonic() > deadline:
                self.log.note(f"not ready after {self.unit.patience:.0f} s; started again")
                await child.end(signal.SIGKILL, 0)
                return
            await asyncio.sleep(_PROBE_EVERY)
        self.problem = ""
        self._to(State.READY)
        await asyncio.sleep(_STABLE_AFTER)
        self.failures = 0


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
