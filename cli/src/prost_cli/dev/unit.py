"""What the supervisor runs: a declaration of one process or one task."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from prost_cli.dev.probes import Probe


class Kind(StrEnum):
    """How a unit is counted: infrastructure, a service's process, or something that ends by itself."""

    SERVER = "server"
    SERVICE = "service"
    TASK = "task"


class State(StrEnum):
    """Where a unit is in its life."""

    WAITING = "waiting"
    IDLE = "idle"
    STARTING = "starting"
    READY = "ready"
    DONE = "done"
    BACKOFF = "back-off"
    FAILED = "failed"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group that a process runs as."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A process (`argv`) or a step within the supervisor (`step`), started when all of `after` are up.

    A plan is pickled, so `step` and `then` are bound methods of what can be, too.

    Two equal units need no restart: everything that matters to the process is part of the comparison.
    `stop` is the signal that asks it to end, `grace` the seconds it has for that. `version` stands in the
    comparison for what a step closes over. `patience` is how many seconds it may take to become ready, and
    `then` is called when a task has ended well. The stack is healthy without what runs in the `background`.

    A `lazy` process is started by the first connection to its `port`, and again when it has ended well. The
    supervisor holds the listening socket, which the process inherits as the descriptor in $LISTEN_FD, so
    connections wait in it while there is no process.
    """

    name: str
    kind: Kind
    argv: tuple[str, ...] = ()
    step: Callable[[], Awaitable[None]] | None = field(default=None, compare=False)
    version: str = ""
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: Path | None = None
    after: frozenset[str] = field(default=frozenset(), compare=False)
    probe: Probe | None = None
    port: int | None = None
    stop: signal.Signals = signal.SIGTERM
    grace: float = 1.5
    account: Account | None = None
    service: str | None = None
    patience: float = 60.0
    background: bool = False
    lazy: bool = False
    then: Callable[[], None] | None = field(default=None, compare=False)

    @property
    def is_task(self) -> bool:
        """Whether the unit is up once it has ended well."""
        return self.kind is Kind.TASK
