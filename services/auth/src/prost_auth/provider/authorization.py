"""Authorization requests: a client sends somebody here, the shop's page asks them, they are sent back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authlib.oauth2.rfc6749 import OAuth2Error
from authlib.oauth2.rfc6749.errors import AccessDeniedError
from authlib.oidc.core.errors import ConsentRequiredError, LoginRequiredError

from prost.db import database, utcnow
from prost_auth.domain.callers import Caller
from prost_auth.domain.clients import (
    REQUEST_LIFETIME,
    AuthorizationNotFound,
    ClientUnknown,
    RedirectUriUnknown,
    SignInTooOld,
    needs_consent,
)
from prost_auth.domain.sessions import SessionEnded
from prost_auth.models.clients import AuthorizationRequest, Consent
from prost_auth.models.sessions import Session
from prost_auth.provider.clients import ProviderClient, find_client
from prost_auth.provider.requests import Asked, ProviderRequest
from prost_auth.provider.server import server
from prost_auth.use_cases.acting import ShopOnly, acting_account, acting_session
from prost_auth.use_cases.consents import grant_consent

__all__ = ["Begun", "Question", "begin", "decide", "decline", "describe"]

_KEPT = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge"),
    *("code_challenge_method", "prompt", "max_age", "login_hint"),
)


@dataclass(frozen=True)
class Begun:
    """Either the id of a request that waits for its decision, or where its refusal is sent."""

    request_id: UUID | None = None
    redirect_to: str = ""


@dataclass(frozen=True)
class Question:
    """What the shop's page asks a person, or finds out that it need not ask."""

    client: ProviderClient
    scopes: list[str]
    needs_consent: bool
    prompt: str | None
    login_hint: str | None
    sign_in_again: bool


def begin(parameters: Mapping[str, list[str]]) -> Begun:
    """Keep a request until it is decided, if it is one that this client may make.

    Raises ClientUnknown and RedirectUriUnknown: those are the two that nobody is sent back for.
    """
    client, redirect_uri = _whose(parameters)
    request = _request(parameters)
    try:
        server.get_consent_grant(request)
    except OAuth2Error as error:
        return Begun(redirect_to=_refusal(error, request, redirect_uri))
    now = utcnow()
    kept = {name: request.payload.data[name] for name in _KEPT if name in request.payload.data}
    row = AuthorizationRequest.create(
        client_id=client.client_id, parameters=kept, created_at=now, expires_at=now + REQUEST_LIFETIME
    )
    return Begun(row.id)


def describe(request_id: UUID, caller: Caller) -> Question:
    """Return what to ask somebody, signed in or not. Raises AuthorizationNotFound."""
    row = _waiting(request_id)
    session = _session_if_any(caller)
    request = _request_of(row)
    client = request.client
    asked = request.scope.split()
    return Question(
        client=client,
        scopes=asked,
        needs_consent=session is None or _needs_consent(request, session.account_id),
        prompt=request.payload.data.get("prompt"),
        login_hint=request.payload.data.get("login_hint"),
        sign_in_again=session is not None and _is_too_old(row, session),
    )


def decide(request_id: UUID, caller: Caller, *, allow: bool) -> str:
    """Return where the client waits, for a code or for a refusal.

    Raises:
        AuthorizationNotFound: nobody waits for this decision.
        SessionEnded, ShopOnly: whoever decides is not signed in at the shop.
        SignInTooOld: they have to sign in again before.
    """
    with database.atomic():
        row = _waiting(request_id, lock=True)
        account, session = acting_account(caller), acting_session(caller)
        request = _request_of(row)
        redirect_uri = request.payload.redirect_uri or request.client.get_default_redirect_uri()
        silent = request.payload.data.get("prompt") == "none"
        if allow and not silent and _is_too_old(row, session):
            raise SignInTooOld("Sign in again first.")
        row.delete_instance()
        error = _reason_against(request, row, session, allow=allow, silent=silent)
        if error is not None:
            return _refusal(error, request, redirect_uri)
        grant_consent(account.id, request.client.client_id, request.scope.split(), caller)
        request.approved_in = session
        grant = server.get_consent_grant(request, end_user=account)
        return str(server.create_authorization_response(request, account, grant).location)


def decline(request_id: UUID) -> str:
    """Return where the client waits, for the news that nobody is signed in, or that they did not want to.

    Raises AuthorizationNotFound.
    """
    with database.atomic():
        row = _waiting(request_id, lock=True)
        row.delete_instance()
        request = _request_of(row)
        redirect_uri = request.payload.redirect_uri or request.client.get_default_redirect_uri()
        silent = request.payload.data.get("prompt") == "none"
        return _refusal(LoginRequiredError() if silent else AccessDeniedError(), request, redirect_uri)


def _whose(parameters: Mapping[str, list[str]]) -> tuple[ProviderClient, str]:
    ids, uris = parameters.get("client_id", []), parameters.get("redirect_uri", [])
    client = find_client(ids[0]) if len(ids) == 1 else None
    if client is None or client.is_service:
        raise ClientUnknown("There is no such client.")
    redirect_uri = uris[0] if uris else client.get_default_redirect_uri()
    if redirect_uri is None or len(uris) > 1 or not client.check_redirect_uri(redirect_uri):
        raise RedirectUriUnknown("The client has registered no such address.")
    return client, redirect_uri


def _request(parameters: Mapping[str, Any]) -> ProviderRequest:
    return ProviderRequest(Asked("authorize", parameters))


def _request_of(row: AuthorizationRequest) -> ProviderRequest:
    """Return a kept request, validated once more: the client may have changed since."""
    request = _request({name: [value] for name, value in row.parameters.items()})
    try:
        server.get_consent_grant(request)
    except OAuth2Error as error:
        raise AuthorizationNotFound("The client may not ask for this any more.") from error
    return request


def _waiting(request_id: UUID, *, lock: bool = False) -> AuthorizationRequest:
    rows = AuthorizationRequest.select().where(AuthorizationRequest.id == request_id)
    row: AuthorizationRequest | None = (rows.for_update() if lock else rows).get_or_none()
    if row is None or row.expires_at <= utcnow():
        raise AuthorizationNotFound("The request was decided, or is too old.")
    return row


def _session_if_any(caller: Caller) -> Session | None:
    try:
        return acting_session(caller)
    except (SessionEnded, ShopOnly):
        return None


def _is_too_old(row: AuthorizationRequest, session: Session) -> bool:
    asked = row.parameters
    if "login" in asked.get("prompt", "").split() and session.auth_time < row.created_at:
        return True
    return "max_age" in asked and (utcnow() - session.auth_time).total_seconds() > int(asked["max_age"])


def _needs_consent(request: ProviderRequest, account_id: UUID) -> bool:
    client = request.client
    given = Consent.get_or_none(Consent.account == account_id, Consent.client_id == client.client_id)
    prompts = request.payload.data.get("prompt", "").split()
    return needs_consent(prompts, request.scope.split(), [] if given is None else given.scopes)


def _reason_against(
    request: ProviderRequest, row: AuthorizationRequest, session: Session, *, allow: bool, silent: bool
) -> OAuth2Error | None:
    if not allow:
        return AccessDeniedError()
    if silent and _is_too_old(row, session):
        return LoginRequiredError()
    if silent and _needs_consent(request, session.account_id):
        return ConsentRequiredError()
    return None


def _refusal(error: OAuth2Error, request: ProviderRequest, redirect_uri: str) -> str:
    error.redirect_uri, error.state = redirect_uri, request.payload.state
    return str(server.handle_error_response(request, error).location)
