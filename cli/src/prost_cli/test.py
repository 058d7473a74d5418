"""`prost test`: the default sessions of the noxfile, with all of their set-up."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer

from prost_cli.workspace import find_root

app = typer.Typer(rich_markup_mode=None)


@app.command()
def test(
    sessions: Annotated[
        list[str] | None, typer.Argument(help="Sessions of the noxfile; the default ones if none.")
    ] = None,
    *,
    show: Annotated[bool, typer.Option("--list", help="List the sessions and stop.")] = False,
) -> None:
    """Run the tests of the workspace; `prost test sdk cli` runs some of them."""
    root = find_root()
    command = [sys.executable, "-m", "nox", "--noxfile", str(root / "noxfile.py")]
    if show:
        command.append("--list")
    elif sessions:
        command += ["--sessions", *sessions]
    raise typer.Exit(subprocess.run(command, cwd=root, check=False).returncode)  # noqa: S603  nox, on our own file
