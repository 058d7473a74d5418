"""The authorization code grant with PKCE, for OpenID Connect's code flow."""

from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7636.challenge import compare_s256_code_challenge
from authlib.oidc.core.grants.util import validate_request_prompt

from prost.db import utcnow
from prost_auth.domain.accounts import AccountState
from prost_auth.domain.audit import Kind
from prost_auth.domain.clients import CODE_LIFETIME, fingerprint, new_secret
from prost_auth.domain.sessions import EndReason, is_over
from prost_auth.models.accounts import Account
from prost_auth.models.clients import AuthorizationCode
from prost_auth.models.sessions import Session
from prost_auth.provider.clients import ProviderClient
from prost_auth.provider.id_tokens import OpenIdCodeToken
from prost_auth.provider.refresh import token_document
from prost_auth.provider.requests import ProviderRequest
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.sessions import end_session, open_session

__all__ = ["CodeGrant", "OpenIdCode", "Pkce"]

_PROMPTS = frozenset({"none", "login", "consent", "select_account"})


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc] # Authlib has no types.
    """Keeps codes by their fingerprint, and opens a session of the client for each that comes back."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    request: ProviderRequest

    def generate_authorization_code(self) -> str:
        """Return a code of 256 bits."""
        return new_secret()

    def save_authorization_code(self, code: str, request: ProviderRequest) -> None:
        """Keep a code for the person who allowed it in the session of `approved_in`."""
        asked = request.payload.data
        now = utcnow()
        AuthorizationCode.create(
            code_hash=fingerprint(code),
            client_id=request.client.client_id,
            account=request.user,
            approved_in=request.approved_in,
            redirect_uri=request.payload.redirect_uri,
            scope=request.scope,
            nonce=asked.get("nonce"),
            code_challenge=asked["code_challenge"],
            created_at=now,
            expires_at=now + CODE_LIFETIME,
        )

    def query_authorization_code(self, code: str, client: ProviderClient) -> "_Code | None":
        """Find a client's code that can be used; one that was used before ends the session that it gave."""
        mine = AuthorizationCode.client_id == client.client_id
        # Two who come with one code take turns here.
        row = (
            AuthorizationCode.select()
            .where(AuthorizationCode.code_hash == fingerprint(code), mine)
            .for_update()
            .get_or_none()
        )
        if row is None or (row.used_at is None and row.expires_at <= utcnow()):
            return None
        if row.used_at is not None:
            self._revoke(row)
            return None
        return _Code(row)

    def delete_authorization_code(self, authorization_code: "_Code") -> None:
        """Remember that a code was used, and for which session."""
        row = authorization_code.row
        row.used_at, row.session = utcnow(), self.request.session
        row.save()

    def authenticate_user(self, authorization_code: "_Code") -> Account | None:
        """Return whose code it is, as long as they are still signed in where they allowed it."""
        row = authorization_code.row
        session: Session = Session.get_by_id(row.approved_in_id)
        account: Account = Account.get_by_id(row.account_id)
        over = is_over(session.ended_at, session.expires_at, session.last_used_at, utcnow())
        if over or account.state != AccountState.ACTIVE:
            return None
        self.request.approved_in = session
        return account

    def generate_token(
        self, user: Account, scope: str, include_refresh_token: bool = True, **_rest: object
    ) -> dict[str, Any]:
        """Open a session of the client, signed in to as the person was, and return its tokens."""
        approved_in, caller = self.request.approved_in, self.request.asked.caller
        assert approved_in is not None  # noqa: S101 - authenticate_user has found it
        opened = open_session(
            user,
            amr=approved_in.amr,
            client_id=self.request.client.client_id,
            scope=scope,
            device=caller.device,
            ip=caller.ip,
            auth_time=approved_in.auth_time,
        )
        self.request.session = opened.session
        record(
            Kind.CLIENT_SIGNED_IN,
            user.id,
            ip=caller.ip,
            device=caller.device,
            client=self.request.client.client_id,
            session=str(opened.session.id),
        )
        return token_document(opened, scope, refreshable=include_refresh_token)

    def _revoke(self, row: AuthorizationCode) -> None:
        if row.session_id is not None and end_session(row.session_id, EndReason.REUSE):
            caller = self.request.asked.caller
            record(Kind.CODE_REUSED, row.account_id, ip=caller.ip, device=caller.device, client=row.client_id)


class _Code:
    """A code as Authlib reads it."""

    def __init__(self, row: AuthorizationCode) -> None:
        self.row = row
        self.code_challenge = row.code_challenge
        self.code_challenge_method = "S256"
        self.nonce = row.nonce

    def get_redirect_uri(self) -> str | None:
        return self.row.redirect_uri

    def get_scope(self) -> str:
        return str(self.row.scope)


class Pkce(CodeChallenge):  # type: ignore[misc] # Authlib has no types.
    """Takes S256 from every client, and no request without it."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)
    CODE_CHALLENGE_METHODS = {"S256": compare_s256_code_challenge}  # noqa: RUF012 - Authlib's name

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        """Refuse a request without a challenge. Raises InvalidRequestError."""
        asked = grant.request.payload.data
        if not asked.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge'")
        if asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("The 'code_challenge_method' has to be S256")
        super().validate_code_challenge(grant, redirect_uri)


class RequestNotSupported(OAuth2Error):  # type: ignore[misc] # Authlib has no types.
    """The request is in a JWT, which is not read here."""

    error = "request_not_supported"


class RequestUriNotSupported(OAuth2Error):  # type: ignore[misc] # Authlib has no types.
    """The request is somewhere else, from where it is not fetched."""

    error = "request_uri_not_supported"


class OpenIdCode(OpenIdCodeToken):
    """OpenID Connect's parameters of an authorization request."""

    def __call__(self, grant: CodeGrant) -> None:
        """Take part in a grant; whether to prompt is only known once somebody has come to the shop's page."""
        grant.register_hook("after_validate_authorization_request_payload", self.validate_parameters)
        grant.register_hook("after_create_token_response", self.process_token)
        if grant.request.user is not None:
            grant.register_hook("after_validate_consent_request", validate_request_prompt)

    def validate_parameters(self, grant: CodeGrant, _redirect_uri: str) -> None:
        """Refuse what would silently not be done. Raises OAuth2Error."""
        asked = grant.request.payload.data
        grant.request.require_one_of_each()
        if "request" in asked:
            raise RequestNotSupported
        if "request_uri" in asked:
            raise RequestUriNotSupported
        if asked.get("response_mode", "query") != "query":
            raise InvalidRequestError("The 'response_mode' has to be query")
        prompts = asked.get("prompt", "").split()
        if not _PROMPTS.issuperset(prompts) or ("none" in prompts and len(prompts) > 1):
            raise InvalidRequestError("Invalid 'prompt' parameter.")
        max_age = asked.get("max_age", "0")
        if not (max_age.isascii() and max_age.isdigit() and len(max_age) < 10):  # noqa: PLR2004 - fits any integer
            raise InvalidRequestError("Invalid 'max_age' parameter.")
