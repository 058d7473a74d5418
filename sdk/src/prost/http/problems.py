"""Every failure becomes an RFC 9457 problem; what it was inside stays in the logs."""

from typing import Any

import falcon
import falcon.asgi
import orjson
import structlog

from prost import errors, telemetry
from prost.errors import ProstError

__all__ = ["PROBLEM_JSON", "install", "refused_unread"]

PROBLEM_JSON = ProstError.media_type

log = structlog.get_logger(__name__)

_BY_STATUS: dict[int, type[ProstError]] = {
    error.status: error
    for error in ProstError.__subclasses__()
    if error.__module__ == errors.__name__ and error is not errors.TooManyRequests
}


def install(app: falcon.asgi.App[Any, Any]) -> None:
    """Answer all errors of an application as problems."""
    app.add_error_handler(Exception, _unexpected)
    app.add_error_handler(falcon.HTTPError, _from_falcon)
    app.add_error_handler(ProstError, _expected)


def write_problem(req: falcon.asgi.Request, resp: falcon.asgi.Response, error: ProstError) -> None:
    """Make the response this problem, whatever it was before."""
    instance = req.path.encode("utf-8", "replace").decode()
    document = error.problem(instance=instance, trace_id=telemetry.current_trace_id())
    resp.text = resp.media = resp.stream = resp.sse = None
    resp.data = orjson.dumps(document, default=str)
    resp.status = error.status
    for name in ("ETag", "Last-Modified"):
        resp.delete_header(name)
    resp.content_type = error.media_type
    resp.cache_control = ["no-store"]
    resp.set_headers(error.headers)


def refused_unread(status: int) -> bytes:
    """Return the document for a request that could not even be parsed as HTTP."""
    kind = _BY_STATUS.get(status, errors.MalformedRequest if status < 500 else errors.InternalError)  # noqa: PLR2004
    return orjson.dumps({**kind("The request cannot be read as HTTP.").problem(), "status": status})


async def _expected(
    req: falcon.asgi.Request, resp: falcon.asgi.Response, error: ProstError, _params: dict[str, Any]
) -> None:
    if error.status >= 500:  # noqa: PLR2004 - HTTP's own border between their fault and ours
        cause = repr(error.__cause__) if error.__cause__ else None
        log.warning("request_failed", code=error.code, detail=error.detail, path=req.path, cause=cause)
    write_problem(req, resp, error)


async def _from_falcon(
    req: falcon.asgi.Request, resp: falcon.asgi.Response, error: falcon.HTTPError, _params: dict[str, Any]
) -> None:
    fallback = errors.MalformedRequest if error.status_code < 500 else errors.InternalError  # noqa: PLR2004
    kind = _BY_STATUS.get(error.status_code, fallback)
    detail = error.description or ""
    if isinstance(error, falcon.HTTPMethodNotAllowed):
        detail = f"{req.method} is not allowed here."
    headers = dict(error.headers or {})
    write_problem(req, resp, kind(detail, headers=headers))


async def _unexpected(
    req: falcon.asgi.Request, resp: falcon.asgi.Response, error: Exception, _params: dict[str, Any]
) -> None:
    log.error("request_crashed", method=req.method, path=req.path, exc_info=error)
    telemetry.record_exception(error)
    write_problem(req, resp, errors.InternalError("The service failed; its logs have the trace id."))
