"""The application of a service: its routes, held together by what every service has."""

import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import falcon
import falcon.asgi
import orjson

from prost import telemetry
from prost.auth import TokenVerifier
from prost.health import Health
from prost.http import openapi, problems
from prost.http.caching import Entry, PublicCache, matches
from prost.http.declaration import operation_of
from prost.http.dependencies import Dependencies, Dependency
from prost.http.operation import RUNTIME_KEY, Operation, Runtime
from prost.settings import Settings
from prost.spec import ServiceSpec

if TYPE_CHECKING:
    from prost.cache import ByteCache

__all__ = ["RouteError", "ServiceApp", "create_app"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class RouteError(ValueError):
    """Routes cannot be served as they are; the message lists every fault."""


@dataclass(frozen=True)
class _CachedRoute:
    resource: object
    policy: PublicCache
    template: str

    @cached_property
    def measures(self) -> dict[int, dict[str, str | int]]:
        """What a request is counted under, by status; made once, as it is the same for each."""
        return {
            status: {
                "http.request.method": "GET",
                "http.route": self.template,
                "http.response.status_code": status,
            }
            for status in (200, 304)
        }


class ServiceApp(falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]):
    """Falcon's application behind an edge that answers from kept bytes before anything else happens."""

    def __init__(self, runtime: Runtime, health: Health, dependencies: Dependencies) -> None:
        """Make an application without routes."""
        super().__init__(middleware=[_Lifecycle(health, dependencies)])
        self.health = health
        self.operations: dict[tuple[str, str], Operation] = {}
        self.runtime = runtime
        self._cached: dict[str, _CachedRoute] = {}
        self._served = telemetry.TelemetryMiddleware(super().__call__)  # type: ignore[arg-type]

    def add_operations(self, routes: Mapping[str, object]) -> None:
        """Add resources by URI template. Raises RouteError for a responder without an operation."""
        faults = []
        for template, resource in routes.items():
            self.add_route(template, resource)
            for method in falcon.COMBINED_METHODS:
                responder = getattr(resource, f"on_{method.lower()}", None)
                if responder is None:
                    continue
                declared = operation_of(responder)
                if declared is None:
                    name = f"{type(resource).__name__}.on_{method.lower()}"
                    faults.append(f"{method} {template}: {name} has no @operation")
                    continue
                self.operations[template, method] = declared
                if declared.cache is not None and method == "GET" and self.runtime.cache is not None:
                    self._cached[template] = _CachedRoute(resource, declared.cache, template)
        if faults:
            raise RouteError("\n  ".join(["routes that cannot be served:", *faults]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        """Serve a request, or the lifespan of the process."""
        if scope["type"] != "http":
            await self._served(scope, receive, send)
            return
        # ASGI promises iterables, which are read more than once here.
        if type(scope["headers"]) is not list:
            scope["headers"] = list(map(tuple, scope["headers"]))
        method = scope["method"]
        if method in {"GET", "HEAD"} and self._cached:
            began = time.perf_counter()
            kept = self._peek(scope["path"], scope["query_string"])
            if kept is not None:
                route, entry = kept
                status = await _answer_from(route, Entry.decode(entry), scope, send)
                if status is not None:
                    telemetry.record_request(time.perf_counter() - began, route.measures[status])
                    return
        scope[RUNTIME_KEY] = self.runtime
        if method == "HEAD":
            scope["method"], send = "GET", _without_body(send)
        await self._served(scope, receive, send)

    def _peek(self, path: str, query: bytes) -> tuple[_CachedRoute, bytes] | None:
        found = self._router_search(path, None)
        route = self._cached.get(found[3] or "") if found is not None else None
        if route is None:
            return None
        key = route.policy.key(route.resource, path, query)
        assert self.runtime.cache is not None  # noqa: S101 - only then are there cached routes
        entry = self.runtime.cache.peek(route.policy.namespace, key) if key is not None else None
        return (route, entry) if entry is not None else None


def create_app(
    spec: ServiceSpec,
    settings: Settings,
    routes: Mapping[str, object],
    dependencies: Sequence[Dependency] = (),
    cache: "ByteCache | None" = None,
    *,
    verifier: TokenVerifier | None = None,
) -> ServiceApp:
    """Return the ASGI application of a service.

    `routes` maps URI templates, as they are inside the service, to resources whose responders are all made
    by `operation`. `dependencies`, and `cache` with them, start and stop with the process; one that is away
    keeps nothing from starting and is retried. Without a `verifier` tokens are verified as the settings say.

    Raises RouteError for routes that cannot be served.
    """
    identity = verifier or TokenVerifier(settings)
    runtime = Runtime(verifier=identity, cache=cache, checks_answers=settings.env == "test")
    members = [*dependencies, *([cache] if cache is not None and cache not in dependencies else [])]
    secured = any(
        declared.auth != "anonymous"
        for resource in routes.values()
        for method in falcon.COMBINED_METHODS
        if (declared := operation_of(getattr(resource, f"on_{method.lower()}", None))) is not None
    )
    supervised = Dependencies([*members, *([identity] if secured else [])])
    app = ServiceApp(runtime, Health(spec.name, supervised), supervised)
    problems.install(app)
    app.health.install(app)
    app.add_operations(routes)
    app.add_route("/openapi.json", _Document(spec, app.operations))
    return app


class _Document:
    """The OpenAPI document, made when it is first asked for."""

    def __init__(self, spec: ServiceSpec, operations: Mapping[tuple[str, str], Operation]) -> None:
        self._spec = spec
        self._operations = operations
        self._bytes: bytes | None = None

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        if self._bytes is None:
            self._bytes = orjson.dumps(describe(self._spec, self._operations))
        resp.data = self._bytes
        resp.content_type = "application/json"


def describe(spec: ServiceSpec, operations: Mapping[tuple[str, str], Operation]) -> dict[str, Any]:
    """Return the OpenAPI document of a service."""
    return openapi.document(spec.name.capitalize(), spec.service.summary, "1", operations)


class _Lifecycle:
    """Starts and stops with the process; Falcon calls it for ASGI's lifespan events and for no request."""

    def __init__(self, health: Health, dependencies: Dependencies) -> None:
        self._health = health
        self._dependencies = dependencies

    async def process_startup(self, scope: Mapping[str, Any], event: Mapping[str, Any]) -> None:  # noqa: ARG002 - Falcon's interface
        await self._dependencies.start()
        self._health.started = True

    async def process_shutdown(self, scope: Mapping[str, Any], event: Mapping[str, Any]) -> None:  # noqa: ARG002 - Falcon's interface
        self._health.draining = True
        await self._dependencies.stop()


async def _answer_from(route: _CachedRoute, entry: Entry, scope: Scope, send: Send) -> int | None:
    """Send a kept entry and return its status; None for a request to be traced, which takes the long way."""
    condition = None
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            condition = value
        elif name == b"traceparent" and telemetry.is_sampled(value):
            return None
    headers = [
        (b"etag", entry.etag),
        (b"cache-control", route.policy.cache_control.encode("ascii")),
    ]
    if condition is not None and matches(condition.decode("latin-1"), entry.etag.decode("ascii")):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return 304
    headers.append((b"content-type", entry.content_type))
    headers.append((b"content-length", b"%d" % len(entry.body)))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": entry.body if scope["method"] == "GET" else b""})
    return 200


def _without_body(send: Send) -> Send:
    async def send_head(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_head
