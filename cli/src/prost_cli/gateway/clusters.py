"""Clusters: what the gateway connects to, and how it protects it."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from prost_cli.gateway.documents import Json, extension, seconds, typed
from prost_cli.gateway.settings import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prost.spec import ServiceSpec
    from prost_cli.gateway.settings import Addresses

STOREFRONT = "storefront"
OBJECTS = "objects"
JWKS = "jwks"
OTLP = "otlp"

CONNECT_TIMEOUT = 1.0
# gunicorn closes a connection after 75 s of silence. Whoever closes first must be the one that sends
# requests, or a request meets a closing socket.
UPSTREAM_IDLE_TIMEOUT = 60.0

_EJECTION = {
    "consecutive_gateway_failure": 5,
    "enforcing_consecutive_gateway_failure": 100,
    # A defect that answers 500 would otherwise empty the cluster, and not mend the defect.
    "enforcing_consecutive_5xx": 0,
    "interval": "5s",
    "base_ejection_time": "10s",
    "max_ejection_time": "60s",
    "max_ejection_percent": 50,
}

_BREAKERS = {
    "thresholds": [
        {
            "max_connections": 1024,
            "max_pending_requests": 512,
            "max_requests": 4096,
            "retry_budget": {"budget_percent": {"value": 20.0}, "min_retry_concurrency": 3},
        }
    ]
}


def service_cluster(name: str) -> str:
    """Name the cluster of a service."""
    return f"service-{name}"


def clusters(specs: Sequence[ServiceSpec], addresses: Addresses) -> list[Json]:
    """Render every cluster, sorted by name."""
    return sorted(_clusters(specs, addresses), key=lambda cluster: str(cluster["name"]))


def _clusters(specs: Sequence[ServiceSpec], addresses: Addresses) -> Iterator[Json]:
    authorities = addresses.trusted_authorities
    guard = {"outlier_detection": _EJECTION, "circuit_breakers": _BREAKERS}
    for spec in specs:
        if spec.http is not None:
            yield _cluster(service_cluster(spec.name), addresses.services.get(spec.name), authorities) | guard
    yield _cluster(STOREFRONT, addresses.storefront, authorities) | guard
    yield _cluster(OBJECTS, addresses.objects, authorities) | guard
    if addresses.identity is not None:
        yield _cluster(JWKS, addresses.identity.jwks_url, authorities)
    if addresses.otlp is not None:
        yield _cluster(OTLP, addresses.otlp, authorities)


def _cluster(name: str, address: str | None, authorities: str) -> Json:
    endpoint = Endpoint.parse(address) if address is not None else None
    cluster: Json = {
        "name": name,
        "type": "STATIC",
        "connect_timeout": seconds(CONNECT_TIMEOUT),
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": _endpoints(endpoint)}]},
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                common_http_protocol_options={"idle_timeout": seconds(UPSTREAM_IDLE_TIMEOUT)},
                explicit_http_config={"http_protocol_options": {}},
            )
        },
    }
    if endpoint is None:
        return cluster
    if not _is_ip(endpoint.host):
        cluster |= {"type": "STRICT_DNS", "lb_policy": "LEAST_REQUEST"}
    if endpoint.tls:
        cluster["transport_socket"] = _tls(endpoint.host, authorities)
    return cluster


def _endpoints(endpoint: Endpoint | None) -> list[Json]:
    if endpoint is None:
        return []
    address = {"socket_address": {"address": endpoint.host, "port_value": endpoint.port}}
    return [{"endpoint": {"address": address}}]


def _tls(host: str, authorities: str) -> Json:
    names = [{"san_type": "IP_ADDRESS" if _is_ip(host) else "DNS", "matcher": {"exact": host}}]
    validation = {"trusted_ca": {"filename": authorities}, "match_typed_subject_alt_names": names}
    return extension(
        "envoy.transport_sockets.tls",
        "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        sni=host,
        common_tls_context={"validation_context": validation},
    )


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
