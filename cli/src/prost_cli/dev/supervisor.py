"""`python -m prost_cli.dev.supervisor ROOT STACK READY_FD`: runs a stack until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prost_cli.dev import planned
from prost_cli.dev.children import Nursery, use_small_pages
from prost_cli.dev.logs import LogFile, log_path
from prost_cli.dev.records import RECORDS, Records
from prost_cli.dev.runner import Runner
from prost_cli.dev.signals import Signal
from prost_cli.dev.stack import Stack
from prost_cli.dev.unit import Kind, State
from prost_cli.errors import CliError
from prost_cli.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prost_cli.dev.planned import Plan
    from prost_cli.dev.unit import Unit

NAME = "supervisor"
_ROTATE_EVERY = 30.0
_NOTICES = 50
_LAST = {"postgres", "valkey", "rabbitmq", "rabbitmq:epmd", "devtools", "guard"}
_LOCK_PATIENCE = 15.0
_LOCK_PAUSE = 0.02
_OPEN_FILES = 1 << 16


class Supervisor:
    """Keeps what runs equal to what the plan says."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.changed = Signal()
        self.stopping = asyncio.Event()
        self.plan: Plan | None = None
        self._runners: dict[str, Runner] = {}
        self._nursery = Nursery()
        self._records = Records(stack.run / RECORDS)
        self._log = LogFile(log_path(stack.logs, NAME))
        self._notices: list[dict[str, Any]] = []
        self._applying = asyncio.Lock()
        self._began = time.time()

    def prepare(self) -> None:
        """Clear away what an earlier supervisor left, and make the first plan.

        Raises:
            CliError: the stack cannot start; nothing runs.
        """
        if leftovers := self._records.end_leftovers():
            self.note(f"ended what an earlier start left behind: {leftovers} process(es)")
        for purpose, port in self.stack.release_taken_ports():
            self.note(f"port {port} of {purpose} is taken by another program; it gets another")
        self.stack.save()
        self.plan = planned.request(self.stack)

    async def run(self) -> None:
        """Run the plan until `stopping` is set, then end everything."""
        self._nursery.watch()
        await self.apply()
        rotation = asyncio.create_task(self._rotate())
        await self.stopping.wait()
        rotation.cancel()
        await self._end(runner for name, runner in self._runners.items() if name not in _LAST)
        # What the others write with their last breath is still taken in.
        await self._end(self._runners.values())

    async def replan(self) -> None:
        """Read the declarations again and bring what runs in line; a mistake in them changes nothing."""
        async with self._applying:
            try:
                self.plan = await asyncio.to_thread(planned.request, self.stack)
            except CliError as error:
                self.note(str(error))
                return
        await self.apply()

    async def apply(self) -> None:
        """Start, restart and end units until they are those of the plan; the others are left alone."""
        assert self.plan is not None  # noqa: S101  prepare() made it
        async with self._applying:
            units = self.plan.units
            gone = [runner for name, runner in self._runners.items() if name not in units]
            await self._end(gone)
            for runner in gone:
                del self._runners[runner.unit.name]
            for name, unit in units.items():
                if name not in self._runners:
                    self._runners[name] = self._runner(unit)
                    self._runners[name].start()
                elif self._runners[name].unit != unit:
                    await self._runners[name].become(unit)
            self.changed.fire()

    async def restart(self, names: Iterable[str]) -> None:
        """Restart units, or all processes of a service; returns when they run or have failed.

        Raises:
            CliError: a name is unknown.
        """
        runners = await self.begin_again(names)
        await self.changed.until(lambda: all(r.is_up or r.is_hopeless for r in runners))

    async def begin_again(self, names: Iterable[str]) -> list[Runner]:
        """Restart as `restart` does, without waiting until they are up."""
        runners = [runner for name in names for runner in self._named(name)]
        await asyncio.gather(*(runner.restart() for runner in runners))
        return runners

    @property
    def services(self) -> Mapping[str, str]:
        """The services' names by the names of their folders."""
        return self.plan.services if self.plan else {}

    def names(self, service: str, kind: Kind) -> list[str]:
        """List the units of a service that are of this kind."""
        return [n for n, r in self._runners.items() if r.unit.service == service and r.unit.kind is kind]

    def failed_tasks(self, service: str) -> list[str]:
        """List the one-shots of a service that were given up."""
        return [name for name in self.names(service, Kind.TASK) if self._runners[name].state is State.FAILED]

    def has(self, unit: str) -> bool:
        """Tell whether the plan has this unit."""
        return unit in self._runners

    def is_up(self, unit: str) -> bool:
        """Tell whether others may rely on this unit; one that is not planned keeps nobody waiting."""
        runner = self._runners.get(unit)
        return runner is None or runner.is_up

    def note(self, text: str) -> None:
        """Tell whoever watches, and the supervisor's log."""
        self._log.note(text)
        self._notices = [*self._notices[1 - _NOTICES :], {"at": round(time.time(), 3), "text": text}]
        self.changed.fire()

    def status(self) -> dict[str, Any]:
        """Describe the stack: `phase` is starting, healthy, failing or stopping; times are Unix seconds."""
        runners = self._runners.values()
        return {
            "stack": self.stack.name,
            "pid": os.getpid(),
            "began": round(self._began, 3),
            "phase": self._phase(),
            "urls": dict(self.plan.urls) if self.plan else {},
            "units": [runner.report() for runner in runners],
            "notices": self._notices,
        }

    def failing(self) -> Runner | None:
        """Return a unit that someone should look at."""
        return next((runner for runner in self._runners.values() if runner.is_hopeless), None)

    def is_healthy(self) -> bool:
        """Tell whether everything is up that is waited for."""
        return all(runner.is_up or runner.unit.background for runner in self._runners.values())

    def _phase(self) -> str:
        if self.stopping.is_set():
            return "stopping"
        if self.failing() is not None:
            return "failing"
        return "healthy" if self.is_healthy() else "starting"

    def _runner(self, unit: Unit) -> Runner:
        return Runner(
            unit,
            log=LogFile(log_path(self.stack.logs, unit.name)),
            nursery=self._nursery,
            records=self._records,
            changed=self.changed,
            is_up=self.is_up,
        )

    def _named(self, name: str) -> list[Runner]:
        if name in self._runners:
            return [self._runners[name]]
        found = [self._runners[unit] for unit in self.names(name, Kind.SERVICE)]
        if not found:
            known = sorted({r.unit.service or r.unit.name for r in self._runners.values()})
            raise CliError(f"The stack has no {name!r}.", remedy=f"It has {', '.join(known)}.")
        return found

    async def _end(self, runners: Iterable[Runner]) -> None:
        running = [runner for runner in runners if runner.state is not State.STOPPED]
        await asyncio.gather(*(runner.stop() for runner in running))

    async def _rotate(self) -> None:
        while True:
            await asyncio.sleep(_ROTATE_EVERY)
            for runner in self._runners.values():
                runner.log.rotate()


