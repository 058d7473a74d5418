"""What the planner tells the supervisor."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prost_cli.dev.stack import Stack
    from prost_cli.dev.unit import Unit


@dataclass(frozen=True, slots=True)
class Plan:
    """The units by name, people's addresses by what they find there, and the services' names by folder."""

    units: Mapping[str, Unit]
    urls: Mapping[str, str]
    services: Mapping[str, str]


def request(stack: Stack) -> Plan:
    """Have the stack planned from what its memory and the declarations say now; takes a moment.

    Raises:
        CliError: a declaration or a setting cannot be used, or a server is missing on this machine.
    """
    argv = [sys.executable, "-m", "prost_cli.dev.plan", str(stack.workspace.root), stack.name]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603  ourselves
    if done.returncode:
        raise CliError(f"The stack cannot be planned:\n{done.stderr.decode(errors='replace')}")
    planned = pickle.loads(done.stdout)  # noqa: S301  written by our own child a moment ago
    if isinstance(planned, CliError):
        raise planned
    assert isinstance(planned, Plan)  # noqa: S101  there is nothing else that the planner writes
    return planned
