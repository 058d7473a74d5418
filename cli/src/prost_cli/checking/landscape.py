"""Rules between declarations: no code is looked at."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from prost.spec import FILE_NAME
from prost_cli.checking.findings import Finding
from prost_cli.gateway.paths import public_path
from prost_cli.gateway.routes import API_PREFIX, HEALTH_PATH, MEDIA_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from prost.spec import PublicRoute, ServiceSpec


def check_landscape(root: Path, specs: Mapping[Path, ServiceSpec]) -> Iterator[Finding]:
    """Find what the declarations of the services by folder say that cannot all be true."""
    places = {spec.name: folder / FILE_NAME for folder, spec in specs.items()}
    services = {spec.name: spec for spec in specs.values()}
    for folder, spec in specs.items():
        for problem, remedy in (
            *_name(folder, spec),
            *_public_paths(spec),
            *_calls(spec, services),
            *_consumed_events(root, spec, services),
            *_provider(spec),
        ):
            yield Finding.at(root, folder / FILE_NAME, problem, remedy)
    between = (*_shared_addresses(services), *_second_providers(services), *_cycles(services))
    for name, problem, remedy in between:
        yield Finding.at(root, places[name], problem, remedy)


_Complaint = tuple[str, str]


def _name(folder: Path, spec: ServiceSpec) -> Iterator[_Complaint]:
    if folder.name != spec.name:
        yield f"the service is named {spec.name!r} in the folder {folder.name!r}", "Give both the same name."


def _public_paths(spec: ServiceSpec) -> Iterator[_Complaint]:
    if spec.http is None:
        return
    if not spec.http.prefix.startswith(f"{API_PREFIX}/"):
        yield f"http.prefix {spec.http.prefix!r} is outside {API_PREFIX}/", "Begin it with /api/."
    for prefix in spec.http.media:
        if not prefix.startswith(f"{MEDIA_PREFIX}/"):
            yield f"http.media {prefix!r} is outside {MEDIA_PREFIX}/", "Begin it with /media/."
    for index, route in enumerate(spec.http.public):
        if public_path(spec.http, route.path) is None:
            problem = f"http.public[{index}] {route.path} lies outside http.upstream {spec.http.upstream!r}"
            yield f"{problem}: no address leads to it", "Move the path, or change http.upstream."
        if _is_shadowed(route, spec.http.public[:index]):
            yield (
                f"http.public[{index}] {route.path} is never reached: entries above it take its requests",
                "Move it up, or remove it.",
            )


def _is_shadowed(route: PublicRoute, above: Sequence[PublicRoute]) -> bool:
    taken = {method for other in above if _covers(other.path, route.path) for method in other.methods}
    return taken.issuperset(route.methods)


def _covers(general: str, special: str) -> bool:
    """Tell whether every path under the pattern `special` is also under `general`."""
    wide, narrow = general.strip("/").split("/"), special.strip("/").split("/")
    if wide[-1] == "**":
        wide = wide[:-1]
        narrow = narrow[:-1] if narrow[-1] == "**" else narrow
        if len(narrow) < len(wide):
            return False
        narrow = narrow[: len(wide)]
    elif len(wide) != len(narrow) or narrow[-1] == "**":
        return False
    return all(a == b or (a == "*" and b != "**") for a, b in zip(wide, narrow, strict=True))


def _calls(spec: ServiceSpec, services: Mapping[str, ServiceSpec]) -> Iterator[_Complaint]:
    for callee in spec.calls:
        if callee not in services:
            known = ", ".join(sorted(services.keys() - {spec.name}))
            yield f"calls.{callee}: there is no such service", f"Call one of: {known or 'there is none'}."
        elif services[callee].http is None:
            yield f"calls.{callee}: the service has no [http]", f"Remove the call, or give {callee} an API."


def _consumed_events(
    root: Path, spec: ServiceSpec, services: Mapping[str, ServiceSpec]
) -> Iterator[_Complaint]:
    for event in spec.events.consumes:
        publisher = services.get(event.partition(".")[0])
        if publisher is None or event not in publisher.events.publishes:
            yield f"events.consumes: nobody publishes {event}", "Correct its name, or publish it."
        elif not (contract := root / "services" / publisher.name / "contracts" / f"{event}.json").is_file():
            remedy = f"Run `prost-service contracts` in services/{publisher.name}."
            yield f"events.consumes: {event} has no contract {contract.relative_to(root)}", remedy


def _provider(spec: ServiceSpec) -> Iterator[_Complaint]:
    """Hold the addresses that verifiers and clients look for against what the provider lets through."""
    if not spec.provides.identity or spec.http is None:
        return
    for needed in ("/jwks.json", "/.well-known/openid-configuration"):
        inner = spec.http.upstream.rstrip("/") + needed
        entry = spec.http.route_for("GET", inner)
        if entry is None or entry.auth != "anonymous":
            problem = f"it provides identity, and not everybody may GET {inner}"
            yield problem, 'Add it to [[http.public]] with auth = "anonymous".'


def _second_providers(services: Mapping[str, ServiceSpec]) -> Iterator[tuple[str, str, str]]:
    first, *others = [name for name, spec in sorted(services.items()) if spec.provides.identity] or [""]
    for name in others:
        yield name, f"{first} provides identity, too", "Leave [provides] identity to one of them."


def _shared_addresses(services: Mapping[str, ServiceSpec]) -> Iterator[tuple[str, str, str]]:
    claims: list[tuple[str, str]] = [(HEALTH_PATH, "the gateway")]
    for name, spec in sorted(services.items()):
        if spec.http is not None:
            claims += [(prefix, name) for prefix in (spec.http.prefix, *spec.http.media)]
    for (first, owner), (second, name) in combinations(claims, 2):
        if _is_below(first, second) or _is_below(second, first):
            problem = f"{second} at the gateway overlaps with {first} of {owner}"
            yield name, problem, "Give each its own prefix."
    ports = defaultdict(list)
    for name, spec in sorted(services.items()):
        if spec.service.port is not None:
            ports[spec.service.port].append(name)
    for port, (first, *others) in ports.items():
        for name in others:
            yield name, f"service.port {port} is that of {first}", "Choose another, or leave it out."


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix.rstrip('/')}/")


def _cycles(services: Mapping[str, ServiceSpec]) -> Iterator[tuple[str, str, str]]:
    """Find each cycle of calls once: it begins and is told at the first of its names."""
    for start in sorted(services):
        for path in _paths_back(start, (start,), services):
            problem = "calls go in a circle: " + " > ".join((*path, start))
            yield start, problem, "Turn one of the calls into an event."


def _paths_back(
    start: str, path: tuple[str, ...], services: Mapping[str, ServiceSpec]
) -> Iterator[tuple[str, ...]]:
    for callee in services[path[-1]].callees:
        if callee == start:
            yield path
        # A path through an earlier name was already told there.
        elif callee in services and callee > start and callee not in path:
            yield from _paths_back(start, (*path, callee), services)
