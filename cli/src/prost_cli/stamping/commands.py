"""`prost new-service` and `prost upgrade` on the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from prost_cli.describe import DOCUMENT, with_picture
from prost_cli.errors import CliError
from prost_cli.stamping.new_service import stamp
from prost_cli.stamping.upgrade import ANSWERS, check, upgrade
from prost_cli.workspace import Workspace, find_root

console = Console(highlight=False)
new_service_app = typer.Typer(rich_markup_mode=None)
upgrade_app = typer.Typer(rich_markup_mode=None)
APPS = {"new-service": new_service_app, "upgrade": upgrade_app}


@new_service_app.command()
def new_service(
    name: Annotated[str, typer.Argument(help="The service's noun, such as `loyalty`.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder to stamp into, outside the workspace if you like.")
    ] = None,
    summary: Annotated[str | None, typer.Option(help="What it does, in one sentence.")] = None,
    entity: Annotated[str | None, typer.Option(help="The noun of its first resource, singular.")] = None,
    entities: Annotated[str | None, typer.Option(help="The same noun in the plural.")] = None,
) -> None:
    """Stamp a complete service; a running `prost dev up` picks it up."""
    try:
        root = find_root()
    except CliError:
        root = None
    if out is None and root is None:
        raise CliError("There is no workspace here to stamp into.", remedy="Name a folder with --out DIR.")
    place = out.resolve() / name if out is not None else _services(root) / name
    given = {"summary": summary, "entity": entity, "entities": entities}
    version = stamp(root, name, place, {key: value for key, value in given.items() if value is not None})
    if root is not None and place.is_relative_to(root):
        _install(place)
        _show_in_picture(Workspace(root))
    console.print(f"Stamped [bold]{name}[/] into {place} from template {version}.")
    console.print("Next: read its README.md, then `prost dev up` shows it, or a running one has it already.")


def _services(root: Path | None) -> Path:
    assert root is not None  # noqa: S101  the caller has refused that
    return Workspace(root).services


def _show_in_picture(workspace: Workspace) -> None:
    """Draw the service into the architecture's picture, which `prost check` holds to the declarations."""
    document = workspace.root / DOCUMENT
    if document.is_file():
        text = document.read_text(encoding="utf-8")
        document.write_text(with_picture(text, workspace.specs().values()), encoding="utf-8")


def _install(service: Path) -> None:
    """Make the service importable in the workspace's environment, without any network."""
    done = subprocess.run(  # noqa: S603  our own interpreter and our own folder
        [
            *(str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--offline"),
            *("--python", sys.executable, "--no-deps", "--no-build-isolation", "--editable", str(service)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CliError(f"{service} was stamped, but not installed: {done.stderr.strip()}")


@upgrade_app.command(name="upgrade")
def upgrade_services(
    names: Annotated[
        list[str] | None, typer.Argument(help="Services to upgrade; all when none is named.")
    ] = None,
    *,
    only_check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail if any lags or was edited.")
    ] = False,
) -> None:
    """Bring the template's newest version into stamped services."""
    workspace = Workspace.find()
    stamped = {path.parent.name: path.parent for path in sorted(workspace.services.glob(f"*/{ANSWERS}"))}
    unknown = sorted(set(names or ()) - stamped.keys())
    if unknown:
        raise CliError(
            f"Not stamped from the template: {', '.join(unknown)}.", remedy=f"Known: {', '.join(stamped)}."
        )
    chosen = [stamped[name] for name in names or stamped]
    if only_check:
        findings = check(workspace.root, chosen)
        for finding in findings:
            console.print(f"[red]{finding.place}[/]: {finding.problem}; {finding.remedy}", soft_wrap=True)
        if findings:
            raise typer.Exit(1)
        console.print(f"{len(chosen)} services are as the template has them.")
        return
    rejected = False
    for service in chosen:
        before, after, rejects = upgrade(workspace.root, service)
        console.print(f"{service.name}: " + (f"{before} → {after}" if before != after else f"is at {after}"))
        for path in rejects:
            rejected = True
            console.print(f"  [red]did not merge[/]: see {path}", soft_wrap=True)
    if rejected:
        raise typer.Exit(1)
