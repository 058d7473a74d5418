"""The HTTP filters in their order, and what a route says to each.

A filter that few routes need is disabled in the chain and enabled by the routes that configure it, so a
public read passes the body limit, the compressors and the router, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prost_cli.gateway.documents import Json, extension, seconds, typed
from prost_cli.gateway.tokens import JWT, JWT_MESSAGE, RBAC, RBAC_MESSAGE, token_checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from prost.spec import Rate
    from prost_cli.gateway.settings import Addresses, GatewaySettings

CORS = "envoy.filters.http.cors"
RATE_LIMIT = "envoy.filters.http.local_ratelimit"
BODY_LIMIT = "envoy.filters.http.body_size_limit"
HEADERS = "envoy.filters.http.header_mutation"

# Clients whose buckets are kept, per route; the one not seen for longest makes room for a new one.
_RATE_LIMITED_CLIENTS = 10_000
# A neighbour's /64 is one subscriber; its single addresses are free to change.
_CLIENT = {"masked_remote_address": {"v4_prefix_mask_len": 32, "v6_prefix_mask_len": 64}}

_STORAGE_HEADERS = ("x-amz-", "x-minio-", "seaweed", "x-seaweed", "x-ratelimit-")

COMPRESSED_TYPES = (
    "application/json",
    "application/problem+json",
    "application/javascript",
    "application/manifest+json",
    "application/xml",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
    "text/plain",
)
COMPRESSED_FROM_BYTES = 1024
_COMPRESSION_PER_ROUTE = "envoy.extensions.filters.http.compressor.v3.CompressorPerRoute"


def http_filters(settings: GatewaySettings, addresses: Addresses) -> list[Json]:
    """Render the filter chain."""
    return list(_filters(settings, addresses))


def _filters(settings: GatewaySettings, addresses: Addresses) -> Iterator[Json]:
    if settings.cors_origins:
        yield extension(CORS, "envoy.extensions.filters.http.cors.v3.Cors")
    if settings.rate_limits:
        yield _on_demand(
            RATE_LIMIT,
            "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
            stat_prefix="gateway_rate_limit",
        )
    if addresses.identity is not None:
        yield _on_demand(JWT, JWT_MESSAGE, **token_checks(addresses.identity))
        yield _on_demand(RBAC, RBAC_MESSAGE)
    yield extension(
        BODY_LIMIT,
        "envoy.extensions.filters.http.body_size_limit.v3.BodySizeLimit",
        max_request_bytes=settings.max_request_bytes,
    )
    yield from _compressors(settings.compression)
    yield _on_demand(HEADERS, "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation")
    yield extension(
        "envoy.filters.http.router",
        "envoy.extensions.filters.http.router.v3.Router",
        dynamic_stats=False,
    )


def _on_demand(name: str, message: str, **fields: object) -> Json:
    return {**extension(name, message, **fields), "disabled": True}


def rate_limit(rate: Rate) -> Json:
    """Give each client address a bucket of its own on this route, filled steadily."""
    interval = seconds(rate.seconds)
    bucket = {"max_tokens": rate.requests, "tokens_per_fill": rate.requests, "fill_interval": interval}
    always = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    return {
        RATE_LIMIT: typed(
            "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
            stat_prefix="gateway_rate_limit",
            filter_enabled=always,
            filter_enforced=always,
            token_bucket=bucket,
            always_consume_default_token_bucket=False,
            rate_limits=[{"actions": [_CLIENT]}],
            descriptors=[{"entries": [{"key": "masked_remote_address"}], "token_bucket": bucket}],
            max_dynamic_descriptors=_RATE_LIMITED_CLIENTS,
            enable_retry_after_header=True,
        )
    }


def cors(origins: Iterable[str]) -> Json:
    """Let scripts of these origins call the API with their tokens."""
    return {
        CORS: typed(
            "envoy.extensions.filters.http.cors.v3.CorsPolicy",
            allow_origin_string_match=[{"exact": origin} for origin in origins],
            allow_methods="GET, HEAD, POST, PUT, PATCH, DELETE",
            allow_headers="authorization, content-type, idempotency-key, if-match, if-none-match",
            expose_headers="etag, location, retry-after",
            max_age="600",
        )
    }


def media() -> Json:
    """Keep the compressors away from pictures, and what the object storage says of itself from clients."""
    removed = [{"remove_on_match": {"key_matcher": {"prefix": prefix}}} for prefix in _STORAGE_HEADERS]
    return {
        HEADERS: typed(
            "envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute",
            mutations={"response_mutations": removed},
        ),
        **{_compressor(name): typed(_COMPRESSION_PER_ROUTE, disabled=True) for name in _COMPRESSORS},
    }


def precompressed(settings: GatewaySettings) -> Json:
    """Let an upstream that keeps compressed copies see what the client accepts."""
    override = {"response_direction_config": {"remove_accept_encoding_header": False}}
    return {
        _compressor(name): typed(_COMPRESSION_PER_ROUTE, overrides=override) for name in settings.compression
    }


# Levels that cost a page of 20 products less than 0.1 ms; the next ones save little and cost twice as much.
_COMPRESSORS = {
    "br": extension(
        "br", "envoy.extensions.compression.brotli.compressor.v3.Brotli", quality=3, window_bits=18
    ),
    "zstd": extension("zstd", "envoy.extensions.compression.zstd.compressor.v3.Zstd", compression_level=1),
    "gzip": extension(
        "gzip",
        "envoy.extensions.compression.gzip.compressor.v3.Gzip",
        compression_level="COMPRESSION_LEVEL_3",
    ),
}


def _compressor(name: str) -> str:
    return f"envoy.filters.http.compressor.{name}"


def _compressors(names: Sequence[str]) -> Iterator[Json]:
    for name in names:
        yield extension(
            _compressor(name),
            "envoy.extensions.filters.http.compressor.v3.Compressor",
            compressor_library=_COMPRESSORS[name],
            choose_first=name == names[0],
            response_direction_config={
                "common_config": {
                    "min_content_length": COMPRESSED_FROM_BYTES,
                    "content_type_matcher": [{"prefix": media_type} for media_type in COMPRESSED_TYPES],
                },
                # Services do not compress; the compressors before the last still have to read the header.
                "remove_accept_encoding_header": name == names[-1],
                "weaken_etag_on_compress": True,
            },
        )
