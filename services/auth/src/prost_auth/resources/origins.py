"""Lets scripts of registered applications, which run at other origins, get tokens and use them."""

from typing import Final

from falcon.asgi import Request, Response

from prost.db import in_db
from prost_auth.use_cases.clients import is_origin_of_application

OPEN_TO_APPLICATIONS: Final = frozenset({"/auth/token", "/auth/revoke", "/auth/userinfo"})
"""Where a script proves by a code or a token what it may do. None of these looks at a cookie."""

_ALLOWED: Final = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}


class ApplicationOrigins:
    """Says to browsers, before anything else is done, whose scripts may read the answer (CORS)."""

    async def process_request(self, req: Request, resp: Response) -> None:
        """Allow the origin of a public application; answer a browser that only asks."""
        if req.path not in OPEN_TO_APPLICATIONS:
            return
        resp.append_header("Vary", "Origin")
        origin = req.get_header("Origin")
        if origin is None or not await in_db(is_origin_of_application, origin):
            return
        resp.set_header("Access-Control-Allow-Origin", origin)
        resp.set_header("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After")
        if req.method == "OPTIONS" and req.get_header("Access-Control-Request-Method"):
            resp.set_headers(_ALLOWED)
            resp.status = 204
            resp.complete = True
