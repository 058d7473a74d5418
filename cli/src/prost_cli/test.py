"""`prost test`: the default sessions of the noxfile, with all of their set-up, several at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from prost_cli.errors import CliError
from prost_cli.workspace import find_root

if TYPE_CHECKING:
    from pathlib import Path

# Most sessions wait for servers and browsers for half of their time; more at once would only
# wear down the patience of those that watch processes start.
_MOST_AT_ONCE = 2
# What failed is told again at the end, where whoever reads the log looks first.
_LINES_TOLD_AGAIN = 120

app = typer.Typer(rich_markup_mode=None)


class Session(NamedTuple):
    """A session of the noxfile; of those that share a tag one runs at a time."""

    name: str
    tags: frozenset[str]


class Outcome(NamedTuple):
    """What became of a session: nox's exit code, what was printed, and how many seconds it took."""

    session: Session
    code: int
    output: bytes
    seconds: float


@app.command()
def test(
    sessions: Annotated[
        list[str] | None, typer.Argument(help="Sessions of the noxfile; the default ones if none.")
    ] = None,
    *,
    at_once: Annotated[
        int, typer.Option(min=1, help="How many sessions run at once; 1 prints as they go.")
    ] = min(_MOST_AT_ONCE, os.cpu_count() or 1),
    show: Annotated[bool, typer.Option("--list", help="List the sessions and stop.")] = False,
) -> None:
    """Run the tests of the workspace; `prost test sdk cli` runs some of them."""
    root = find_root()
    chosen = ["--sessions", *sessions] if sessions else []
    if show or at_once == 1:
        listing = ["--list"] if show else []
        command = _nox(root, *chosen, *listing)
        raise typer.Exit(subprocess.run(command, cwd=root, check=False).returncode)  # noqa: S603  nox, on our own file
    outcomes = run_sessions(root, _sessions(root, chosen), at_once)
    failed = [outcome for outcome in outcomes if outcome.code]
    for outcome in failed:
        typer.echo(f"prost: {outcome.session.name} failed, and said at its end:")
        typer.echo(b"".join(outcome.output.splitlines(keepends=True)[-_LINES_TOLD_AGAIN:]), nl=False)
    for session, code, _, seconds in outcomes:
        typer.echo(f"{seconds:7.0f} s  {'FAILED' if code else 'passed'}  {session.name}")
    raise typer.Exit(int(bool(failed)))


def run_sessions(root: Path, sessions: list[Session], at_once: int) -> list[Outcome]:
    """Run so many at once, in their order as far as tags allow; print what each said when it has ended."""
    waiting, running, ended = list(sessions), dict[Future[Outcome], Session](), list[Outcome]()
    with ThreadPoolExecutor(at_once) as pool:
        while waiting or running:
            taken = frozenset[str]().union(*(session.tags for session in running.values()))
            following = next((session for session in waiting if not session.tags & taken), None)
            if following is not None and len(running) < at_once:
                waiting.remove(following)
                typer.echo(f"prost: {following.name} begins")
                running[pool.submit(_run, root, following)] = following
                continue
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                del running[future]
                ended.append(future.result())
                _print(ended[-1])
    return ended


def _run(root: Path, session: Session) -> Outcome:
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603  nox, on our own file
        _nox(root, "--force-color" if sys.stdout.isatty() else "--no-color", "--sessions", session.name),
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return Outcome(session, done.returncode, done.stdout, time.monotonic() - began)


def _print(outcome: Outcome) -> None:
    typer.echo(outcome.output, nl=False)
    typer.echo(f"prost: {outcome.session.name} ended after {outcome.seconds:.0f} s")


def _sessions(root: Path, chosen: list[str]) -> list[Session]:
    """List what nox would run.

    Raises:
        CliError: nox does not know a session.
    """
    command = _nox(root, "--list", "--json", *chosen)
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603  nox, on our own file
    if done.returncode:
        raise CliError(done.stderr.strip(), remedy="`prost test --list` names the sessions.")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return [Session(one["session"], frozenset(one["tags"])) for one in found]


def _nox(root: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "nox", "--noxfile", str(root / "noxfile.py"), *arguments]
