"""Response headers that tell browsers what a page of this origin may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prost_cli.gateway.replies import header

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prost_cli.gateway.documents import Json
    from prost_cli.gateway.settings import Addresses, GatewaySettings

_STOREFRONT_POLICY: dict[str, tuple[str, ...]] = {
    "default-src": ("'self'",),
    "img-src": ("'self'", "data:", "blob:"),
    "style-src": ("'self'",),
    "script-src": ("'self'",),
    "connect-src": ("'self'",),
    "object-src": ("'none'",),
    "base-uri": ("'self'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
}

# Vite's development server writes scripts and styles into the page and pushes changes over a web socket; when
# it is gone, a worker waits for it.
_HOT_RELOAD_SOURCES = {
    "script-src": ("'unsafe-inline'",),
    "style-src": ("'unsafe-inline'",),
    "connect-src": ("ws:", "wss:"),
    "worker-src": ("'self'", "blob:"),
}

_MEDIA_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"


def common_headers(settings: GatewaySettings, addresses: Addresses) -> list[Json]:
    """Headers of every answer."""
    headers = [header("x-content-type-options", "nosniff")]
    if addresses.public_url.startswith("https://"):
        headers.append(header("strict-transport-security", "max-age=31536000; includeSubDomains"))
    if settings.cors_origins:
        # Or a cache gives one origin's answer to another.
        vary = {"key": "vary", "value": "Origin"}
        headers.append({"header": vary, "append_action": "APPEND_IF_EXISTS_OR_ADD"})
    return headers


def api_headers() -> list[Json]:
    """Headers of the services' answers, which are data and no pages."""
    return [header("content-security-policy", _API_POLICY)]


def readable_by_scripts() -> Json:
    """Let scripts of every page read an answer; browsers send no cookie along to such a one."""
    return header("access-control-allow-origin", "*")


def media_headers() -> list[Json]:
    """Headers of files: one that was uploaded with a script in it must not run as a page of the shop."""
    return [header("content-security-policy", _MEDIA_POLICY)]


def storefront_headers(settings: GatewaySettings, addresses: Addresses) -> list[Json]:
    """Headers of the storefront's pages."""
    policy = {"key": "content-security-policy", "value": content_security_policy(settings, addresses)}
    return [
        # A storefront that knows the hashes of its inline scripts states a policy of its own.
        {"header": policy, "append_action": "ADD_IF_ABSENT"},
        header("referrer-policy", "strict-origin-when-cross-origin"),
        header("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(self), usb=()"),
        header("cross-origin-opener-policy", "same-origin"),
    ]


def content_security_policy(settings: GatewaySettings, addresses: Addresses) -> str:
    """Write the storefront's policy with the sources that settings and hot reload add to it."""
    policy = {**_STOREFRONT_POLICY}
    if addresses.storefront_hot_reload:
        policy = _extended(policy, _HOT_RELOAD_SOURCES.items())
    policy = _extended(policy, settings.content_security_policy.items())
    return "; ".join(" ".join((directive, *sources)) for directive, sources in policy.items())


def _extended(
    policy: dict[str, tuple[str, ...]], added: Iterable[tuple[str, tuple[str, ...]]]
) -> dict[str, tuple[str, ...]]:
    extended = dict(policy)
    for directive, sources in added:
        present = extended.get(directive, ())
        present = () if present == ("'none'",) else present
        extended[directive] = (*present, *sources)
    return extended
