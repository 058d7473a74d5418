"""The refresh token grant, on the sessions that everybody else uses."""

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidGrantError
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant

from prost.db import utcnow
from prost_auth.domain.keys import TOKEN_LIFETIME
from prost_auth.domain.sessions import SessionEnded
from prost_auth.domain.sessions import fingerprint as token_fingerprint
from prost_auth.models.accounts import Account
from prost_auth.models.clients import AuthorizationCode
from prost_auth.models.sessions import RefreshToken, Session
from prost_auth.provider.clients import ProviderClient
from prost_auth.provider.requests import ProviderRequest
from prost_auth.use_cases.sessions import Opened, rotate
from prost_auth.use_cases.tokens import issue_access_token

__all__ = ["FoundRefreshToken", "RefreshGrant", "find_refresh_token", "token_document"]


def token_document(opened: Opened, scope: str, *, refreshable: bool) -> dict[str, Any]:
    """Return what the token endpoint answers; a session that cannot be refreshed ends with its token."""
    session = opened.session
    if not refreshable:
        session.expires_at = min(session.expires_at, utcnow() + TOKEN_LIFETIME)
        session.save()
    issued = issue_access_token(session, opened.account, scope)
    document = {
        "token_type": "Bearer",
        "access_token": issued.token,
        "expires_in": issued.expires_in,
        "scope": scope,
    }
    return document | ({"refresh_token": opened.refresh_token} if refreshable else {})


class FoundRefreshToken:
    """A refresh token as Authlib reads it, and its session."""

    def __init__(self, text: str, token: RefreshToken) -> None:
        """Take what was found for the text of a token."""
        self.text = text
        self.token = token
        self.session: Session = token.session

    def check_client(self, client: ProviderClient) -> bool:
        """Tell whether it is the client's."""
        return self.session.client_id == client.client_id

    def get_scope(self) -> str:
        """Return what the person has allowed."""
        return str(self.session.scope)


def find_refresh_token(text: str) -> FoundRefreshToken | None:
    """Return a refresh token of some client, used or not; those of the shop are nobody else's business."""
    token = (
        RefreshToken.select(RefreshToken, Session)
        .join(Session)
        .where(RefreshToken.token_hash == token_fingerprint(text), Session.client_id.is_null(False))
        .get_or_none()
    )
    return None if token is None else FoundRefreshToken(text, token)


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc] # Authlib has no types.
    """Exchanges a refresh token for the next one and an access token."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
    INCLUDE_NEW_REFRESH_TOKEN = True

    request: ProviderRequest

    def authenticate_refresh_token(self, refresh_token: str) -> FoundRefreshToken | None:
        """Find a token."""
        return find_refresh_token(refresh_token)

    def authenticate_user(self, refresh_token: FoundRefreshToken) -> Account:
        """Return whose session it is; whether it goes on is found out with the exchange."""
        account: Account = Account.get_by_id(refresh_token.session.account_id)
        return account

    def issue_token(self, _user: Account, refresh_token: FoundRefreshToken) -> dict[str, Any]:
        """Continue the session. Raises InvalidGrantError when it is over, or ends with this very token."""
        caller, client = self.request.asked.caller, self.request.client
        try:
            opened = rotate(
                refresh_token.text, client_id=client.client_id, ip=caller.ip, device=caller.device
            )
        except SessionEnded as error:
            raise InvalidGrantError("The refresh token is not valid any more.") from error
        self.request.session = opened.session
        given = AuthorizationCode.get_or_none(AuthorizationCode.session == opened.session)
        self.request.approved_in = None if given is None else given.approved_in
        scope = " ".join(
            each
            for each in opened.session.scope.split()
            if each in (self.request.payload.scope or opened.session.scope).split()
        )
        return token_document(opened, scope, refreshable=True)

    def revoke_old_credential(self, refresh_token: FoundRefreshToken) -> None:
        """Do nothing: the exchange has used it up."""
