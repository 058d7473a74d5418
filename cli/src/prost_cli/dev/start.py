"""Starting and ending a stack's supervisor."""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prost_cli.dev import control
from prost_cli.dev.environment import inherited
from prost_cli.dev.logs import log_path
from prost_cli.dev.records import RECORDS, Records
from prost_cli.dev.stack import Stack
from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prost_cli.workspace import Workspace

_DOWN_PATIENCE = 40.0
_SCRATCH = "scratch"
_BROKERS = ("valkey", "rabbitmq")
_STOREFRONTS = ("sources", "built")


def choose(
    workspace: Workspace,
    name: str,
    *,
    isolated: bool,
    broker: str | None = None,
    workers: int | None = None,
    storefront: str | None = None,
    traced: float | None = None,
    faults: bool | None = None,
) -> Stack:
    """Return the stack to start: the one of that name, or with `isolated` a new one that leaves no trace.

    Raises:
        CliError: the broker is none, or the stack runs with another one.
    """
    if isolated:
        name = next(
            candidate
            for candidate in (f"{_SCRATCH}-{number}" for number in itertools.count(1))
            if not Stack.open(workspace, candidate).is_running()
        )
        discard(Stack(workspace, name))
    stack = Stack.open(workspace, name)
    if broker is not None and broker not in _BROKERS and not broker.startswith(("amqp://", "amqps://")):
        raise CliError(f"{broker!r} is no broker.", remedy="Use valkey, rabbitmq, or an amqp:// URL.")
    if storefront is not None and storefront not in _STOREFRONTS:
        raise CliError(f"{storefront!r} is no way to serve it.", remedy=f"Use {' or '.join(_STOREFRONTS)}.")
    if stack.is_running():
        if broker not in {None, stack.broker}:
            raise CliError(
                f"The stack runs with the broker {stack.broker}.",
                remedy="End it first with `prost dev down`.",
            )
        return stack
    stack.scratch = isolated
    stack.broker = broker or stack.broker
    stack.workers = workers or stack.workers
    stack.storefront = storefront or stack.storefront
    stack.traced = stack.traced if traced is None else traced
    stack.faults = stack.faults if faults is None else faults
    stack.make_folders()
    stack.save()
    return stack


@contextmanager
def one_at_a_time(workspace: Workspace) -> Iterator[None]:
    """Let no other command choose or start a stack of this workspace meanwhile."""
    workspace.state.mkdir(exist_ok=True)
    with (workspace.state / "stacks.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def discard(stack: Stack) -> None:
    """End whatever still runs of a stack without supervisor and delete all that it stored."""
    Records(stack.run / RECORDS).end_leftovers()
    stack.remove()


def start(stack: Stack) -> bool:
    """Start the stack's supervisor in the background; False when it has one.

    Raises:
        CliError: the stack cannot start.
    """
    if stack.is_running():
        return False
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as answer, log_path(stack.logs, "supervisor").open("ab") as log:
        subprocess.Popen(  # noqa: S603  our own interpreter
            [
                sys.executable,
                "-m",
                "prost_cli.dev.supervisor",
                str(stack.workspace.root),
                stack.name,
                str(writing),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=inherited(),
            pass_fds=(writing,),
            start_new_session=True,
        )
        os.close(writing)
        # The end of the file comes when the supervisor has closed it or is gone.
        said = answer.read()
    if not said:
        raise CliError("The supervisor did not start.", remedy=f"See {log_path(stack.logs, 'supervisor')}.")
    problem = json.loads(said)
    if problem:
        raise CliError(problem["error"], remedy=problem["remedy"])
    return True


def stop(stack: Stack) -> bool:
    """End the stack and return when nothing of it runs; False when it did not run.

    Raises:
        CliError: it does not end.
    """
    if not stack.is_running():
        return False
    control.ask(stack, "down")
    await_end(stack)
    return True


def await_end(stack: Stack) -> None:
    """Wait until the stack's supervisor is gone.

    Raises:
        CliError: it does not end.
    """
    deadline = time.monotonic() + _DOWN_PATIENCE
    while stack.is_running():
        if time.monotonic() > deadline:
            raise CliError(
                f"The stack {stack.name!r} does not end.", remedy="See its log: `prost dev logs supervisor`."
            )
        time.sleep(0.02)
