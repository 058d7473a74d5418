"""What people see of a stack: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from prost_cli.dev import memory
from prost_cli.dev.logs import LogFile, log_path
from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prost_cli.dev.control import Status
    from prost_cli.dev.stack import Stack

_COLOURS = {
    "ready": "green",
    "done": "dim",
    "idle": "dim",
    "starting": "cyan",
    "waiting": "dim",
    "back-off": "yellow",
    "failed": "red",
}
_TAIL = 25
_REMARK = 60
_TELL_EVERY = 10.0
_UP = {"ready", "done", "idle"}


def await_settled(stack: Stack, statuses: Iterator[Status], *, quiet: bool) -> Status:
    """Show the start until the stack is healthy or failing, and return that status.

    Raises:
        CliError: the supervisor ended before.
    """
    console = Console()
    shown = statuses
    if not quiet:
        shown = _live(console, statuses) if console.is_terminal else _plain(console, statuses)
    for status in shown:
        if status["phase"] in {"healthy", "failing"}:
            return status
    tail = LogFile(log_path(stack.logs, "supervisor")).tail(_TAIL)
    raise CliError("\n".join(["The stack ended while it started.", *tail]))


def announce(stack: Stack, status: Status, *, started: bool, failure: CliError | None) -> None:
    """Print how the start went and where everything is."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for notice in status["notices"]:
        console.print(f"note: {notice['text']}")
    if failure is not None:
        console.print(str(failure))
    elif started:
        console.print(f"{stack.name}: healthy after {time.time() - status['began']:.1f} s")
    else:
        console.print(f"{stack.name}: running already")
    print_urls(status)


def stay(settled: Status, statuses: Iterator[Status]) -> None:
    """Print what changes after `settled` until the stack ends."""
    console = Console(soft_wrap=True)
    console.print("Ctrl-C ends the stack. Changed files take effect by themselves.", style="dim")
    seen = time.time()
    for status in _plain(console, statuses, settled):
        for notice in status["notices"]:
            if notice["at"] > seen:
                console.print(f"note: {notice['text']}", highlight=False, markup=False)
                seen = notice["at"]


def _live(console: Console, statuses: Iterator[Status]) -> Iterator[Status]:
    with Live(console=console, transient=True, refresh_per_second=12) as live:
        for status in statuses:
            live.update(table(status, with_memory=False))
            yield status


def _plain(console: Console, statuses: Iterator[Status], before: Status | None = None) -> Iterator[Status]:
    known = {unit["name"]: unit["state"] for unit in before["units"]} if before else {}
    told = time.monotonic()
    for status in statuses:
        for unit in status["units"]:
            state = unit["state"]
            if known.get(unit["name"]) != state and state not in {"waiting", "starting"}:
                console.print(_line(unit), highlight=False, markup=False)
            known[unit["name"]] = state
        if time.monotonic() - told > _TELL_EVERY:
            told = time.monotonic()
            for unit in status["units"]:
                if unit.get("progress"):
                    console.print(f"{unit['name']}: {unit['progress']}", highlight=False, markup=False)
        yield status


def _line(unit: dict[str, Any]) -> str:
    problem = f" ({unit['problem']})" if unit["problem"] else ""
    where = f" on {unit['port']}" if unit["port"] else ""
    return f"{unit['name']}: {unit['state']}{where}{problem}"


def table(status: Status, *, with_memory: bool) -> Table:
    """Draw the units of a status; memory takes a moment to count."""
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("unit", "state", "port", "pid", "restarts", "age"):
        drawn.add_column(heading, justify="left" if heading in {"unit", "state"} else "right")
    if with_memory:
        drawn.add_column("memory", justify="right")
    now = time.time()
    for unit in status["units"]:
        state = unit["state"]
        colour = "red" if unit["failing"] else _COLOURS.get(state, "default")
        cells = [
            unit["name"],
            Text.assemble((state, colour), f" {_remark(unit)}"),
            str(unit["port"] or ""),
            str(unit["pid"] or ""),
            str(unit["restarts"] or ""),
            _age(now - unit["since"]),
        ]
        drawn.add_row(*cells, *([_mebibytes(unit["memory"])] if with_memory else []))
    return drawn


def add_memory(status: Status) -> Status:
    """Count the memory of each unit and of the supervisor, in bytes."""
    for unit in status["units"]:
        unit["memory"] = memory.of_tree(unit["pid"]) if unit["pid"] else 0
    # Children are counted with their units.
    status["memory"] = memory.proportional(status["pid"]) + sum(unit["memory"] for unit in status["units"])
    return status


def print_status(status: Status) -> None:
    """Print the table of a running stack with its memory."""
    console = Console()
    console.print(table(status, with_memory=True))
    console.print(f"[bold]{status['phase']}[/], {_mebibytes(status['memory'])} MiB in all", highlight=False)


def print_urls(status: Status) -> None:
    """Print where everything is."""
    console = Console(soft_wrap=True)
    width = max(map(len, status["urls"]))
    for name, url in status["urls"].items():
        console.print(f"  {name:<{width}}  {url}", highlight=False, markup=False)


def print_accounts(found: Mapping[str, Any]) -> None:
    """Print the seeded accounts with their password and codes."""
    console = Console(soft_wrap=True, highlight=False)
    if not found["accounts"]:
        missing = "No accounts were seeded." if found["provided"] else "No service provides identity."
        console.print(missing)
        return
    table = Table("address", "roles", "code", box=None)
    for account in found["accounts"]:
        table.add_row(account["email"], ", ".join(account["roles"]), account["code"] or "")
    console.print(table)
    console.print(f"password {found['password']}, codes change in {found['code_changes_in']} s", markup=False)


def failure(stack: Stack, status: Status) -> CliError:
    """Return the error that shows the last lines of what fails."""
    unit = next(unit for unit in status["units"] if unit["failing"])
    tail = LogFile(log_path(stack.logs, unit["name"])).tail(_TAIL)
    lines = [f"{unit['name']} fails: {unit['problem']}", *(f"  | {line}" for line in tail)]
    waiting = [other["name"] for other in status["units"] if other["state"] not in _UP and other is not unit]
    if waiting:
        lines.append(f"Not up either: {', '.join(waiting)}.")
    return CliError(
        "\n".join(lines),
        remedy="The rest keeps running and this is tried again; `prost dev down` ends it all.",
    )


def _remark(unit: dict[str, Any]) -> str:
    said = unit["problem"] or unit.get("progress")
    return said.splitlines()[0][:_REMARK] if said else ""


def _age(seconds: float) -> str:
    if seconds < 120:  # noqa: PLR2004  two minutes
        return f"{max(0, seconds):.0f}s"
    return f"{seconds / 60:.0f}m" if seconds < 7200 else f"{seconds / 3600:.0f}h"  # noqa: PLR2004  two hours


def _mebibytes(count: int) -> str:
    return f"{count / (1 << 20):.0f}" if count else ""
