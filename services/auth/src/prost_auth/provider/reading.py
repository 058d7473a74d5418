"""Tokens that come back, as the endpoints read them that say or end what they are worth."""

from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError

from prost.db import utcnow
from prost_auth.domain.accounts import AccountState
from prost_auth.domain.sessions import is_over
from prost_auth.keys import ALGORITHM, ring
from prost_auth.models.sessions import Session
from prost_auth.provider.clients import ProviderClient
from prost_auth.provider.refresh import FoundRefreshToken, find_refresh_token
from prost_auth.use_cases.tokens import ACCESS_TOKEN

__all__ = ["FoundAccessToken", "find_token", "open_session_of", "read_signed"]


def read_signed(token: str, typ: str) -> dict[str, Any] | None:
    """Return the claims of a token that was signed here for one purpose, be it over or not; else None."""
    try:
        decoded = jwt.decode(token, ring.published, algorithms=[ALGORITHM])
    # joserfc reads headers of any type as if they had the right one.
    except (JoseError, ValueError, TypeError, LookupError, ArithmeticError):
        return None
    ours = decoded.header.get("typ") == typ and decoded.claims.get("iss") == ring.issuer
    return decoded.claims if ours else None


def open_session_of(claims: dict[str, Any]) -> Session | None:
    """Return the session of a token's `sid` while it goes on and its account can be signed in to."""
    try:
        session = Session.get_or_none(Session.id == UUID(str(claims.get("sid"))))
    except ValueError:
        return None
    if session is None or session.account.state != AccountState.ACTIVE:
        return None
    over = is_over(session.ended_at, session.expires_at, session.last_used_at, utcnow())
    return None if over else session


class FoundAccessToken:
    """An access token whose signature is right."""

    def __init__(self, claims: dict[str, Any]) -> None:
        """Take its claims."""
        self.claims = claims

    @property
    def is_active(self) -> bool:
        """Whether it is worth anything: not expired, and its session, if it has one, not ended."""
        if self.claims["exp"] <= utcnow().timestamp():
            return False
        return "sid" not in self.claims or open_session_of(self.claims) is not None

    def check_client(self, client: ProviderClient) -> bool:
        """Tell whether it was given to this client."""
        return bool(self.claims.get("client_id") == client.client_id)


def find_token(text: str) -> FoundAccessToken | FoundRefreshToken | None:
    """Return what a text is a token of; hints are not needed to tell."""
    claims = read_signed(text, ACCESS_TOKEN)
    return find_refresh_token(text) if claims is None else FoundAccessToken(claims)
