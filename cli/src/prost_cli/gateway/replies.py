"""What the gateway says itself: every refusal is an RFC 9457 problem, as those of the services are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prost.errors import (
    DeadlineExceeded,
    Forbidden,
    HeadersTooLarge,
    InternalError,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    ProstError,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UpstreamFailed,
)
from prost_cli.gateway.documents import Json, extension

if TYPE_CHECKING:
    from collections.abc import Mapping

RETRY_AFTER_UNAVAILABLE = 2
"""Seconds that a client is told to wait when a service cannot be reached."""


class RequestTimedOut(ProstError):
    """The client did not finish its request in time."""

    status = 408


PATH_FORMATTERS = [
    extension(
        "envoy.formatter.req_without_query",
        "envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery",
    )
]
"""Formatters that `CLIENT_PATH` needs."""

# A query may hold what has no place in a log: search terms, one-time tokens.
CLIENT_PATH = "%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%"
"""The path that the client asked for, without its query."""

REQUEST_ID = "%REQ(X-REQUEST-ID)%"
"""The id that the gateway gives each request."""

_DETAILS: Mapping[type[ProstError], str] = {
    MalformedRequest: "The request is not one that this gateway reads.",
    Unauthenticated: "A valid access token is needed.",
    Forbidden: "This account may not do this.",
    NotFound: "There is nothing at this address.",
    MethodNotAllowed: "This address does not answer this method.",
    RequestTimedOut: "The request was not complete in time.",
    PayloadTooLarge: "The body is larger than this gateway passes on.",
    TooManyRequests: "Too many requests from this address; see Retry-After.",
    HeadersTooLarge: "The header fields are larger than this gateway reads.",
    InternalError: "The gateway has a defect; its log says which.",
    UpstreamFailed: "The service answered with something that is not HTTP.",
    Unavailable: "The service cannot be reached now; try again later.",
    DeadlineExceeded: "The service did not answer in time.",
}


def local_replies() -> Json:
    """Render the connection manager's local_reply_config."""
    mappers = [_mapper(error, detail) for error, detail in _DETAILS.items()]
    return {"mappers": [_keys_missing(), _meant_for_others(), *mappers]}


def problem_format(error: type[ProstError], detail: str) -> Json:
    """Render the body of a problem as a format string."""
    return {
        "json_format": {
            "type": error.type_uri(),
            "title": error.title,
            "status": error.status,
            "code": error.code,
            "detail": detail,
            "instance": CLIENT_PATH,
            # Envoy does not know the trace here; its log has this id beside that of the trace.
            "request_id": REQUEST_ID,
        },
        "content_type": "application/problem+json",
        "formatters": PATH_FORMATTERS,
        "omit_empty_values": True,
    }


def header(name: str, value: str) -> Json:
    """Set a response header, whoever has set it before."""
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def _mapper(error: type[ProstError], detail: str) -> Json:
    headers = [header("cache-control", "no-store"), header("x-content-type-options", "nosniff")]
    if error is Unavailable:
        headers.append(header("retry-after", str(RETRY_AFTER_UNAVAILABLE)))
    return {
        "filter": _status_is(error.status),
        "body_format_override": problem_format(error, detail),
        "headers_to_add": headers,
    }


def _keys_missing() -> Json:
    """Answer 503 where Envoy says 401 because it cannot fetch the issuer's keys: the token may be good."""
    return {
        **_mapper(Unavailable, "Access tokens cannot be checked now; try again later."),
        "filter": _refused_because(Unauthenticated, "Jwks_remote_fetch"),
        "status_code": Unavailable.status,
    }


def _meant_for_others() -> Json:
    """Answer 401 where Envoy says 403 because a token is for another audience: it is no token here."""
    mapper = _mapper(Unauthenticated, _DETAILS[Unauthenticated])
    challenge = header("www-authenticate", 'Bearer error="invalid_token"')
    return {
        **mapper,
        "filter": _refused_because(Forbidden, "Audiences_in_Jwt"),
        "status_code": Unauthenticated.status,
        "headers_to_add": [*mapper["headers_to_add"], challenge],
    }


def _refused_because(error: type[ProstError], reason: str) -> Json:
    """Match what Envoy refuses with this status and has this to say about it in its log."""
    found = extension(
        "envoy.access_loggers.extension_filters.cel",
        "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
        expression=f"response.code_details.contains('{reason}')",
    )
    return {"and_filter": {"filters": [_status_is(error.status), {"extension_filter": found}]}}


def _status_is(status: int) -> Json:
    # Envoy wants a runtime key here; nobody sets it.
    value = {"default_value": status, "runtime_key": f"gateway.reply.{status}"}
    return {"status_code_filter": {"comparison": {"op": "EQ", "value": value}}}
