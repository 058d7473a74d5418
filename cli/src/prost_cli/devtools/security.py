"""Who may speak to the local stack's window: this machine's own programs and pages, and nobody else's.

A page of any web site can make a browser send requests to loopback, and by DNS rebinding under a name of
its own. So the name asked for must be a loopback one, and whatever changes something or hands out a token
must not come from another origin.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import hdrs, web

if TYPE_CHECKING:
    from collections.abc import Collection

    from aiohttp.typedefs import Handler, Middleware

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_SAFE_METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})


def problem(status: int, detail: str) -> web.Response:
    """Return an application/problem+json answer."""
    title = web.Response(status=status).reason
    return web.json_response(
        {"type": "about:blank", "title": title, "status": status, "detail": detail},
        status=status,
        content_type="application/problem+json",
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host name, without its port, can only mean this machine."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def host_of(authority: str) -> str:
    """Return the host in `host:port`; empty when there is none or it cannot be read."""
    try:
        return urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return ""


def guard(allowed_hosts: Collection[str] = ()) -> Middleware:
    """Return the middleware that refuses foreign names and origins and sets the security headers."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = host_of(request.headers.get(hdrs.HOST, ""))
        if not is_loopback(host) and host not in allowed_hosts:
            return problem(403, f"this address is not served under the name {host!r}")
        if request.method not in _SAFE_METHODS and not is_same_origin(request):
            return problem(403, "requests from other origins are refused")
        return await handler(request)

    return middleware


def is_same_origin(request: web.Request) -> bool:
    """Tell whether a request comes from our own pages or from no page at all."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get(hdrs.ORIGIN)
    return origin is None or origin == f"{request.scheme}://{request.headers.get(hdrs.HOST, '')}"


async def set_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Give a response the security headers that it does not set itself; for `on_response_prepare`."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
