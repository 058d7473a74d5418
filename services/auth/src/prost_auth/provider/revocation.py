"""Revocation (RFC 7009): a token that is given back ends its session."""

from uuid import UUID

from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint

from prost_auth.domain.audit import Kind
from prost_auth.domain.sessions import EndReason
from prost_auth.provider.clients import ProviderClient
from prost_auth.provider.reading import FoundAccessToken, find_token
from prost_auth.provider.refresh import FoundRefreshToken
from prost_auth.provider.requests import ProviderRequest
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.sessions import end_session

__all__ = ["Revocation"]

Found = FoundAccessToken | FoundRefreshToken


class Revocation(RevocationEndpoint):  # type: ignore[misc] # Authlib has no types.
    """Ends the session of an access or refresh token of the client that asks."""

    ENDPOINT_NAME = "revoke"
    CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    def check_params(self, request: ProviderRequest, _client: ProviderClient) -> None:
        """Ask for a token; a hint that is not understood is passed over. Raises InvalidRequestError."""
        if not request.form.get("token"):
            raise InvalidRequestError("Missing 'token' in request.")

    def query_token(self, token_string: str, _hint: str | None) -> Found | None:
        """Find a token."""
        return find_token(token_string)

    def revoke_token(self, token: Found, request: ProviderRequest) -> None:
        """End its session. A service's own token has none, and is over soon."""
        sid = str(token.session.id) if isinstance(token, FoundRefreshToken) else token.claims.get("sid")
        if sid is not None and end_session(UUID(sid), EndReason.REVOKED):
            owner = (
                token.session.account_id
                if isinstance(token, FoundRefreshToken)
                else UUID(token.claims["sub"])
            )
            client = request.client.client_id
            record(Kind.SESSION_ENDED, owner, ip=request.asked.caller.ip, session=sid, client=client)