async def serve(stack: Stack, ready: int) -> None:
    """Run the stack, the watcher of its files and the control socket."""
    from prost_cli.dev.server import ControlServer  # noqa: PLC0415
    from prost_cli.dev.watcher import watch  # noqa: PLC0415

    supervisor = Supervisor(stack)
    try:
        supervisor.prepare()
    except CliError as error:
        os.write(ready, json.dumps({"error": error.message, "remedy": error.remedy}).encode())
        os.close(ready)
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.stopping.set)
    async with ControlServer(supervisor):
        os.write(ready, b"{}")
        os.close(ready)
        watching = asyncio.create_task(watch(supervisor))
        # What start-up has made lives as long as the process: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        await supervisor.run()
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    if stack.scratch:
        stack.remove()


def main() -> None:
    """Become the supervisor of the stack that the arguments name, unless it has one."""
    root, name, ready = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    stack = Stack.open(Workspace(root), name)
    deadline = time.monotonic() + _LOCK_PATIENCE
    # Others hold the lock for a moment: a command that looks whether the stack runs, or the guard.
    while not stack.lock():
        if time.monotonic() > deadline:
            os.write(ready, json.dumps({"error": f"{name} has a supervisor.", "remedy": ""}).encode())
            return
        time.sleep(_LOCK_PAUSE)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS begins with 256, which Envoy alone uses up; what the system allows is inherited by all children.
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, _OPEN_FILES), hard))
    use_small_pages()
    asyncio.run(serve(stack, ready))


if __name__ == "__main__":
    main()
