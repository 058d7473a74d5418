"""The stack that proofs are made on, and what is done to its processes."""

import asyncio
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from prost.faults import MET
from prost_cli.dev import control, databases
from prost_cli.dev.scratch import Scratch, scratch_stack, scratch_workspace
from prost_cli.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ("auth", "cart", "catalog", "inventory", "orders", "payments")
KEPT_LOGS = ROOT / ".prost" / "chaos"

PATIENCE = 90.0
"""Seconds within which whatever was killed has to be up, and whatever was begun has to be decided."""
_PAUSE = 0.05
_EDITS = {
    # Each buyer has an address of its own, as limits have it; the proofs are the proxy that says so.
    "gateway/gateway.toml": ("trusted_hops = 0", "trusted_hops = 1"),
    # Drawing pictures would take the cores away from what is proved.
    "catalog/service.toml": ("backfill = true", "backfill = false"),
}


class Rig:
    """A running stack whose processes may be killed and paused, and whose fault points may be armed."""

    def __init__(self, scratch: Scratch) -> None:
        """Take the stack."""
        self.stack = scratch.stack
        self.gateway = scratch.urls["gateway"]

    def units(self) -> dict[str, dict[str, Any]]:
        """Return the supervisor's report of each unit by name."""
        return {unit["name"]: unit for unit in control.ask(self.stack, "status")["units"]}

    def pid(self, unit: str) -> int:
        """Return the process of a unit that runs. Raises LookupError when it does not."""
        pid = self.units()[unit]["pid"]
        if pid is None:
            raise LookupError(f"{unit} does not run")
        return int(pid)

    def kill(self, unit: str) -> None:
        """End a unit's processes by SIGKILL, and return when they are gone."""
        processes = self._processes(unit)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, PATIENCE)

    @asynccontextmanager
    async def down(self, unit: str) -> AsyncIterator[None]:
        """Kill a unit, and for the length of the block whatever the supervisor starts in its place."""

        async def keep_down() -> None:
            while True:
                # Between two starts there is nobody, and who ends at this moment need not be killed.
                with suppress(LookupError, psutil.NoSuchProcess):
                    await asyncio.to_thread(self.kill, unit)
                await asyncio.sleep(_PAUSE)

        killing = asyncio.create_task(keep_down())
        try:
            yield
        finally:
            killing.cancel()
            await asyncio.wait({killing})

    @contextmanager
    def paused(self, *units: str) -> Iterator[None]:
        """Stop the processes of units for the length of the block; they neither answer nor end."""
        stopped = [process for unit in units for process in self._processes(unit)]
        try:
            for process in stopped:
                process.send_signal(signal.SIGSTOP)
            yield
        finally:
            for process in stopped:
                process.send_signal(signal.SIGCONT)

    async def await_up(self) -> None:
        """Wait until everything runs again. Raises TimeoutError."""
        await until(lambda: control.ask(self.stack, "status")["phase"] == "healthy", "the stack is healthy")

    def arm(self, point: str, order: str) -> None:
        """Arm a fault point; see `prost.faults`."""
        self._file(point, MET).unlink(missing_ok=True)
        draft = self._file(point, ".part")
        draft.write_text(order)
        draft.rename(self._file(point))

    def is_met(self, point: str) -> bool:
        """Tell whether a process has met the point since it was armed."""
        return self._file(point, MET).exists()

    def disarm(self) -> None:
        """Arm nothing, and let everybody go on."""
        for file in self.stack.faults_folder.iterdir():
            file.unlink(missing_ok=True)

    def rows(self, service: str, query: str, *values: object) -> list[dict[str, Any]]:
        """Read rows of a service's database."""
        return databases.rows(databases.database_url(self.stack, service), query, *values)

    def execute(self, service: str, statement: str) -> None:
        """Change a service's database behind its back."""
        url = databases.database_url(self.stack, service)
        with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement)

    def keep_logs(self) -> Path:
        """Copy the logs to where they outlive the stack."""
        kept = KEPT_LOGS / self.stack.broker
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.stack.logs, kept)
        return kept

    def _processes(self, unit: str) -> list[psutil.Process]:
        """List a unit's process and its children: a program may be behind a script that waits for it."""
        process = psutil.Process(self.pid(unit))
        return [process, *process.children(recursive=True)]

    def _file(self, point: str, suffix: str = "") -> Path:
        return self.stack.faults_folder / f"{point}{suffix}"


@contextmanager
def running(broker: str, services: Sequence[str] = SERVICES) -> Iterator[Rig]:
    """Run a stack of copies of these services, which ends with the block or with this process.

    Its broker is "valkey", which is Redis, too, or "rabbitmq".
    """
    source = Workspace(ROOT)
    folders = [source.services / name for name in services]
    with scratch_workspace(source, folders, copied=True) as workspace:
        for name, (before, after) in _EDITS.items():
            file = workspace.services / name
            file.write_text(file.read_text().replace(before, after))
        with scratch_stack(workspace, faults=True, broker=broker) as scratch:
            yield Rig(scratch)


async def until(
    holds: Callable[[], bool], what: str, patience: float = PATIENCE, pause: float = _PAUSE
) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: it did not come to hold; the message says what.
    """
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"after {patience:.0f} s it does not hold that {what}")
        await asyncio.sleep(pause)
