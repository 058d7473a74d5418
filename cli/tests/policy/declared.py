"""What every service declares about its operations, asked of the services themselves."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prost_cli.gateway.paths import INTERNAL, public_path
from prost_cli.workspace import Workspace

ROOT = Path(__file__).parents[3]

_PARAMETER = re.compile(r"{[^}]+}")


@dataclass(frozen=True)
class Operation:
    """One method of one path, as the service sees it; `outside` is its path at the gateway.

    `declared` is the access that the gateway asks for, None where it lets nobody through.
    """

    service: str
    method: str
    path: str
    auth: str
    owned: bool | None
    roles: tuple[str, ...] | None
    outside: str
    declared: str | None

    def __str__(self):
        return f"{self.service}: {self.method} {self.path}"

    @property
    def has_its_own_mind(self):
        """Whether it asks nobody who they are, and so may want a password or a client's secret itself."""
        return self.auth in {"anonymous", "optional"}


@cache
def specs():
    """Load the declarations of services that answer requests, by name."""
    return {spec.name: spec for spec in Workspace(ROOT).specs().values() if spec.http is not None}


@cache
def operations():
    """Ask every service for its operations."""
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(_routes, specs())
    return [operation for routes in found for operation in routes]


def sample_of(operation):
    """Return the coroutine function that makes a row for an owned operation; the service's tests have it.

    It is called with a client that sends the owner's token and with the owner, and returns the path
    parameters of a row made for them, or these and a body that fits.
    """
    samples = _samples(operation.service)
    return samples.get(f"{operation.method} {operation.path}") or samples[operation.path]


@cache
def _samples(service):
    file = ROOT / "services" / service / "tests" / "policy.py"
    described = importlib.util.spec_from_file_location(f"policy_of_{service}", file)
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    return module.SAMPLES


def _routes(name):
    folder, spec = ROOT / "services" / name, specs()[name]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PROST_")}
    told = subprocess.run(
        [sys.executable, "-m", "prost.run", "routes"],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        check=True,
    )
    return [_operation(spec, route) for route in json.loads(told.stdout)]


def _operation(spec, route):
    method, path = route["method"], route["path"]
    entry = spec.http.route_for(method, _PARAMETER.sub("x", path))
    if path.startswith(f"{INTERNAL}/"):
        entry = None
    return Operation(
        service=spec.name,
        method=method,
        path=path,
        auth=route["auth"],
        owned=route["owned"],
        roles=tuple(route["roles"]) if route["roles"] else None,
        outside=public_path(spec.http, path) or f"{spec.http.prefix}{path}",
        declared=entry.auth if entry is not None else None,
    )
