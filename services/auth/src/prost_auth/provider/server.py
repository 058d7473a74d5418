"""Authlib's authorization server with our grants and endpoints."""

from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Error
from authlib.oauth2.rfc6749.util import extract_basic_authorization

from prost.db import database
from prost_auth.keys import ring
from prost_auth.provider.clients import ProviderClient, find_client
from prost_auth.provider.code import CodeGrant, OpenIdCode, Pkce
from prost_auth.provider.credentials import ClientCredentialsGrant
from prost_auth.provider.id_tokens import OpenIdRefresh
from prost_auth.provider.introspection import Introspection
from prost_auth.provider.logout import EndSession
from prost_auth.provider.refresh import RefreshGrant
from prost_auth.provider.requests import Answer, Asked, ProviderRequest
from prost_auth.provider.revocation import Revocation

__all__ = ["answer", "claimed_client", "server"]

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class UnsupportedResponseType(OAuth2Error):  # type: ignore[misc] # Authlib has no types.
    """Codes are all that is given at the authorization endpoint."""

    error = "unsupported_response_type"


class Server(AuthorizationServer):  # type: ignore[misc] # Authlib has no types.
    """Asks our tables, and answers with `Answer`."""

    def __init__(self) -> None:
        """Register what the provider can do."""
        # Scopes that nobody here knows are passed over, as OpenID Connect wants it.
        super().__init__(scopes_supported=None)
        self.register_grant(CodeGrant, [Pkce(), OpenIdCode()])
        self.register_grant(RefreshGrant, [OpenIdRefresh()])
        self.register_grant(ClientCredentialsGrant)
        for endpoint in (Revocation, Introspection, EndSession):
            self.register_endpoint(endpoint)

    def query_client(self, client_id: str) -> ProviderClient | None:
        """Find a client."""
        return find_client(client_id)

    def get_authorization_grant(self, request: ProviderRequest) -> CodeGrant:
        """Return the grant of a request. Raises UnsupportedResponseType.

        Authlib would say in its error what was asked for, which takes ASCII only.
        """
        if request.payload.response_type not in CodeGrant.RESPONSE_TYPES:
            raise UnsupportedResponseType
        return super().get_authorization_grant(request)  # type: ignore[no-any-return]

    def save_token(self, token: dict[str, Any], request: ProviderRequest) -> None:
        """Keep nothing: the session was written when the token was made."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Tell nobody."""

    def create_oauth2_request(self, request: ProviderRequest) -> ProviderRequest:
        """Take the request, which is made already."""
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        """Make the answer; whoever is sent somewhere is told by whom (RFC 9207)."""
        found = Answer(status, body if isinstance(body, dict) else {}, dict(headers) | _NO_STORE)
        if found.location:
            found.location = add_params_to_uri(found.location, {"iss": ring.issuer})
        return found


server = Server()


def answer(asked: Asked) -> Answer:
    """Answer a request to the token, revocation or introspection endpoint, in one transaction.

    What a refusal has led to is kept: a code that comes twice ends the session that it gave.
    """
    try:
        request = ProviderRequest(asked)
        request.require_one_of_each()
    except OAuth2Error as error:
        return server.handle_error_response(None, error)  # type: ignore[no-any-return]
    with database.atomic():
        if asked.endpoint == "token":
            return server.create_token_response(request)  # type: ignore[no-any-return]
        return server.create_endpoint_response(asked.endpoint, request)  # type: ignore[no-any-return]


def claimed_client(asked: Asked) -> str | None:
    """Return the id of the registered client that a refused request has claimed to come from."""
    request = ProviderRequest(asked)
    told, _secret = extract_basic_authorization(request.headers)
    client = find_client(told or request.form.get("client_id", ""))
    return None if client is None else client.client_id
