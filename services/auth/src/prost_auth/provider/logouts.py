"""Logouts that applications ask for: kept until the shop's page, where the cookie counts, has done them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from authlib.oauth2.rfc6749 import OAuth2Error

from prost.db import database, utcnow
from prost_auth.domain.clients import REQUEST_LIFETIME, LogoutNotFound
from prost_auth.domain.oauth_errors import OAuthRefused
from prost_auth.models.clients import Logout
from prost_auth.provider.clients import ProviderClient, find_client
from prost_auth.provider.requests import Asked, ProviderRequest
from prost_auth.provider.server import server
from prost_auth.use_cases.sessions import session_of

__all__ = ["WantedLogout", "begin_logout", "describe_logout", "finish_logout"]


@dataclass(frozen=True)
class WantedLogout:
    """Who wants it, and whether an ID token shows that it is about the very session that would end."""

    client: ProviderClient | None
    vouched: bool


def begin_logout(parameters: Mapping[str, str]) -> UUID:
    """Keep a wish until it is done; only an address that the client has registered is kept with it.

    Raises OAuthRefused when client and ID token do not fit.
    """
    try:
        request = ProviderRequest(Asked("end-session", {name: [text] for name, text in parameters.items()}))
        asked = server.validate_endpoint_request("end-session", request)
    except OAuth2Error as error:
        raise OAuthRefused(error.description, error=error.error) from error
    now = utcnow()
    hint = asked.id_token_claims or {}
    row = Logout.create(
        client_id=None if asked.client is None or asked.client.is_service else asked.client.client_id,
        redirect_uri=asked.redirect_uri,
        subject=hint.get("sub"),
        sid=hint.get("sid"),
        created_at=now,
        expires_at=now + REQUEST_LIFETIME,
    )
    return UUID(str(row.id))


def describe_logout(logout_id: UUID, refresh_token: str | None) -> WantedLogout:
    """Return who wants a browser to sign out that holds this token. Raises LogoutNotFound."""
    row = _waiting(logout_id)
    client = None if row.client_id is None else find_client(row.client_id)
    return WantedLogout(client, _is_meant(row, refresh_token))


def finish_logout(logout_id: UUID) -> str | None:
    """Forget a wish that is fulfilled now, and return where the client waits. Raises LogoutNotFound."""
    with database.atomic():
        row = _waiting(logout_id)
        row.delete_instance()
    return row.redirect_uri


def _is_meant(row: Logout, refresh_token: str | None) -> bool:
    """Tell whether the ID token speaks for whoever is signed in: the same person, in the same session.

    Where nobody is signed in there is nothing that could end by mistake.
    """
    if row.subject is None:
        return False
    session = None if refresh_token is None else session_of(refresh_token)
    if session is None:
        return True
    return row.subject == str(session.account_id) and row.sid in {None, str(session.id)}


def _waiting(logout_id: UUID) -> Logout:
    row: Logout | None = Logout.get_or_none(Logout.id == logout_id)
    if row is None or row.expires_at <= utcnow():
        raise LogoutNotFound("This logout happened already, or is too old.")
    return row
