"""The dashboard, telemetry receiver, mail inbox and stand-in issuer: one process of our own."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from prost_cli.dev.environment import inherited
from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.probes import HttpAnswers
from prost_cli.dev.unit import Kind, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prost_cli.dev.stack import Stack

NAME = "devtools"


def dashboard(stack: Stack) -> str:
    """Return the dashboard's address."""
    return f"http://{LOOPBACK}:{stack.port(NAME)}"


def issuer(stack: Stack) -> str:
    """Return the issuer that tokens name while no service provides identity."""
    return f"{dashboard(stack)}/issuer"


def otlp(stack: Stack) -> str:
    """Return the base URL of the OTLP/HTTP receiver."""
    return f"http://{LOOPBACK}:{stack.port(f'{NAME}:otlp')}"


def mail(stack: Stack) -> str:
    """Return the URL of the mail server whose inbox the dashboard shows."""
    return f"smtp://{LOOPBACK}:{stack.port(f'{NAME}:mail')}"


def units(
    stack: Stack,
    gateway: str,
    databases: Mapping[str, str | None],
    identity: Mapping[str, object] | None,
) -> list[Unit]:
    """Declare the process and write its configuration.

    `databases` are connection URLs by service, `identity` says how the provider's own commands are run.
    """
    data = stack.data / NAME
    data.mkdir(exist_ok=True)
    file = stack.run / "devtools.json"
    draft = file.with_suffix(".part")
    draft.touch(0o600)
    draft.write_text(
        json.dumps(
            {
                "http_port": stack.port(NAME),
                "otlp_port": stack.port(f"{NAME}:otlp"),
                "smtp_port": stack.port(f"{NAME}:mail"),
                "data_dir": str(data),
                "log_dir": str(stack.logs),
                "control_socket": str(stack.socket),
                "issuer": issuer(stack),
                "identity": identity,
                "gateway": gateway,
                "services": [{"name": name, "database_url": url} for name, url in databases.items()],
            }
        )
    )
    draft.replace(file)
    return [
        Unit(
            NAME,
            Kind.SERVER,
            argv=(sys.executable, "-m", "prost_cli.devtools", "--config", str(file)),
            env=inherited(),
            cwd=stack.workspace.root,
            probe=HttpAnswers(stack.port(NAME), "/issuer/jwks.json"),
            port=stack.port(NAME),
        )
    ]
