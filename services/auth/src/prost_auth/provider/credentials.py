"""The client credentials grant: services and registered clients in their own name, for one audience."""

from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant as Grant

from prost_auth.provider.requests import ProviderRequest
from prost_auth.use_cases.tokens import issue_service_token

__all__ = ["ClientCredentialsGrant"]


class InvalidTarget(OAuth2Error):  # type: ignore[misc] # Authlib has no types.
    """RFC 8707: the client may not ask for tokens for this audience, or has to say for which."""

    error = "invalid_target"


class ClientCredentialsGrant(Grant):  # type: ignore[misc] # Authlib has no types.
    """Gives a token that one callee takes, to whoever is declared to call it."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    request: ProviderRequest

    def validate_requested_scope(self) -> None:
        """Refuse scopes: they are what people allow, and nobody is here. Raises InvalidScopeError."""
        if self.request.payload.scope:
            raise InvalidScopeError

    def generate_token(self, **_rest: object) -> dict[str, Any]:
        """Return a token for the audience that is asked for. Raises InvalidTarget."""
        client = self.request.client
        issued = issue_service_token(client.client_id, self._audience())
        return {
            "token_type": "Bearer",
            "access_token": issued.token,
            "expires_in": issued.expires_in,
            "scope": "",
        }

    def _audience(self) -> str:
        asked = self.request.payload.data
        wanted = {asked[name] for name in ("audience", "resource") if asked.get(name)}
        allowed = self.request.client.audiences
        if not wanted and len(allowed) == 1:
            return str(allowed[0])
        if len(wanted) != 1 or not wanted <= set(allowed):
            raise InvalidTarget("The client has to name one audience that it may call.")
        return str(wanted.pop())
