"""What browsers need beside JSON: redirects, and cookies that only the shop's own pages can use."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import falcon.asgi

from prost.errors import Forbidden

__all__ = ["CrossSiteRequest", "PrivateCookie", "redirect"]

_URL = re.compile(r"[!-~]+")
_LONG_AGO = datetime.fromtimestamp(0, UTC)
_OWN_PAGE = frozenset({"same-origin", "none"})


class CrossSiteRequest(Forbidden):
    """A page of another site had the browser send this."""


class PrivateCookie:
    """A cookie that no script can read and that only the shop's own pages send: HttpOnly, SameSite=Strict.

    Where browsers come by https it is Secure, too, and says so in its name (`__Secure-`), so that nobody
    without TLS can plant one. It is sent for `path` and what lies below, as the gateway has it.
    """

    def __init__(self, name: str, *, path: str, public_url: str) -> None:
        """Know where the cookie is at home."""
        secure = public_url.startswith("https://")
        self._origin = "{0.scheme}://{0.netloc}".format(urlsplit(public_url))
        self._attributes: dict[str, Any] = {
            "path": path,
            "secure": secure,
            "http_only": True,
            "same_site": "Strict",
        }
        self.name = f"__Secure-{name}" if secure else name

    def read(self, req: falcon.asgi.Request) -> str | None:
        """Return its value; None without one, and where two claim to be it.

        Raises CrossSiteRequest when it was not the shop's own page that had it sent.
        """
        fetched_by, origin = req.get_header("Sec-Fetch-Site"), req.get_header("Origin")
        if (fetched_by or "none") not in _OWN_PAGE or (origin or self._origin) != self._origin:
            raise CrossSiteRequest("This can only be asked for by a page of the shop.")
        values = req.get_cookie_values(self.name) or []
        return values[0] if len(values) == 1 and values[0] else None

    def write(self, resp: falcon.asgi.Response, value: str, *, max_age: int) -> None:
        """Keep a value with the browser for `max_age` seconds."""
        resp.set_cookie(self.name, value, max_age=max_age, **self._attributes)

    def clear(self, resp: falcon.asgi.Response) -> None:
        """Take it away; an error that is raised afterwards does so, too."""
        # Falcon leaves a max_age of 0 out, and its unset_cookie knows no Secure.
        resp.set_cookie(self.name, "", expires=_LONG_AGO, **self._attributes)


def redirect(resp: falcon.asgi.Response, url: str, status: int = 303) -> None:
    """Send the browser to a URL, which is encoded already. Raises ValueError for one that is not."""
    if _URL.fullmatch(url) is None:
        raise ValueError("a URL has printable ASCII characters only")
    resp.status = status
    # Falcon's `location` would encode the percent signs once more.
    resp.set_header("Location", url)
    resp.cache_control = ["no-store"]
