"""`prost journey`: the built shop in a real browser, on a stack of its own that is gone afterwards."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from prost_cli.dev import control, start, view
from prost_cli.dev.stack import DEFAULT
from prost_cli.frontend import install_packages, run_script
from prost_cli.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(rich_markup_mode=None)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def journey(
    context: typer.Context,
    *,
    script: Annotated[str, typer.Option(help="Which script of frontend/package.json to run.")] = "test:e2e",
) -> None:
    """Build the shop, start a stack, run the script against it as BASE_URL, and clear the stack away."""
    workspace = Workspace.find()
    install_packages(workspace)
    with scratch_stack(workspace) as urls:
        code = run_script(workspace, script, *context.args, env={"BASE_URL": urls["gateway"]})
    raise typer.Exit(code)


@contextmanager
def scratch_stack(workspace: Workspace) -> Iterator[dict[str, str]]:
    """Run a stack with the built storefront for the length of the block; yields its URLs.

    Raises:
        CliError: it does not get healthy; the message ends with the log of what fails.
    """
    with start.one_at_a_time(workspace):
        stack = start.choose(workspace, DEFAULT, isolated=True, storefront="built")
        start.start(stack)
    try:
        # Owned: the stack ends with this process, however that ends.
        with control.statuses(stack, own=True) as statuses:
            settled = view.await_settled(stack, statuses, quiet=False)
            if settled["phase"] == "failing":
                raise view.failure(stack, settled)
            yield settled["urls"]
    finally:
        start.await_end(stack)
