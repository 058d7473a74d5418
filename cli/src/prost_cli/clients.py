"""Which services get tokens in their own name, and for whom, as the provider of identity is told."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prost.spec import ServiceSpec


def service_clients(specs: Iterable[ServiceSpec], secret: Callable[[str], str]) -> dict[str, dict[str, Any]]:
    """Return the content of PROST_SERVICE_CLIENTS; `secret` gives a service's PROST_AUTH_CLIENT_SECRET."""
    return {
        spec.name: {
            "secret_sha256": hashlib.sha256(secret(spec.name).encode()).hexdigest(),
            "audiences": list(spec.callees),
        }
        for spec in sorted(specs, key=lambda spec: spec.name)
        if spec.callees
    }
