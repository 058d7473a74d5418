"""The route table: what the declarations let through, in their order, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prost.errors import MethodNotAllowed, NotFound, Unavailable
from prost.spec import PublicRoute
from prost_cli.gateway import filters, security, tokens
from prost_cli.gateway.clusters import OBJECTS, STOREFRONT, service_cluster
from prost_cli.gateway.documents import Json, seconds
from prost_cli.gateway.paths import INTERNAL, path_match, public_path
from prost_cli.gateway.replies import header
from prost_cli.gateway.settings import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from prost.spec import Http, ServiceSpec
    from prost_cli.gateway.settings import Addresses, GatewaySettings

ROUTES_NAME = "gateway"

API_PREFIX = "/api"
"""Where the services are; an address below it that no declaration lists is answered 404."""

MEDIA_PREFIX = "/media"
"""Where the public files of buckets are."""

HEALTH_PATH = "/health"
"""Where the gateway itself answers."""

_STOREFRONT_TIMEOUT = 60.0
_MEDIA_TIMEOUT = 30.0
# A key names its content; that it is missing may change.
_MEDIA_CACHING = "%CEL(response.code < 400 ? 'public, max-age=31536000, immutable' : 'no-store')%"
_READ_METHODS = "GET|HEAD"

# Only what was never answered is tried again, and only where doing it twice is doing it once.
_RETRY = {
    "retry_on": "connect-failure,refused-stream,reset",
    "num_retries": 2,
    "retry_back_off": {"base_interval": "0.025s", "max_interval": "0.25s"},
    "retriable_request_headers": [
        {"name": ":method", "string_match": {"safe_regex": {"regex": "GET|HEAD|OPTIONS"}}}
    ],
    "retry_host_predicate": [
        {
            "name": "envoy.retry_host_predicates.previous_hosts",
            "typed_config": {
                "@type": "type.googleapis.com/"
                "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
            },
        }
    ],
    "host_selection_retry_max_attempts": 3,
}


def route_table(specs: Sequence[ServiceSpec], settings: GatewaySettings, addresses: Addresses) -> Json:
    """Render the routes of every host name."""
    host: Json = {
        "name": "all",
        "domains": ["*"],
        "routes": [
            _health(),
            *(route for spec in specs for route in _service_routes(spec, settings, addresses)),
            *(route for spec in specs for route in _media_routes(spec, addresses)),
            _refusal({"path_separated_prefix": API_PREFIX}, NotFound.status),
            _refusal({"path_separated_prefix": MEDIA_PREFIX}, NotFound.status),
            *_storefront_routes(settings, addresses),
        ],
        "retry_policy": _RETRY,
        "response_headers_to_add": security.common_headers(settings, addresses),
        "response_headers_to_remove": ["x-envoy-upstream-service-time", "x-powered-by"],
    }
    if settings.cors_origins:
        host["typed_per_filter_config"] = filters.cors(settings.cors_origins)
    return {"name": ROUTES_NAME, "virtual_hosts": [host], "ignore_port_in_host_matching": True}


def _health() -> Json:
    return {
        "name": "gateway",
        "match": {"path": HEALTH_PATH},
        "direct_response": {"status": 200, "body": {"inline_string": '{"service":"gateway","status":"ok"}'}},
        "response_headers_to_add": [
            header("content-type", "application/json"),
            header("cache-control", "no-store"),
        ],
        "tracing": _UNTRACED,
    }


def _service_routes(spec: ServiceSpec, settings: GatewaySettings, addresses: Addresses) -> Iterator[Json]:
    if spec.http is None:
        return
    internal = public_path(spec.http, INTERNAL)
    if internal is not None:
        # Whatever an entry with a wildcard would also cover.
        yield _refusal({"path_separated_prefix": internal}, NotFound.status)
    for entry in spec.http.public:
        target = path_match(spec.http, entry)
        if target is None:
            continue
        match, rewrite = target
        if entry.auth not in {"anonymous", "optional"} and addresses.identity is None:
            # Without an issuer nobody can be let in.
            yield _refusal({**match, **_methods(entry.methods)}, Unavailable.status)
            continue
        action = {"cluster": service_cluster(spec.name), "timeout": seconds(settings.request_timeout)}
        route = {"name": spec.name, "match": match, "route": {**action, **rewrite}}
        if not spec.http.cookies or entry.scripts is not None:
            route |= {"request_headers_to_remove": ["cookie"], "response_headers_to_remove": ["set-cookie"]}
        yield from _entry_routes(entry, route, settings, addresses)
    yield from _wrong_methods(spec.http)


def _entry_routes(
    entry: PublicRoute, route: Json, settings: GatewaySettings, addresses: Addresses
) -> Iterator[Json]:
    config = tokens.access(entry.auth) if addresses.identity is not None else {}
    if entry.rate is not None and settings.rate_limits:
        config |= filters.rate_limit(entry.rate)
    route = {
        **route,
        "response_headers_to_add": security.api_headers(),
        "typed_per_filter_config": config,
    }
    if entry.scripts == "any":
        route["response_headers_to_add"] = [*route["response_headers_to_add"], security.readable_by_scripts()]
        yield _preflight(route["match"], entry.methods)
    if "GET" in entry.methods:
        yield _stream_route(route, settings)
    # A preflight request is answered on the route that it asks about.
    asks = ("OPTIONS",) if settings.cors_origins or entry.scripts == "service" else ()
    yield {**route, "match": {**route["match"], **_methods((*entry.methods, *asks))}}


def _preflight(match: Json, methods: Iterable[str]) -> Json:
    """Answer the question of a browser whether scripts of any page may call."""
    return {
        "name": "preflight",
        "match": {**match, **_method_is("OPTIONS")},
        "direct_response": {"status": 204},
        "response_headers_to_add": [
            security.readable_by_scripts(),
            header("access-control-allow-methods", ", ".join(_with_head(frozenset(methods)))),
            header("access-control-allow-headers", "*"),
            header("access-control-max-age", "600"),
        ],
    }


def _stream_route(route: Json, settings: GatewaySettings) -> Json:
    """Render a route's twin for server-sent events: it may last, and may not fall silent."""
    wanted = [
        {"name": ":method", "string_match": {"exact": "GET"}},
        {"name": "accept", "string_match": {"contains": "text/event-stream"}},
    ]
    action = {**route["route"], "timeout": "0s", "idle_timeout": seconds(settings.stream_idle_timeout)}
    return {**route, "match": {**route["match"], "headers": wanted}, "route": action}


