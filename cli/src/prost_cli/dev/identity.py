"""Whose tokens the stack believes: those of the service that provides identity, or of a stand-in."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from prost_cli.clients import service_clients
from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.servers import devtools, gateway
from prost_cli.errors import CliError
from prost_cli.gateway import Identity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prost_cli.dev.services import LocalService
    from prost_cli.dev.stack import Stack


def of(stack: Stack, services: Mapping[str, LocalService]) -> Identity:
    """Return whose tokens count.

    Raises:
        CliError: several services provide identity.
    """
    found = provider(services)
    if found is None:
        return Identity(issuer=devtools.issuer(stack), jwks_url=f"{devtools.issuer(stack)}/jwks.json")
    assert found.spec.http is not None  # noqa: S101  no declaration that provides identity lacks it
    return Identity.provided(found.spec.http, gateway.url(stack), f"{LOOPBACK}:{found.web_port}")


def provider(services: Mapping[str, LocalService]) -> LocalService | None:
    """Return the service that provides identity, or None.

    Raises:
        CliError: there are several.
    """
    found = sorted(name for name, service in services.items() if service.spec.provides.identity)
    if len(found) > 1:
        raise CliError(
            f"{' and '.join(found)} provide identity.", remedy="Leave [provides] identity to one of them."
        )
    return services[found[0]] if found else None


def environment(service: LocalService, services: Mapping[str, LocalService]) -> dict[str, str]:
    """Return what a service is told about identity, and its provider about the others."""
    identity, stack = of(service.stack, services), service.stack
    told = {
        "PROST_AUTH_ISSUER": identity.issuer,
        "PROST_AUTH_JWKS_URL": identity.jwks_url,
        "PROST_AUTH_AUDIENCE": identity.audience,
    }
    if provider(services) is not None and service.spec.callees:
        told["PROST_AUTH_TOKEN_URL"] = identity.jwks_url.replace("/jwks.json", "/token")
        told["PROST_AUTH_CLIENT_SECRET"] = stack.secret(f"{service.name}:client")
    if service.spec.provides.identity:
        specs = [each.spec for each in services.values()]
        clients = service_clients(specs, lambda name: stack.secret(f"{name}:client"))
        told["PROST_SERVICE_CLIENTS"] = json.dumps(clients)
        told["PROST_KEY_SECRET"] = stack.secret(f"{service.name}:keys")
        told["PROST_DEV_PASSWORD"] = stack.secret(f"{service.name}:accounts")
    return told


def operations(services: Mapping[str, LocalService]) -> dict[str, Any] | None:
    """Return how the provider's own commands are run, for those who print tokens and show accounts."""
    found = provider(services)
    if found is None:
        return None
    return {
        "argv": [sys.executable, "-m", f"{found.spec.package}.operations"],
        "cwd": str(found.folder),
        "env": found.environment(services),
    }
