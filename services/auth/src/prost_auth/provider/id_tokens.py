"""ID tokens: who signed in, when and how, for one client."""

from typing import Any

from authlib.oidc.core.grants import OpenIDCode, OpenIDToken
from joserfc.jwk import ECKey

from prost.db import utcnow
from prost_auth.domain.keys import TOKEN_LIFETIME
from prost_auth.keys import ALGORITHM, ring
from prost_auth.models.accounts import Account
from prost_auth.models.clients import AuthorizationCode
from prost_auth.provider.clients import ProviderClient
from prost_auth.provider.requests import ProviderRequest

__all__ = ["OpenIdCodeToken", "OpenIdRefresh", "person_claims"]


def person_claims(account: Account, scope: str) -> dict[str, Any]:
    """Return what a client learns about a person with these scopes."""
    scopes = scope.split()
    claims: dict[str, Any] = {"sub": str(account.id)}
    if "profile" in scopes:
        updated_at = int(account.updated_at.timestamp())
        claims |= {"name": account.name, "locale": account.language, "updated_at": updated_at}
    if "email" in scopes:
        claims |= {"email": account.email, "email_verified": account.email_verified}
    return claims


class _IdToken:
    """Where Authlib's extensions find the key and the claims."""

    def get_client_algorithm(self, _client: ProviderClient) -> str:
        return ALGORITHM

    def get_encode_header(self, _client: ProviderClient) -> dict[str, Any]:
        return {"alg": ALGORITHM, "kid": ring.signer.kid}

    def resolve_client_private_key(self, _client: ProviderClient) -> ECKey:
        return ring.signer

    def get_compatible_claims(self, request: ProviderRequest) -> dict[str, Any]:
        now = int(utcnow().timestamp())
        claims = {
            "iss": ring.issuer,
            "aud": request.client.client_id,
            "iat": now,
            "exp": now + int(TOKEN_LIFETIME.total_seconds()),
        }
        if request.session is not None:
            claims |= {"auth_time": int(request.session.auth_time.timestamp()), "amr": request.session.amr}
        if request.approved_in is not None:
            claims["sid"] = str(request.approved_in.id)
        return claims

    def get_authorization_code_claims(self, code: AuthorizationCode) -> dict[str, Any]:
        return {} if code.nonce is None else {"nonce": code.nonce}

    def generate_user_info(self, user: Account, scope: str) -> dict[str, Any]:
        return person_claims(user, scope)


class OpenIdCodeToken(_IdToken, OpenIDCode):  # type: ignore[misc] # Authlib has no types.
    """Adds an ID token to what a code gives."""


class OpenIdRefresh(_IdToken, OpenIDToken):  # type: ignore[misc] # Authlib has no types.
    """Adds an ID token to what a refresh token gives."""
