"""`prost describe`: the services as their declarations tell of them, in a table, as JSON or as a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from prost_cli.errors import CliError
from prost_cli.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prost.spec import ServiceSpec

app = typer.Typer(rich_markup_mode=None)

DOCUMENT = Path("docs") / "architecture.md"
"""The document that shows the picture of the services."""

BEGIN = "<!-- begin: prost describe --into docs/architecture.md -->"
END = "<!-- end -->"


@app.command()
def describe(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_mermaid: Annotated[bool, typer.Option("--mermaid", help="Print a Mermaid flowchart.")] = False,
    into: Annotated[
        Path | None, typer.Option(help="Bring the picture in this Markdown file up to date.", dir_okay=False)
    ] = None,
) -> None:
    """Show who the services are, what they need, whom they call and which events go between them."""
    specs = list(Workspace.find().specs().values())
    if into is not None:
        into.write_text(with_picture(into.read_text(encoding="utf-8"), specs), encoding="utf-8")
    elif as_json:
        typer.echo(json.dumps([summary(spec) for spec in specs], indent=2))
    elif as_mermaid:
        typer.echo(mermaid(specs))
    else:
        _print_table(specs)


def summary(spec: ServiceSpec) -> dict[str, Any]:
    """Return a declaration as JSON, every default filled in."""
    return spec.model_dump(mode="json")


def mermaid(specs: Iterable[ServiceSpec]) -> str:
    """Draw who calls whom (lines), who hears of what (dotted) and where each keeps its data."""
    services = sorted(specs, key=lambda spec: spec.name)
    return "\n".join(["flowchart LR", *(f"    {line}" for line in _lines(services))])


def with_picture(text: str, specs: Iterable[ServiceSpec]) -> str:
    """Replace the picture between the markers of a Markdown text.

    Raises:
        CliError: the text has no markers.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise CliError(
            "The document has no place for the picture.", remedy=f"Add the lines {BEGIN} and {END}."
        )
    return f"{before}{BEGIN}\n\n```mermaid\n{mermaid(specs)}\n```\n\n{END}{after}"


def _lines(services: list[ServiceSpec]) -> Iterator[str]:
    yield "browser([Browser]) --> gateway{{Gateway}}"
    yield "gateway --> storefront[Storefront]"
    for spec in services:
        yield f"{_node(spec.name)}[{spec.name}]"
    for spec in services:
        node = _node(spec.name)
        if spec.http is not None and spec.http.public:
            yield f'gateway -->|"{spec.http.prefix}"| {node}'
        for prefix, bucket in spec.http.media.items() if spec.http is not None else ():
            yield f'gateway -->|"{prefix}"| bucket_{_node(bucket)}'
        for callee in spec.callees:
            yield f"{node} --> {_node(callee)}"
        yield from _stores(spec)
    for publisher in services:
        for consumer in services:
            heard = sorted(set(publisher.events.publishes) & set(consumer.events.consumes))
            names = "<br>".join(event.partition(".")[2] for event in heard)
            if heard:
                yield f'{_node(publisher.name)} -. "{names}" .-> {_node(consumer.name)}'


def _stores(spec: ServiceSpec) -> Iterator[str]:
    node = _node(spec.name)
    if spec.needs.postgres:
        yield f'{node} --- {node}_database[("PostgreSQL<br>{spec.name}")]'
    if spec.needs.redis:
        yield f"{node} --- redis[(Redis)]"
    for bucket in spec.needs.objects:
        yield f'{node} --- bucket_{_node(bucket)}[("S3<br>{bucket}")]'


def _node(name: str) -> str:
    # "end" and the like are words of Mermaid's; none of them has an underscore behind it.
    return f"{name.replace('-', '_')}_"


def _print_table(specs: Iterable[ServiceSpec]) -> None:
    from rich.console import Console  # noqa: PLC0415  JSON and pictures need no Rich.
    from rich.table import Table  # noqa: PLC0415

    table = Table("service", "at the gateway", "needs", "calls", "publishes", "consumes", box=None)
    for spec in specs:
        stores = [name for name in ("postgres", "redis") if getattr(spec.needs, name)]
        lists = (
            [*stores, *spec.needs.objects],
            spec.callees,
            # A published event begins with the service's own name.
            [event.partition(".")[2] for event in spec.events.publishes],
            spec.events.consumes,
        )
        prefix = spec.http.prefix if spec.http is not None else ""
        table.add_row(f"[bold]{spec.name}[/]", prefix, *map("\n".join, lists))
    Console().print(table)
