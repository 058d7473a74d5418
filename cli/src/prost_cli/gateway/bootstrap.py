"""The bootstrap: what Envoy reads once, when it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prost_cli.gateway.documents import Json, extension
from prost_cli.gateway.listener import socket_address

if TYPE_CHECKING:
    from prost_cli.gateway.settings import Addresses, GatewaySettings


_RUNTIME = {
    # By default every fifth span is a request to the collector.
    "tracing.opentelemetry.min_flush_spans": 200,
    "tracing.opentelemetry.flush_interval_ms": 1000,
}


def file_source(folder: str, name: str) -> Json:
    """Point to a discovery file; Envoy reads it again when something is moved into its folder."""
    return {
        "path_config_source": {"path": f"{folder}/{name}", "watched_directory": {"path": folder}},
        "resource_api_version": "V3",
    }


def bootstrap(settings: GatewaySettings, addresses: Addresses) -> Json:
    """Render the bootstrap; where listeners and clusters come from is the caller's to add."""
    return {
        "node": {"id": "gateway", "cluster": "gateway"},
        "layered_runtime": {"layers": [{"name": "gateway", "static_layer": _RUNTIME}]},
        "admin": {"address": socket_address(addresses.admin)},
        "overload_manager": {
            "resource_monitors": [
                extension(
                    "envoy.resource_monitors.global_downstream_max_connections",
                    "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                    max_active_downstream_connections=settings.max_connections,
                )
            ]
        },
    }
