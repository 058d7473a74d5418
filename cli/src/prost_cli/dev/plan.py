"""From the declarations to everything that should run now.

`python -m prost_cli.dev.plan ROOT STACK` writes the pickled plan, or the error that keeps it from being made.
The supervisor asks this program rather than plan itself: what reads declarations would be half of its memory.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from prost_cli.dev import guard, identity
from prost_cli.dev.planned import Plan
from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.servers import devtools, gateway, rabbitmq, seaweed, storefront, valkey
from prost_cli.dev.servers.postgres import Postgres
from prost_cli.dev.services import LocalService
from prost_cli.dev.stack import Stack
from prost_cli.errors import CliError
from prost_cli.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prost.spec import ServiceSpec


def make(stack: Stack) -> Plan:
    """Read the declarations, pick what ports are missing, and write the files that the servers read.

    Raises:
        CliError: a declaration or a setting cannot be used, or a server is missing on this machine.
    """
    specs = stack.workspace.specs()
    postgres = Postgres.of(stack)
    services = {spec.name: LocalService(stack, postgres, folder, spec) for folder, spec in specs.items()}
    front = storefront.units(stack)
    units = [
        *guard.units(stack),
        *postgres.units(),
        *valkey.units(stack),
        *seaweed.units(stack),
        *devtools.units(
            stack,
            gateway.url(stack),
            {name: service.database_url for name, service in services.items()},
            identity.operations(services),
        ),
        *(rabbitmq.units(stack) if stack.broker == rabbitmq.NAME else ()),
        *gateway.units(
            stack,
            specs.values(),
            {name: f"{LOOPBACK}:{service.web_port}" for name, service in services.items()},
            storefront.address(stack) if front else None,
            identity.of(stack, services),
        ),
        *front,
    ]
    order = _start_order({spec.name: spec for spec in specs.values()})
    for name, service in services.items():
        units += service.units(services, order[name])
    stack.save()
    return Plan(
        units={unit.name: unit for unit in units},
        urls=_urls(stack, services, has_storefront=bool(front)),
        services={folder.name: spec.name for folder, spec in specs.items()},
    )


def _urls(stack: Stack, services: Mapping[str, LocalService], *, has_storefront: bool) -> dict[str, str]:
    urls = {"gateway": gateway.url(stack)}
    if has_storefront:
        urls["storefront"] = f"{gateway.url(stack)}/"
    urls["dashboard"] = devtools.dashboard(stack)
    return urls | {
        name: f"{gateway.url(stack)}{service.spec.http.prefix}"
        for name, service in services.items()
        if service.spec.http
    }


def _start_order(specs: Mapping[str, ServiceSpec]) -> dict[str, frozenset[str]]:
    """Return for each service those it calls; a call that would close a circle waits for nobody."""
    order: dict[str, frozenset[str]] = {}
    for name, spec in sorted(specs.items()):
        callees = {callee for callee in spec.callees if callee in specs}
        order[name] = frozenset(callee for callee in callees if not _reaches(order, callee, name))
    return order


def _reaches(order: Mapping[str, frozenset[str]], start: str, goal: str) -> bool:
    return start == goal or any(_reaches(order, callee, goal) for callee in order.get(start, ()))


def main() -> None:
    """Plan the stack that the arguments name."""
    try:
        planned: Plan | CliError = make(Stack.open(Workspace(Path(sys.argv[1])), sys.argv[2]))
    except CliError as error:
        planned = error
    sys.stdout.buffer.write(pickle.dumps(planned))


if __name__ == "__main__":
    main()
