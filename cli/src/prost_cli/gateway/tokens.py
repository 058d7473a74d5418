"""The check of access tokens: whose are accepted, with which keys, and which roles a route asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prost_cli.gateway.clusters import JWKS
from prost_cli.gateway.documents import Json, seconds, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prost.spec import Access
    from prost_cli.gateway.settings import Identity

JWT = "envoy.filters.http.jwt_authn"
JWT_MESSAGE = "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication"
RBAC = "envoy.filters.http.rbac"
RBAC_MESSAGE = "envoy.extensions.filters.http.rbac.v3.RBAC"

SUBJECT_HEADER = "x-prost-subject"
"""The request header that tells a service, and the access log, whose token was verified."""

STAFF_ROLES = ("support", "catalog-manager", "admin")

_PROVIDER = "prost"
_NEWEST_KEYS = "prost-newest-keys"
_VERIFIED = [{"provider_name": _PROVIDER}, {"provider_name": _NEWEST_KEYS}]
_CLAIMS = "claims"
# Seconds after which keys are fetched again in the background, and that keys are kept which were fetched
# because a token was signed with none of those at hand.
_JWKS_LIFETIME = 60
_JWKS_AT_MOST_EVERY = 1
# Per worker thread; a kept token is not verified again until it expires.
_VERIFIED_TOKENS = 1000
_CLOCK_SKEW = 30


def token_checks(identity: Identity) -> Json:
    """Render the checks that routes choose from by name."""
    return {
        "providers": _providers(identity),
        "requirement_map": {
            "required": _any_of(_VERIFIED),
            "optional": _any_of([*_VERIFIED, {"allow_missing": {}}]),
        },
    }


def access(auth: Access) -> Json:
    """Configure a route's token check; an anonymous one has none."""
    if auth == "anonymous":
        return {}
    requirement = "optional" if auth == "optional" else "required"
    config: Json = {
        JWT: typed("envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig", requirement_name=requirement)
    }
    if auth == "staff":
        config[RBAC] = _any_role(STAFF_ROLES)
    if auth == "admin":
        config[RBAC] = _any_role(("admin",))
    return config


def _providers(identity: Identity) -> Json:
    """Try the keys at hand first, and fetch them anew for a token that they do not verify."""
    keys = {"http_uri": {"uri": identity.jwks_url, "cluster": JWKS, "timeout": "2s"}}
    # The listener does not wait: the shop can be looked at while the issuer starts.
    in_background = {"fast_listener": True, "failed_refetch_duration": "1s"}
    return {
        _PROVIDER: {
            **_provider(identity),
            "remote_jwks": {
                **keys,
                "cache_duration": seconds(_JWKS_LIFETIME),
                "async_fetch": in_background,
            },
        },
        _NEWEST_KEYS: {
            **_provider(identity),
            "remote_jwks": {**keys, "cache_duration": seconds(_JWKS_AT_MOST_EVERY)},
        },
    }


def _any_of(requirements: Sequence[Json]) -> Json:
    return {"requires_any": {"requirements": list(requirements)}}


def _provider(identity: Identity) -> Json:
    return {
        "issuer": identity.issuer,
        "audiences": [identity.audience],
        "from_headers": [{"name": "Authorization", "value_prefix": "Bearer "}],
        "jwt_cache_config": {"jwt_cache_size": _VERIFIED_TOKENS},
        "forward": True,
        "require_expiration": True,
        "clock_skew_seconds": _CLOCK_SKEW,
        "payload_in_metadata": _CLAIMS,
        "claim_to_headers": [{"header_name": SUBJECT_HEADER, "claim_name": "sub"}],
    }


def _any_role(roles: Iterable[str]) -> Json:
    path = [{"key": _CLAIMS}, {"key": "roles"}]
    principals = [
        {
            "sourced_metadata": {
                "metadata_matcher": {
                    "filter": JWT,
                    "path": path,
                    "value": {"list_match": {"one_of": {"string_match": {"exact": role}}}},
                }
            }
        }
        for role in roles
    ]
    policy = {"permissions": [{"any": True}], "principals": [{"or_ids": {"ids": principals}}]}
    return typed(
        "envoy.extensions.filters.http.rbac.v3.RBACPerRoute",
        rbac={"rules": {"action": "ALLOW", "policies": {"roles": policy}}},
    )
