"""Signs the tokens by which people and services are known to every service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from prost.db import utcnow
from prost_auth.domain.keys import TOKEN_LIFETIME
from prost_auth.domain.scopes import carried_roles
from prost_auth.keys import ring
from prost_auth.models.accounts import Account
from prost_auth.models.sessions import Session

ACCESS_TOKEN = "at+jwt"  # noqa: S105 - a media type
"""The type of RFC 9068: nothing else that is signed here passes as an access token."""


@dataclass(frozen=True)
class AccessToken:
    """A signed token and the seconds for which it is good."""

    token: str
    expires_in: int


def issue_access_token(session: Session, account: Account, scope: str | None = None) -> AccessToken:
    """Sign the token of a session; `scope` narrows what the session was given.

    Only clients other than the shop are named, which is how every service tells them apart.
    """
    claims = {
        "sub": str(account.id),
        "aud": ring.settings.auth_audience,
        **({"client_id": session.client_id} if session.client_id is not None else {}),
        "sid": str(session.id),
        "scope": session.scope if scope is None else scope,
        "roles": carried_roles(account.staff_roles, session.amr, session.client_id),
        "email_verified": account.email_verified,
        "amr": session.amr,
        "auth_time": int(session.auth_time.timestamp()),
    }
    return sign_access_token(claims, until=session.expires_at)


def issue_service_token(service: str, audience: str) -> AccessToken:
    """Sign the token with which one service, or a registered client, calls another in its own name."""
    claims = {"sub": f"service:{service}", "aud": audience, "client_id": service, "scope": "", "roles": []}
    return sign_access_token(claims)


def sign_access_token(claims: Mapping[str, Any], until: datetime | None = None) -> AccessToken:
    """Sign these claims, stamped by the issuer; none outlives `until`, the end of a session."""
    now = utcnow()
    end = now + TOKEN_LIFETIME
    expires_in = int((min(end, until or end) - now).total_seconds())
    issued = int(now.timestamp())
    stamps = {"iss": ring.issuer, "iat": issued, "exp": issued + expires_in, "jti": token_urlsafe(16)}
    return AccessToken(ring.sign({**stamps, **claims}, ACCESS_TOKEN), expires_in)
