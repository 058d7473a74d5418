"""The supervisor's control socket: one JSON object a line, each way.

A request is `{"do": "status"}`, or `wait`, `restart` (`{"names": [...]}`), `down`, `attach` or `own`. The
answer is one line; `attach` and `own` answer with a status at every change and every second, and when the
connection of an `own` ends, so does the stack.
"""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prost_cli.dev.stack import Stack

Status = dict[str, Any]
"""{"stack", "pid", "phase", "urls", "units": [...], "notices": [...]}; see `Supervisor.status`."""


class NotRunningError(CliError):
    """The stack has no supervisor."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(f"The stack {stack.name!r} is not running.", remedy="Start it with `prost dev up`.")


def ask(stack: Stack, do: str, **details: Any) -> Status:
    """Send one request and return its answer; waits as long as the supervisor needs.

    Raises:
        NotRunningError: nobody listens.
        CliError: the supervisor refused; the message is its own.
    """
    with _request(stack, do, details) as answers:
        for answer in answers:
            if "error" in answer:
                raise CliError(answer["error"], remedy=answer.get("remedy", ""))
            return answer
    raise CliError(
        "The supervisor ended without an answer.", remedy="See its log: `prost dev logs supervisor`."
    )


@contextmanager
def statuses(stack: Stack, *, own: bool = False) -> Iterator[Iterator[Status]]:
    """Iterate over the statuses until the supervisor ends; with `own`, leaving the block ends the stack."""
    with _request(stack, "own" if own else "attach", {}) as answers:
        yield answers


@contextmanager
def _request(stack: Stack, do: str, details: dict[str, Any]) -> Iterator[Iterator[Status]]:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(stack.socket))
        except OSError as error:
            raise NotRunningError(stack) from error
        connection.sendall(json.dumps({"do": do, **details}).encode() + b"\n")
        with connection.makefile("rb") as lines:
            yield (json.loads(line) for line in lines)
