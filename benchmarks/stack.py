"""Stacks for measuring: one of this workspace, or one of a workspace that has just what is measured."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from prost_cli.dev.scratch import scratch_workspace
from prost_cli.dev.servers.postgres import Postgres
from prost_cli.dev.services import LocalService
from prost_cli.dev.stack import Stack
from prost_cli.workspace import Workspace

_NAME = ["--stack", "bench"]
ROOT = Path(__file__).resolve().parents[1]
#: As in production: a worker for each of two cores, and few requests traced.
LIKE_PRODUCTION = ["--workers", "2", "--traced", "0.05"]


@dataclass(frozen=True)
class Bench:
    """A stack named `bench` of the workspace at `root`, with `prost` run there."""

    root: Path

    def prost(self, *arguments: str) -> str:
        """Run a command and return what it printed. Raises SystemExit with its messages when it fails."""
        command = [sys.executable, "-m", "prost_cli", *arguments]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"prost {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def up(self, *options: str) -> float:
        """Start the stack; return the seconds until it was healthy."""
        began = time.perf_counter()
        self.prost("dev", "up", "--detach", *_NAME, *options)
        return time.perf_counter() - began

    def down(self) -> float:
        """End the stack; return the seconds that took."""
        began = time.perf_counter()
        self.prost("dev", "down", *_NAME)
        return time.perf_counter() - began

    def ps(self) -> dict[str, Any]:
        """Return the stack's processes with their memory in bytes."""
        status: dict[str, Any] = json.loads(self.prost("dev", "ps", "--json", *_NAME))
        return status

    @property
    def gateway(self) -> str:
        """Where the gateway listens."""
        return str(json.loads(self.prost("dev", "urls", "--json", *_NAME))["gateway"])

    def get(self, path: str) -> Any:
        """Return the JSON that the gateway answers. Raises HTTPError."""
        with urlopen(f"{self.gateway}{path}") as answer:  # noqa: S310
            return json.load(answer)

    def environment(self, service: str) -> dict[str, str]:
        """Return what the stack tells a service's processes."""
        workspace = Workspace(self.root)
        stack = Stack.open(workspace, _NAME[1])
        folder, spec = next(item for item in workspace.specs().items() if item[1].name == service)
        return LocalService(stack, Postgres.of(stack), folder, spec).environment({})

    def pids(self) -> dict[str, list[int]]:
        """Return the process of each unit that runs, by name."""
        return {unit["name"]: [unit["pid"]] for unit in self.ps()["units"] if unit["pid"]}

    def await_done(self, unit: str, seconds: float) -> None:
        """Wait until a one-shot has ended. Raises SystemExit when it does not in time."""
        deadline = time.monotonic() + seconds
        while any(one["name"] == unit and one["state"] != "done" for one in self.ps()["units"]):
            if time.monotonic() > deadline:
                raise SystemExit(f"{unit} is not done after {seconds:.0f} s")
            time.sleep(1)


@contextmanager
def bench(services: Sequence[Path]) -> Iterator[Bench]:
    """Make a workspace of links to these services, and clear it away with its stack."""
    with scratch_workspace(Workspace(ROOT), services) as workspace:
        made = Bench(workspace.root)
        try:
            yield made
        finally:
            made.prost("dev", "reset", "--yes", *_NAME)
