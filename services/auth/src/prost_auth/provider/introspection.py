"""Introspection (RFC 7662): what a token is worth at this moment."""

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from prost.db import utcnow
from prost_auth.domain.accounts import AccountState
from prost_auth.domain.sessions import is_over
from prost_auth.keys import ring
from prost_auth.provider.clients import ProviderClient
from prost_auth.provider.reading import FoundAccessToken, find_token
from prost_auth.provider.refresh import FoundRefreshToken
from prost_auth.provider.requests import ProviderRequest

__all__ = ["Introspection"]

Found = FoundAccessToken | FoundRefreshToken

_TOLD = ("iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "auth_time", "amr")


class Introspection(IntrospectionEndpoint):  # type: ignore[misc] # Authlib has no types.
    """Tells clients about their own tokens, and services about all that are meant for them."""

    ENDPOINT_NAME = "introspect"
    CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def check_params(self, request: ProviderRequest, _client: ProviderClient) -> None:
        """Ask for a token; a hint that is not understood is passed over. Raises InvalidRequestError."""
        if not request.form.get("token"):
            raise InvalidRequestError("Missing 'token' in request.")

    def query_token(self, token_string: str, _hint: str | None) -> Found | None:
        """Find a token."""
        return find_token(token_string)

    def check_permission(self, token: Found, client: ProviderClient, _request: ProviderRequest) -> bool:
        """Tell whether this is the client's business."""
        if token.check_client(client):
            return True
        if not client.is_service or isinstance(token, FoundRefreshToken):
            return False
        return token.claims.get("aud") in {client.client_id, ring.settings.auth_audience}

    def create_introspection_payload(self, token: Found | None) -> dict[str, Any]:
        """Say no more of a token that is worth nothing than that."""
        if isinstance(token, FoundAccessToken):
            if token.is_active:
                told = {name: token.claims[name] for name in _TOLD if name in token.claims}
                return {"active": True, "token_type": "Bearer", **told}
        elif token is not None and _is_usable(token):
            session = token.session
            return {
                "active": True,
                "iss": ring.issuer,
                "sub": str(session.account_id),
                "client_id": session.client_id,
                "scope": session.scope,
                "exp": int(session.expires_at.timestamp()),
            }
        return {"active": False}


def _is_usable(found: FoundRefreshToken) -> bool:
    session = found.session
    over = is_over(session.ended_at, session.expires_at, session.last_used_at, utcnow())
    return found.token.used_at is None and not over and session.account.state == AccountState.ACTIVE
