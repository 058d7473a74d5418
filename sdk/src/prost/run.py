"""`prost-service`: the processes of a service and its documents, run in the folder of its service.toml."""

import argparse
import asyncio
import importlib
import importlib.util
import inspect
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import ModuleType

from prost.settings import Settings, SettingsError
from prost.spec import ServiceSpec, SpecError

__all__ = ["main"]

_NOWHERE = "127.0.0.1:1"
#: Seals and opens nothing: whoever describes an application has no server at hand.
_NO_SECRET = "described, never run, so nobody's secret"  # noqa: S105


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 2 when declaration or settings cannot be used."""
    parser = argparse.ArgumentParser(prog="prost-service", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (run, needs_servers) in _COMMANDS.items():
        command = commands.add_parser(name, help=inspect.getdoc(run))
        command.set_defaults(run=run, needs_servers=needs_servers)
    chosen = parser.parse_args(arguments)
    try:
        spec = ServiceSpec.load(Path())
        os.environ.setdefault("PROST_SERVICE", spec.name)
        if not chosen.needs_servers:
            _pretend_servers(spec)
        chosen.run(spec)
    except (SpecError, SettingsError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - logs are configured by settings, which there are none of
        return 2
    return 0


def _web(spec: ServiceSpec) -> None:
    """Serve HTTP."""
    from prost import telemetry  # noqa: PLC0415 - a command loads what it needs
    from prost._server import Server  # noqa: PLC0415

    settings = _settings(spec)
    telemetry.configure_logs(settings)
    # Imported before the workers are forked, so that they share its memory.
    telemetry.preload()
    app = _module(spec, "app")
    Server(settings, app.create_app).run()


def _worker(spec: ServiceSpec) -> None:
    """Relay and consume events, and keep schedules."""
    from prost import telemetry  # noqa: PLC0415

    telemetry.setup(_settings(spec))
    try:
        # A module of its own spares the worker what only the web process imports.
        _module(spec, "worker").create_worker().run()
    finally:
        telemetry.shutdown()


def _migrate(spec: ServiceSpec) -> None:
    """Apply new migrations."""
    from prost import db, telemetry  # noqa: PLC0415

    settings = _settings(spec)
    telemetry.configure_logs(settings)
    db.configure(settings)
    for name in db.migrate(Path("migrations")):
        _print(f"applied {name}")


def _seed(spec: ServiceSpec) -> None:
    """Fill the service with its first data; what is there already stays."""
    _sow(spec, "seed")


def _backfill(spec: ServiceSpec) -> None:
    """Add what takes long to the first data, while the service already serves."""
    _sow(spec, "backfill")


def _sow(spec: ServiceSpec, function: str) -> None:
    from prost import telemetry  # noqa: PLC0415

    telemetry.configure_logs(_settings(spec))
    result = getattr(_module(spec, "seed"), function)()
    if inspect.isawaitable(result):
        asyncio.run(_await(result))


def _openapi(spec: ServiceSpec) -> None:
    """Print the OpenAPI document."""
    from prost.http.app import describe  # noqa: PLC0415

    _print(json.dumps(describe(spec, _module(spec, "app").create_app().operations), indent=2))


def _routes(spec: ServiceSpec) -> None:
    """Print the routes as JSON: path, method, and whom each operation lets in."""
    from falcon.inspect import inspect_routes  # noqa: PLC0415

    app = _module(spec, "app").create_app()
    found = [
        {
            "path": route.path,
            "method": method.method,
            "auth": declared.auth,
            "owned": declared.owned,
            "roles": list(declared.roles) or None,
            "summary": declared.summary,
        }
        for route in inspect_routes(app)
        for method in route.methods
        if (declared := app.operations.get((route.path, method.method))) is not None
    ]
    _print(json.dumps(found, indent=2))


def _contracts(spec: ServiceSpec) -> None:
    """Write the JSON Schema of each event that the service publishes to contracts/."""
    from prost.events import Event, contracts  # noqa: PLC0415

    module = _module(spec, "events")
    known = {
        kind.type: kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Event) and hasattr(kind, "type")
    }
    for name in spec.events.publishes:
        if name not in known:
            raise SystemExit(f"{name} is published by service.toml, and {module.__name__} has no such event")
    for path in contracts.write(Path("contracts"), [known[name] for name in spec.events.publishes]):
        _print(str(path))


_COMMANDS: dict[str, tuple[Callable[[ServiceSpec], None], bool]] = {
    "web": (_web, True),
    "worker": (_worker, True),
    "migrate": (_migrate, True),
    "seed": (_seed, True),
    "backfill": (_backfill, True),
    "openapi": (_openapi, False),
    "routes": (_routes, False),
    "contracts": (_contracts, False),
}


def _module(spec: ServiceSpec, name: str) -> ModuleType:
    return importlib.import_module(f"{spec.package}.{name}")


def _settings(spec: ServiceSpec) -> Settings:
    """Read the environment as the service's own subclass of Settings does, if it has one."""
    if importlib.util.find_spec(f"{spec.package}.settings") is None:
        return Settings()
    module = _module(spec, "settings")
    own = (
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Settings) and kind.__module__ == module.__name__
    )
    return next(own, Settings)()


def _pretend_servers(spec: ServiceSpec) -> None:
    """Name servers that nobody will call, for commands that make the application only to describe it."""
    pretended = {
        "PROST_ENV": "dev",
        "PROST_DATABASE_URL": f"postgresql://{spec.name}@{_NOWHERE}/{spec.name}",
        "PROST_REDIS_URL": f"redis://{_NOWHERE}",
        "PROST_BROKER_URL": f"redis://{_NOWHERE}",
        "PROST_OBJECTS_URL": f"http://{_NOWHERE}",
        "PROST_MAIL_URL": f"smtp://{_NOWHERE}",
        "PROST_AUTH_TOKEN_URL": f"http://{_NOWHERE}",
        "PROST_AUTH_CLIENT_SECRET": _NO_SECRET,
    }
    pretended |= {
        f"PROST_SERVICE_{name.upper().replace('-', '_')}_URL": f"http://{_NOWHERE}" for name in spec.callees
    }
    if spec.provides.identity:
        pretended["PROST_KEY_SECRET"] = _NO_SECRET
    for name, value in pretended.items():
        if f"{name}_FILE" not in os.environ:
            os.environ.setdefault(name, value)


async def _await(result: Awaitable[object]) -> None:
    await result


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