def _methods(methods: Iterable[str]) -> Json:
    return _method_is("|".join(_with_head(frozenset(methods))))


def _method_is(pattern: str) -> Json:
    return {"headers": [{"name": ":method", "string_match": {"safe_regex": {"regex": pattern}}}]}


def _with_head(methods: frozenset[str]) -> list[str]:
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


def _wrong_methods(http: Http) -> Iterator[Json]:
    """Tell apart what does not exist and what does not answer this method."""
    methods: dict[str, frozenset[str]] = {}
    for entry in http.public:
        methods[entry.path] = methods.get(entry.path, frozenset()) | frozenset(entry.methods)
    for path, allowed in methods.items():
        target = path_match(http, PublicRoute(path=path, auth="anonymous"))
        if target is not None:
            refusal = _refusal(target[0], MethodNotAllowed.status)
            yield {**refusal, "response_headers_to_add": [header("allow", ", ".join(_with_head(allowed)))]}


def _media_routes(spec: ServiceSpec, addresses: Addresses) -> Iterator[Json]:
    for prefix, bucket in spec.http.media.items() if spec.http is not None else ():
        # A key and no query: no listing of the bucket, none of S3's sub-resources.
        match: Json = {
            "safe_regex": {"regex": rf"{prefix}(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+"},
            "headers": [
                *_method_is(_READ_METHODS)["headers"],
                {"name": ":path", "string_match": {"contains": "?"}, "invert_match": True},
            ],
        }
        action: Json = {
            "cluster": OBJECTS,
            "timeout": seconds(_MEDIA_TIMEOUT),
            "regex_rewrite": {"pattern": {"regex": f"^{prefix}"}, "substitution": f"/{bucket}"},
        }
        if addresses.objects is not None:
            action["host_rewrite_literal"] = Endpoint.parse(addresses.objects).authority
        yield {
            "name": f"media-{bucket}",
            "match": match,
            "route": action,
            "request_headers_to_remove": ["authorization", "cookie"],
            "response_headers_to_add": [*security.media_headers(), header("cache-control", _MEDIA_CACHING)],
            "response_headers_to_remove": ["set-cookie"],
            "typed_per_filter_config": filters.media(),
            "tracing": _UNTRACED,
        }


def _storefront_routes(settings: GatewaySettings, addresses: Addresses) -> Iterator[Json]:
    if addresses.storefront is None:
        yield _refusal({"prefix": "/"}, NotFound.status)
        return
    page: Json = {
        "name": "storefront",
        "match": {"prefix": "/"},
        "route": {"cluster": STOREFRONT, "timeout": seconds(_STOREFRONT_TIMEOUT)},
        "response_headers_to_add": security.storefront_headers(settings, addresses),
        "typed_per_filter_config": filters.precompressed(settings),
        "tracing": _UNTRACED,
    }
    if addresses.storefront_hot_reload:
        yield {
            **page,
            "name": "storefront-hot-reload",
            "match": {
                "prefix": "/",
                "headers": [{"name": "upgrade", "string_match": {"exact": "websocket"}}],
            },
            "route": {
                "cluster": STOREFRONT,
                "timeout": "0s",
                "idle_timeout": "0s",
                "upgrade_configs": [{"upgrade_type": "websocket"}],
            },
        }
    yield page


def _refusal(match: Json, status: int) -> Json:
    return {"name": "refused", "match": match, "direct_response": {"status": status}}


_UNTRACED: Json = {
    name: {"numerator": 0} for name in ("client_sampling", "random_sampling", "overall_sampling")
}
