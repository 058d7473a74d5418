"""`prost frontend`: the storefront's scripts, with Node and its packages found or fetched."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Annotated

import typer

from prost_cli.dev.servers import storefront
from prost_cli.errors import CliError
from prost_cli.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command()
def install() -> None:
    """Install the storefront's packages, unless these very ones are there."""
    install_packages(Workspace.find())


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(
    script: Annotated[str, typer.Argument(help="A script of frontend/package.json.")], context: typer.Context
) -> None:
    """Run a script; what follows its name is passed on to it."""
    workspace = Workspace.find()
    install_packages(workspace)
    raise typer.Exit(run_script(workspace, script, *context.args))


def install_packages(workspace: Workspace) -> None:
    """Install the storefront's packages, unless these very ones are there.

    Raises:
        CliError: there is no storefront or no node, or the installation failed.
    """
    for unit in storefront.installation(workspace):
        typer.echo(f"{unit.name} ...")
        if subprocess.run(unit.argv, cwd=unit.cwd, env=dict(unit.env), check=False).returncode:  # noqa: S603
            raise CliError(
                f"{unit.name} failed; its messages are above.", remedy="Is the network there? ./prost doctor"
            )
        if unit.then is not None:
            unit.then()


def run_script(
    workspace: Workspace, script: str, *arguments: str, env: Mapping[str, str] | None = None
) -> int:
    """Run a script of the storefront and return its exit code; its packages are there."""
    node = storefront.find_node()
    command = [str(node), str(storefront.npm(node)), "run", "--silent", script, "--", *arguments]
    environment = {**storefront.environment(node), **(env or {})}
    return subprocess.run(command, cwd=workspace.frontend, env=environment, check=False).returncode  # noqa: S603
