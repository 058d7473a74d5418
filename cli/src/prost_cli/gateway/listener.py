"""The listener and its HTTP connection manager: what every request passes before a route is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prost_cli.gateway.clusters import OTLP
from prost_cli.gateway.documents import Json, extension, seconds, typed
from prost_cli.gateway.filters import http_filters
from prost_cli.gateway.replies import CLIENT_PATH, PATH_FORMATTERS, REQUEST_ID, local_replies
from prost_cli.gateway.routes import HEALTH_PATH, ROUTES_NAME
from prost_cli.gateway.settings import Endpoint
from prost_cli.gateway.tokens import SUBJECT_HEADER

if TYPE_CHECKING:
    from prost_cli.gateway.settings import Addresses, GatewaySettings

LISTENER_NAME = "gateway"

_MAX_HEADERS_KB = 32
_MAX_HEADERS = 100
_HEADERS_TIMEOUT = 10
_REQUEST_TIMEOUT = 120
# Longer than load balancers keep their idle connections, so that it is they who close.
_DOWNSTREAM_IDLE_TIMEOUT = 300
_BUFFER_BYTES = 32 * 1024

# What only the gateway and services may say: where a trace begins, how long a caller waits, who was
# verified, how Envoy is to treat a request.
_STRIPPED = [
    {"remove": "traceparent"},
    {"remove": "tracestate"},
    {"remove": "baggage"},
    {"remove": "prost-deadline-ms"},
    {"remove_on_match": {"key_matcher": {"prefix": "x-prost-"}}},
    {"remove_on_match": {"key_matcher": {"prefix": "x-envoy-"}}},
]


def listener(settings: GatewaySettings, addresses: Addresses, routes: Json) -> Json:
    """Render the public listener; `routes` is the route table, or the file source that it is read from."""
    return {
        "name": LISTENER_NAME,
        "address": socket_address(addresses.listen),
        "per_connection_buffer_limit_bytes": _BUFFER_BYTES,
        "filter_chains": [
            {
                "filters": [
                    extension(
                        "envoy.filters.network.http_connection_manager",
                        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                        **_connection_manager(settings, addresses, routes),
                    )
                ]
            }
        ],
    }


def socket_address(address: str) -> Json:
    """Render an address that is listened on."""
    endpoint = Endpoint.parse(address)
    return {"socket_address": {"address": endpoint.host, "port_value": endpoint.port}}


def _connection_manager(settings: GatewaySettings, addresses: Addresses, routes: Json) -> Json:
    from_file = "path_config_source" in routes
    manager: Json = {
        "stat_prefix": "gateway",
        "codec_type": "AUTO",
        **(
            {"rds": {"route_config_name": ROUTES_NAME, "config_source": routes}}
            if from_file
            else {"route_config": routes}
        ),
        "http_filters": http_filters(settings, addresses),
        "server_name": "prost",
        "use_remote_address": True,
        "xff_num_trusted_hops": settings.trusted_hops,
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "max_request_headers_kb": _MAX_HEADERS_KB,
        "request_headers_timeout": seconds(_HEADERS_TIMEOUT),
        "request_timeout": seconds(_REQUEST_TIMEOUT),
        "stream_idle_timeout": seconds(settings.stream_idle_timeout),
        "common_http_protocol_options": {
            "idle_timeout": seconds(_DOWNSTREAM_IDLE_TIMEOUT),
            "max_headers_count": _MAX_HEADERS,
            # Servers behind take x_prost_subject for x-prost-subject.
            "headers_with_underscores_action": "DROP_HEADER",
        },
        "http2_protocol_options": {
            "max_concurrent_streams": 100,
            "initial_stream_window_size": 65536,
            "initial_connection_window_size": 1048576,
        },
        "early_header_mutation_extensions": [
            extension(
                "envoy.http.early_header_mutation.header_mutation",
                "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
                mutations=_STRIPPED,
            )
        ],
        "local_reply_config": local_replies(),
        "access_log": [_access_log(addresses)],
    }
    if addresses.otlp is not None:
        manager["tracing"] = _tracing(settings, addresses.otlp)
    return manager


def _access_log(addresses: Addresses) -> Json:
    path = {"name": ":path", "string_match": {"exact": HEALTH_PATH}, "invert_match": True}
    return {
        **extension(
            "envoy.access_loggers.file",
            "envoy.extensions.access_loggers.file.v3.FileAccessLog",
            path=addresses.access_log,
            log_format={
                "json_format": {
                    "time": "%START_TIME%",
                    "method": "%REQ(:METHOD)%",
                    "path": CLIENT_PATH,
                    "status": "%RESPONSE_CODE%",
                    "duration_ms": "%DURATION%",
                    "upstream_ms": "%RESPONSE_DURATION%",
                    "route": "%ROUTE_NAME%",
                    "client": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
                    "subject": f"%REQ({SUBJECT_HEADER})%",
                    "user_agent": "%REQ(USER-AGENT)%",
                    "bytes_in": "%BYTES_RECEIVED%",
                    "bytes_out": "%BYTES_SENT%",
                    "attempts": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
                    "flags": "%RESPONSE_FLAGS%",
                    "detail": "%RESPONSE_CODE_DETAILS%",
                    "request_id": REQUEST_ID,
                    "trace_id": "%TRACE_ID%",
                },
                "formatters": PATH_FORMATTERS,
                "omit_empty_values": True,
            },
        ),
        "filter": {"header_filter": {"header": path}},
    }


def _tracing(settings: GatewaySettings, otlp: str) -> Json:
    """Start a trace with every request, so that all logs agree on its id, and send the sampled ones."""
    endpoint = Endpoint.parse(otlp)
    scheme = "https" if endpoint.tls else "http"
    uri = {"uri": f"{scheme}://{endpoint.authority}/v1/traces", "cluster": OTLP, "timeout": "1s"}
    # Envoy counts in millionths here.
    share = {"numerator": round(settings.trace_sampling * 1_000_000), "denominator": "MILLION"}
    return {
        "random_sampling": {"value": 100.0},
        "spawn_upstream_span": False,
        "provider": {
            "name": "envoy.tracers.opentelemetry",
            "typed_config": typed(
                "envoy.config.trace.v3.OpenTelemetryConfig",
                http_service={"http_uri": uri},
                service_name="gateway",
                sampler=extension(
                    "envoy.tracers.opentelemetry.samplers.trace_id_ratio_based",
                    "envoy.extensions.tracers.opentelemetry.samplers.v3.TraceIdRatioBasedSamplerConfig",
                    sampling_percentage=share,
                ),
            ),
        },
    }
