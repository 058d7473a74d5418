"""Declared paths as Envoy matches and rewrites them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prost.spec import PublicRoute

if TYPE_CHECKING:
    from prost.spec import Http
    from prost_cli.gateway.documents import Json


INTERNAL = "/internal"
"""Below it, as the service sees it, are operations for other services: no entry leads there."""


def public_path(http: Http, inner: str) -> str | None:
    """Return a path of the service as it is at the gateway, or None when `upstream` does not lead to it.

    Patterns are carried over with their `*` and `**`.
    """
    prefix, upstream = http.prefix.rstrip("/"), http.upstream.rstrip("/")
    if inner != upstream and not inner.startswith(f"{upstream}/"):
        return None
    return prefix + inner.removeprefix(upstream).removesuffix("/") or "/"


def path_match(http: Http, route: PublicRoute) -> tuple[Json, Json] | None:
    """Return the match of an entry and the rewrite to its inner path; None when it cannot be reached."""
    outer = public_path(http, route.path)
    if outer is None:
        return None
    stem, inner_stem = outer.removesuffix("/**"), route.path.removesuffix("/**")
    if "*" in stem:
        rewrite = _regex_rewrite(f"^{re.escape(http.prefix.rstrip('/'))}", http.upstream.rstrip("/"))
        return {"safe_regex": {"regex": PublicRoute(path=outer, auth="anonymous").regex}}, rewrite
    if stem == outer:
        return {"path": outer}, {"prefix_rewrite": inner_stem}
    if not stem:
        return {"prefix": "/"}, {}
    if not inner_stem:
        # A prefix that becomes nothing would leave "//rest", or no path at all.
        return {"path_separated_prefix": stem}, _regex_rewrite(f"^{re.escape(stem)}/?", "/")
    return {"path_separated_prefix": stem}, {"prefix_rewrite": inner_stem}


def _regex_rewrite(pattern: str, substitution: str) -> Json:
    return {"regex_rewrite": {"pattern": {"regex": pattern}, "substitution": substitution}}
