"""From declarations, settings and addresses to the files that Envoy reads."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from prost_cli.gateway.bootstrap import bootstrap, file_source
from prost_cli.gateway.clusters import clusters
from prost_cli.gateway.documents import discovery, encode, typed
from prost_cli.gateway.listener import listener
from prost_cli.gateway.routes import route_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prost.spec import ServiceSpec
    from prost_cli.gateway.settings import Addresses, GatewaySettings

BOOTSTRAP = "bootstrap.json"
CLUSTERS = "clusters.json"
ROUTES = "routes.json"
LISTENERS = "listeners.json"

_CLUSTER = "envoy.config.cluster.v3.Cluster"
_LISTENER = "envoy.config.listener.v3.Listener"
_ROUTES = "envoy.config.route.v3.RouteConfiguration"


def render(
    folder: str, specs: Iterable[ServiceSpec], settings: GatewaySettings, addresses: Addresses
) -> Mapping[str, bytes]:
    """Return the files of `folder` by name, clusters first: routes that lead to nothing would answer 503.

    `folder` is the absolute path under which Envoy will find them. Equal input gives equal bytes.
    """
    services = _sorted(specs)
    dynamic = {"lds_config": file_source(folder, LISTENERS), "cds_config": file_source(folder, CLUSTERS)}
    return {
        CLUSTERS: encode(discovery([typed(_CLUSTER, **found) for found in clusters(services, addresses)])),
        ROUTES: encode(discovery([typed(_ROUTES, **route_table(services, settings, addresses))])),
        LISTENERS: encode(
            discovery([typed(_LISTENER, **listener(settings, addresses, file_source(folder, ROUTES)))])
        ),
        BOOTSTRAP: encode({**bootstrap(settings, addresses), "dynamic_resources": dynamic}),
    }


def render_static(specs: Iterable[ServiceSpec], settings: GatewaySettings, addresses: Addresses) -> bytes:
    """Return the same gateway as one self-contained file, which Envoy can validate as a whole."""
    services = _sorted(specs)
    public = listener(settings, addresses, route_table(services, settings, addresses))
    static = {"listeners": [public], "clusters": clusters(services, addresses)}
    return encode({**bootstrap(settings, addresses), "static_resources": static})


def _sorted(specs: Iterable[ServiceSpec]) -> list[ServiceSpec]:
    return sorted(specs, key=lambda spec: spec.name)


def write(
    folder: Path, specs: Iterable[ServiceSpec], settings: GatewaySettings, addresses: Addresses
) -> frozenset[str]:
    """Bring the files in `folder` up to date and return the names of those that changed.

    Each is replaced by a rename, which is what a running Envoy watches for: it takes up changed routes,
    clusters and listeners without losing a request. Only a changed `BOOTSTRAP` needs Envoy restarted.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    files = render(str(folder), specs, settings, addresses)
    changed = [name for name, content in files.items() if not _holds(folder / name, content)]
    for name in changed:
        _replace(folder / name, files[name])
    return frozenset(changed)


def command(envoy: str | Path, folder: Path, settings: GatewaySettings) -> list[str]:
    """Return the command line that runs the gateway on the files in `folder`.

    It stays in the foreground, logs warnings to stderr, and ends at SIGTERM.
    """
    return [
        str(envoy),
        "--config-path",
        str(folder.resolve() / BOOTSTRAP),
        "--concurrency",
        str(settings.concurrency),
        "--disable-hot-restart",
        "--log-level",
        "warning",
        # A collector that is away would fill the log with a line for each batch.
        "--component-log-level",
        "tracing:critical",
        "--file-flush-interval-msec",
        "500",
    ]


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def _replace(path: Path, content: bytes) -> None:
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
