"""`prost events`: the dead letters of the running stack's services, listed and tried again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from prost_cli.dev.control import NotRunningError
from prost_cli.dev.stack import DEFAULT, Stack
from prost_cli.errors import CliError
from prost_cli.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="List what services could not handle, and have it tried again.",
)

StackName = Annotated[str, typer.Option("--stack", help="Which stack.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def dead(
    service: Annotated[str | None, typer.Argument(help="Whose; all services' if none.")] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many of each service, the latest first.")] = 100,
    stack: StackName = DEFAULT,
    as_json: Json = False,
) -> None:
    """List events that were tried too often, or could not be read, and why."""
    letters = list(_letters(_databases(Stack.open(Workspace.find(), stack), service), limit))
    if as_json:
        typer.echo(json.dumps({"items": letters}))
    else:
        typer.echo("\n".join(map(_line, letters)) or "There are no dead letters.")


@app.command()
def redrive(
    service: Annotated[str, typer.Argument(help="Whose.")],
    ids: Annotated[
        list[str] | None, typer.Argument(help="Which events, as `prost events dead` lists them.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All dead letters of the service.")] = False,
    stack: StackName = DEFAULT,
    as_json: Json = False,
) -> None:
    """Have a service try dead letters again; what cannot be read stays dead."""
    if bool(ids) is everything:
        raise CliError("Which events is not clear.", remedy="Name their ids, or say --all.")
    url = _databases(Stack.open(Workspace.find(), stack), service)[service]
    moved = _redrive(service, url, None if everything else ids)
    if as_json:
        typer.echo(json.dumps({"redriven": moved}))
    else:
        typer.echo(f"{moved} {'event is' if moved == 1 else 'events are'} tried again.")
    if ids and moved < len(set(ids)):
        raise CliError(
            f"{len(set(ids)) - moved} of them are no dead letters of {service} that can be read.",
            remedy=f"See `prost events dead {service}`.",
        )


def _databases(stack: Stack, service: str | None) -> dict[str, str]:
    """Return the databases in which events may lie, by service.

    Raises:
        NotRunningError: the stack does not run.
        CliError: the service consumes none, or is unknown.
    """
    from prost_cli.dev.databases import database_url  # noqa: PLC0415  its drivers are for those who ask

    if not stack.is_running():
        raise NotRunningError(stack)
    found = {
        spec.name: database_url(stack, spec.name)
        for spec in stack.workspace.specs().values()
        if spec.needs.postgres and spec.events.consumes
    }
    if service is None:
        return found
    if service not in found:
        raise CliError(
            f"{service!r} is no service that consumes events.", remedy=f"They are {', '.join(found)}."
        )
    return {service: found[service]}


def _letters(databases: Mapping[str, str], limit: int) -> Iterator[dict[str, Any]]:
    from prost_cli.devtools import boxes  # noqa: PLC0415  see above

    for service, url in databases.items():
        letters = boxes.dead(url, limit)
        if letters is None:
            raise _unreachable(service)
        yield from ({"service": service, **letter} for letter in letters)


def _redrive(service: str, url: str, ids: Sequence[str] | None) -> int:
    from prost_cli.devtools import boxes  # noqa: PLC0415  see above

    moved = boxes.redrive(url, ids)
    if moved is None:
        raise _unreachable(service)
    return moved


def _unreachable(service: str) -> CliError:
    return CliError(f"The inbox of {service} cannot be reached.", remedy="See `prost dev ps`.")


def _line(letter: Mapping[str, Any]) -> str:
    died = datetime.fromtimestamp(letter["died_at"], UTC).isoformat(timespec="seconds")
    return (
        f"{letter['service']}  {letter['id']}  {letter['type']}  {died}"
        f"  after {letter['attempts']} attempts: {letter['error']}"
    )
