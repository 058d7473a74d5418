"""What a client was allowed to know about somebody, as of now."""

from typing import Any

from prost.auth import InsufficientScope
from prost.db import utcnow
from prost.errors import Unauthenticated
from prost_auth.keys import ring
from prost_auth.provider.id_tokens import person_claims
from prost_auth.provider.reading import open_session_of, read_signed
from prost_auth.use_cases.tokens import ACCESS_TOKEN

__all__ = ["read_userinfo"]


def read_userinfo(authorization: str | None) -> dict[str, Any]:
    """Return the claims that a bearer token is good for. Raises Unauthenticated and InsufficientScope."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("Send an access token.", headers={"WWW-Authenticate": "Bearer"})
    claims = read_signed(token.strip(), ACCESS_TOKEN)
    valid = (
        claims is not None
        and claims["exp"] > utcnow().timestamp()
        and claims["aud"] == ring.settings.auth_audience
    )
    session = open_session_of(claims) if claims is not None and valid else None
    if claims is None or session is None:
        challenge = 'Bearer error="invalid_token", error_description="The token is over or not valid."'
        raise Unauthenticated("The token is over or not valid.", headers={"WWW-Authenticate": challenge})
    if "openid" not in claims["scope"].split():
        challenge = 'Bearer error="insufficient_scope", scope="openid"'
        raise InsufficientScope("The token lacks openid.", headers={"WWW-Authenticate": challenge})
    return person_claims(session.account, claims["scope"])
