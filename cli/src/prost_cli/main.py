"""The root of the `prost` command: each sub-command is imported when it is called, not before."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, tuple[str, str]] = {
    "dev": ("prost_cli.dev.commands", "Run the whole stack on this machine."),
    "new-service": ("prost_cli.stamping.commands", "Stamp a complete service from the template."),
    "upgrade": ("prost_cli.stamping.commands", "Bring the template's changes into stamped services."),
    "check": ("prost_cli.check", "Hold declarations and code together and list every problem."),
    "events": ("prost_cli.events", "List what services could not handle, and have it tried again."),
    "describe": ("prost_cli.describe", "Show what the services declare."),
    "render": ("prost_cli.gateway.commands", "Render configuration from the declarations."),
    "frontend": ("prost_cli.frontend", "Install the storefront's packages and run its scripts."),
    "journey": ("prost_cli.journey", "Run the storefront's browser tests on a stack of their own."),
    "test": ("prost_cli.test", "Run the tests of the workspace."),
    "doctor": ("prost_cli.doctor", "Look for what keeps the stack from running here."),
}
"""Each command's module and help. The module has its Typer app as `app`, or in `APPS` if it has several."""


def load(name: str) -> Any:
    """Import the command `name` and return it in the form that Typer's groups hold."""
    module = import_module(COMMANDS[name][0])
    command = typer.main.get_command(getattr(module, "APPS", {}).get(name) or module.app)
    command.name = name
    return command


class LazyGroup(TyperGroup):
    """A group that knows its commands' names and help, and imports one when it is about to run."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        for name, (_, text) in COMMANDS.items():
            self.commands[name] = TyperCommand(name, help=text, rich_markup_mode=None)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Replace the entry that matched by the command itself."""
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and command is not None:
            command = load(name)
        return name, command, rest


app = typer.Typer(
    name="prost",
    cls=LazyGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Build, run and check the services of this workspace.",
)


@app.callback()
def root() -> None:
    """Build, run and check the services of this workspace."""


def main() -> None:
    """Run the command line; a CliError is printed with its remedy and becomes the exit code."""
    try:
        app(prog_name="prost")
    except CliError as error:
        sys.stderr.write(f"prost: {error.message}\n")
        if error.remedy:
            sys.stderr.write(f"       {error.remedy}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
