"""`python -m prost_cli.dev.guard ROOT STACK` ends what a killed supervisor leaves, where the kernel does not.

Linux ends children with their parent (see `children.py`); elsewhere this process waits for the supervisor's
lock, which it can only get when the supervisor is gone.
"""

from __future__ import annotations

import fcntl
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from prost_cli.dev.environment import inherited
from prost_cli.dev.records import RECORDS, Records
from prost_cli.dev.stack import Stack
from prost_cli.dev.unit import Kind, Unit
from prost_cli.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "guard"


def units(stack: Stack) -> Iterator[Unit]:
    """Declare the guard where it is needed."""
    if platform.system() != "Linux":
        argv = (sys.executable, "-m", __name__, str(stack.workspace.root), stack.name)
        yield Unit(NAME, Kind.SERVER, argv=argv, env=inherited(), cwd=Path("/"))


def main() -> None:
    """Wait for the end of the supervisor, then end what is left of its stack."""
    stack = Stack.open(Workspace(Path(sys.argv[1])), sys.argv[2])
    with (stack.folder / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        Records(stack.run / RECORDS).end_leftovers()


if __name__ == "__main__":
    main()
