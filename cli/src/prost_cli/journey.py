"""`prost journey`: the built shop in a real browser, on a stack of its own that is gone afterwards."""

from __future__ import annotations

from typing import Annotated

import typer

from prost_cli.dev.scratch import scratch_stack
from prost_cli.frontend import install_packages, run_script
from prost_cli.workspace import Workspace

app = typer.Typer(rich_markup_mode=None)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def journey(
    context: typer.Context,
    *,
    script: Annotated[str, typer.Option(help="Which script of frontend/package.json to run.")] = "test:e2e",
) -> None:
    """Build the shop, start a stack, run the script with its BASE_URL and DASHBOARD_URL, clear it away."""
    workspace = Workspace.find()
    install_packages(workspace)
    with scratch_stack(workspace, storefront="built") as scratch:
        told = {"BASE_URL": scratch.urls["gateway"], "DASHBOARD_URL": scratch.urls["dashboard"]}
        code = run_script(workspace, script, *context.args, env=told)
    raise typer.Exit(code)
