"""`prost dev`: the whole stack on this machine."""

from __future__ import annotations

import json
import os
import sys
from typing import Annotated

import typer

from prost_cli.dev import control, logs
from prost_cli.dev.stack import DEFAULT, Stack
from prost_cli.errors import CliError
from prost_cli.workspace import Workspace

app = typer.Typer(
    name="dev",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Run the whole stack on this machine.",
)

StackName = Annotated[str, typer.Option("--stack", help="Which stack.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def up(
    *,
    stack: StackName = DEFAULT,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when all is healthy.")] = False,
    isolated: Annotated[
        bool, typer.Option("--isolated", help="A stack beside others, thrown away at its end.")
    ] = False,
    broker: Annotated[
        str | None, typer.Option(help="valkey (unless told before), rabbitmq, or an amqp:// URL.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=32, help="Workers of each web process, 1 unless told before.")
    ] = None,
    storefront: Annotated[
        str | None, typer.Option(help="sources (unless told before), or built as for production.")
    ] = None,
    traced: Annotated[
        float | None, typer.Option(min=0, max=1, help="The share of requests traced, 1 unless told before.")
    ] = None,
    faults: Annotated[
        bool | None, typer.Option(help="Arm fault points by files in run/faults, off unless told before.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Start the stack. Ctrl-C ends it; with --detach it goes on in the background."""
    from prost_cli.dev import start, view  # noqa: PLC0415  only here is drawn on the terminal

    workspace = Workspace.find()
    with start.one_at_a_time(workspace):
        chosen = start.choose(
            workspace,
            stack,
            isolated=isolated,
            broker=broker,
            workers=workers,
            storefront=storefront,
            traced=traced,
            faults=faults,
        )
        started = start.start(chosen)
    owned = started and not detach
    try:
        with control.statuses(chosen, own=owned) as statuses:
            settled = view.await_settled(chosen, statuses, quiet=as_json)
            failure = view.failure(chosen, settled) if settled["phase"] == "failing" else None
            if failure is not None and detach:
                raise failure
            if as_json:
                typer.echo(json.dumps({"stack": chosen.name, **settled["urls"]}))
            else:
                view.announce(chosen, settled, started=started, failure=failure)
            if not detach:
                view.stay(settled, statuses)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
    except CliError:
        if started and chosen.scratch:
            start.stop(chosen)
        raise
    if owned:
        sys.stderr.write("stopping\n")
        start.await_end(chosen)


@app.command()
def down(stack: StackName = DEFAULT) -> None:
    """End the stack; its data stays."""
    from prost_cli.dev import start  # noqa: PLC0415

    chosen = Stack.open(Workspace.find(), stack)
    typer.echo("The stack has ended." if start.stop(chosen) else "The stack was not running.")


@app.command()
def ps(stack: StackName = DEFAULT, *, as_json: Json = False) -> None:
    """Show every process with its state, port and memory (proportional set size)."""
    from prost_cli.dev import view  # noqa: PLC0415

    status = view.add_memory(control.ask(Stack.open(Workspace.find(), stack), "status"))
    if as_json:
        typer.echo(json.dumps(status))
    else:
        view.print_status(status)


@app.command()
def urls(stack: StackName = DEFAULT, *, as_json: Json = False) -> None:
    """Show where everything is."""
    from prost_cli.dev import view  # noqa: PLC0415

    status = control.ask(Stack.open(Workspace.find(), stack), "status")
    if as_json:
        typer.echo(json.dumps(status["urls"]))
    else:
        view.print_urls(status)


@app.command()
def wait(stack: StackName = DEFAULT) -> None:
    """Return when the running stack is healthy; fail with the last log lines of what is not."""
    from prost_cli.dev import view  # noqa: PLC0415

    chosen = Stack.open(Workspace.find(), stack)
    status = control.ask(chosen, "wait")
    if status["phase"] != "healthy":
        raise view.failure(chosen, status)


@app.command()
def restart(
    names: Annotated[list[str], typer.Argument(help="Services or single units, as `dev ps` names them.")],
    stack: StackName = DEFAULT,
) -> None:
    """Restart services and return when they are up again."""
    from prost_cli.dev import view  # noqa: PLC0415

    chosen = Stack.open(Workspace.find(), stack)
    status = control.ask(chosen, "restart", names=names)
    if status["phase"] == "failing":
        raise view.failure(chosen, status)


@app.command("logs")
def show_logs(
    names: Annotated[list[str] | None, typer.Argument(help="Services or single units; all if none.")] = None,
    *,
    stack: StackName = DEFAULT,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written next.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of each to begin with.")] = 50,
) -> None:
    """Show what the processes have written."""
    chosen = Stack.open(Workspace.find(), stack)
    files = logs.files(chosen.logs, names or ())
    if not files:
        raise CliError(
            f"There is no log of {' or '.join(names or ['this stack'])}.", remedy="See `prost dev ps`."
        )
    try:
        for name, line in logs.last_lines(files, lines):
            typer.echo(f"{name} | {line}")
        if follow:
            for name, line in logs.follow(chosen.logs, names or ()):
                typer.echo(f"{name} | {line}")
    except (KeyboardInterrupt, BrokenPipeError):
        # The reader has seen enough.
        sys.stderr.close()


@app.command()
def reset(
    stack: StackName = DEFAULT,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """End the stack and delete all its data."""
    from prost_cli.dev import start  # noqa: PLC0415

    workspace = Workspace.find()
    # Opened without reading its memory: a damaged stack is what this command is for.
    chosen = Stack(workspace, stack)
    if not yes:
        typer.confirm(f"Delete all data of the stack {stack!r}?", abort=True)
    start.stop(chosen)
    start.discard(chosen)
    typer.echo("The stack's data is gone.")


@app.command()
def psql(
    service: Annotated[str, typer.Argument(help="Whose database.")],
    *,
    command: Annotated[str | None, typer.Option("--command", "-c", help="Run this SQL and return.")] = None,
    stack: StackName = DEFAULT,
) -> None:
    """Open psql on a service's database, as the service itself."""
    from prost_cli.dev.servers import postgres  # noqa: PLC0415

    chosen = Stack.open(Workspace.find(), stack)
    password = chosen.secrets.get(f"{service}:database")
    if password is None:
        known = [
            purpose.removesuffix(":database") for purpose in chosen.secrets if purpose.endswith(":database")
        ]
        raise CliError(
            f"The stack has no database of {service!r}.",
            remedy=f"It has {', '.join(known)}." if known else "Start it with `prost dev up`.",
        )
    program = postgres.psql_program()
    arguments = [str(program), *postgres.connection(chosen.ports[postgres.NAME], service)]
    if command is not None:
        arguments += ["-c", command]
    os.execvpe(arguments[0], arguments, {**os.environ, "PGPASSWORD": password})  # noqa: S606


@app.command()
def token(
    *,
    role: Annotated[
        list[str] | None, typer.Option(help="A role, repeatable; an account's own, or customer, if none.")
    ] = None,
    subject: Annotated[
        str, typer.Option(help="Whom the token speaks for; of a seeded account the address does.")
    ] = "dev",
    stack: StackName = DEFAULT,
) -> None:
    """Print an access token for the running stack: `curl -H "Authorization: Bearer $(prost dev token)"`."""
    from prost_cli.dev.tokens import request_token  # noqa: PLC0415

    roles = role or (None if "@" in subject else ["customer"])
    typer.echo(request_token(Stack.open(Workspace.find(), stack), subject, roles))


@app.command()
def accounts(stack: StackName = DEFAULT, *, as_json: Json = False) -> None:
    """Show who can sign in to the running stack's shop, with the password and the codes of this moment."""
    from prost_cli.dev import view  # noqa: PLC0415
    from prost_cli.dev.tokens import request_accounts  # noqa: PLC0415

    found = request_accounts(Stack.open(Workspace.find(), stack))
    if as_json:
        typer.echo(json.dumps(found))
    else:
        view.print_accounts(found)


@app.command()
def invariants(
    stack: StackName = DEFAULT,
    *,
    settled: Annotated[
        bool, typer.Option("--settled", help="Nothing is under way: count what waits.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List what does not hold in the services, their outboxes and between them; exit code 1 if anything."""
    from prost_cli.dev import invariants as checks  # noqa: PLC0415

    found = checks.find(Stack.open(Workspace.find(), stack), settled=settled)
    if as_json:
        typer.echo(json.dumps({"items": found}))
    else:
        typer.echo("\n".join(checks.lines(found)) or "Everything holds.")
    if found:
        raise typer.Exit(1)
