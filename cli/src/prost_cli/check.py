"""`prost check`: every place where declarations, code and documents say different things."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated

import typer

from prost.spec import FILE_NAME, ServiceSpec, SpecError
from prost_cli.checking.code import CodeCheck
from prost_cli.checking.findings import Finding
from prost_cli.checking.landscape import check_landscape
from prost_cli.describe import DOCUMENT, with_picture
from prost_cli.errors import CliError
from prost_cli.gateway import GatewaySettings
from prost_cli.gateway.settings import FILE_NAME as GATEWAY_FILE
from prost_cli.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

app = typer.Typer(rich_markup_mode=None)

_PARALLEL = 4


@app.command()
def check(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    since: Annotated[
        str, typer.Option(help="Git revision whose event contracts consumers may have been written for.")
    ] = "HEAD",
) -> None:
    """Hold declarations and code together and list every problem; exit code 1 when there is one."""
    workspace = Workspace.find()
    findings = sorted(find(workspace, since=since))
    if as_json:
        typer.echo(json.dumps({"findings": [finding.as_dict() for finding in findings]}, indent=2))
    else:
        _print(findings, len(workspace.service_folders()))
    raise typer.Exit(1 if findings else 0)


def find(workspace: Workspace, *, since: str = "HEAD") -> list[Finding]:
    """Return all that is wrong in a workspace; contracts are compared with the Git revision `since`."""
    specs, findings = _load(workspace)
    findings += check_landscape(workspace.root, specs)
    findings += _gateway(workspace)
    findings += _picture(workspace, specs)
    checks = [CodeCheck(workspace.root, folder, spec, since) for folder, spec in specs.items()]
    with ThreadPoolExecutor(_PARALLEL) as pool:
        for found in pool.map(CodeCheck.run, checks):
            findings += found
    return findings


def _load(workspace: Workspace) -> tuple[dict[Path, ServiceSpec], list[Finding]]:
    """Load what can be loaded, so that one broken declaration does not hide the others' problems."""
    specs: dict[Path, ServiceSpec] = {}
    findings: list[Finding] = []
    for folder in workspace.service_folders():
        try:
            spec = ServiceSpec.load(folder)
        except SpecError as error:
            findings += (
                Finding.at(workspace.root, error.path, f"{fault.field}: {fault.message}", "Correct it.")
                for fault in error.problems
            )
            continue
        if any(spec.name == other.name for other in specs.values()):
            problem = f"another service is named {spec.name!r}, too"
            findings.append(Finding.at(workspace.root, folder / FILE_NAME, problem, "Choose another name."))
        else:
            specs[folder] = spec
    return specs, findings


def _gateway(workspace: Workspace) -> Iterator[Finding]:
    try:
        GatewaySettings.load(workspace.services / "gateway")
    except CliError as error:
        file = workspace.services / "gateway" / GATEWAY_FILE
        yield Finding.at(workspace.root, file, error.message, error.remedy)


def _picture(workspace: Workspace, specs: Mapping[Path, ServiceSpec]) -> Iterator[Finding]:
    document = workspace.root / DOCUMENT
    if not document.is_file():
        return
    text = document.read_text(encoding="utf-8")
    try:
        if with_picture(text, specs.values()) == text:
            return
        problem, remedy = "its picture of the services lags", f"Run `prost describe --into {DOCUMENT}`."
    except CliError as error:
        problem, remedy = error.message, error.remedy
    yield Finding.at(workspace.root, document, problem, remedy)


def _print(findings: list[Finding], services: int) -> None:
    for file, group in groupby(findings, key=attrgetter("file")):
        typer.secho(file, bold=True)
        for finding in group:
            typer.echo(f"  {finding.problem}\n    {finding.remedy}")
    count = len(findings)
    typer.echo(f"{services} services, {count} {'problem' if count == 1 else 'problems'}")
