"""One other provider: where its accounts sign in, and what its ID tokens prove."""

from typing import Any, Final
from urllib.parse import urlsplit

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jws import JWSRegistry
from requests import RequestException

from prost_auth.domain.external import ExternalRefused, Problem, Proven
from prost_auth.external.metadata import TIMEOUT, Metadata
from prost_auth.settings import ExternalProvider

__all__ = ["ExternalClient"]

_ALGORITHMS: Final = ("ES256", "ES384", "RS256", "PS256", "EdDSA", "Ed25519")
_SCOPE: Final = "openid email profile"
_LEEWAY: Final = 60
_LONGEST_SUBJECT: Final = 255


class ExternalClient:
    """A client of one provider. Its calls block on the network, so they are made in threads."""

    def __init__(self, name: str, config: ExternalProvider, redirect_uri: str) -> None:
        """Know the provider; nothing is fetched yet."""
        self.name = name
        self.shown_name = config.name
        self._config = config
        self._redirect_uri = redirect_uri
        self._metadata = Metadata(config.issuer)

    def address(self, state: str, nonce: str, code_verifier: str, prompt: str | None = None) -> str:
        """Return where somebody is sent to sign in, once more with `prompt`. Raises ExternalRefused."""
        with self._session() as session:
            url, _state = session.create_authorization_url(
                self._metadata.document()["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_verifier=code_verifier,
                **({} if prompt is None else {"prompt": prompt}),
            )
        return str(url)

    def prove(self, code: str, issuer: str | None, code_verifier: str, nonce: str) -> Proven:
        """Exchange a code and return what its ID token proves. Raises ExternalRefused."""
        metadata = self._metadata.document()
        required = metadata.get("authorization_response_iss_parameter_supported") is True
        # RFC 9207: a code of one provider is not carried to another.
        if issuer != self._config.issuer and (required or issuer is not None):
            raise ExternalRefused(Problem.FAILED, "the code came from another issuer")
        with self._session() as session:
            token = self._exchange(session, metadata["token_endpoint"], code, code_verifier)
            claims = self._verified(token, nonce)
            if "email" not in claims and "userinfo_endpoint" in metadata:
                claims |= self._userinfo(session, metadata["userinfo_endpoint"], claims["sub"])
        auth_time = claims.get("auth_time")
        return Proven(
            provider=self.name,
            subject=str(claims["sub"]),
            email=str(claims["email"]) if claims.get("email") else None,
            # Some providers write their booleans as text.
            email_verified=claims.get("email_verified") in (True, "true"),
            name=str(claims.get("name") or ""),
            auth_time=auth_time if isinstance(auth_time, int) else None,
        )

    def _session(self) -> Any:
        return OAuth2Session(
            self._config.client_id,
            self._config.client_secret.get_secret_value(),
            token_endpoint_auth_method=self._authentication(),
            scope=_SCOPE,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            default_timeout=TIMEOUT,
        )

    def _authentication(self) -> str:
        offered = self._metadata.document().get("token_endpoint_auth_methods_supported")
        post_only = isinstance(offered, list) and "client_secret_basic" not in offered
        return "client_secret_post" if post_only else "client_secret_basic"

    def _exchange(self, session: Any, endpoint: str, code: str, code_verifier: str) -> dict[str, Any]:
        try:
            token: dict[str, Any] = session.fetch_token(
                endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=code_verifier,
                redirect_uri=self._redirect_uri,
                allow_redirects=False,
            )
        except OAuthError as error:
            raise ExternalRefused(Problem.FAILED, f"the code was refused: {error.error}") from error
        except (RequestException, ValueError) as error:
            detail = f"{urlsplit(endpoint).netloc}: {type(error).__name__}"
            raise ExternalRefused(Problem.UNAVAILABLE, detail) from error
        return token

    def _verified(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        try:
            decoded = self._decode(token["id_token"])
            options = {
                "iss": {"essential": True, "value": self._config.issuer},
                "aud": {"essential": True, "value": self._config.client_id},
            }
            expected = {
                "nonce": nonce,
                "client_id": self._config.client_id,
                "access_token": token.get("access_token"),
            }
            claims = CodeIDToken(decoded.claims, decoded.header, options, expected)
            claims.validate(leeway=_LEEWAY)
            _check_subject(claims["sub"])
        # joserfc reads headers and claims of any type as if they had the right one.
        except (JoseError, ValueError, TypeError, LookupError, ArithmeticError) as error:
            detail = f"the ID token is not valid: {type(error).__name__} {error}"
            raise ExternalRefused(Problem.FAILED, detail) from error
        return dict(claims)

    def _decode(self, id_token: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(_ALGORITHMS), strict_check_header=False)
        try:
            return jwt.decode(id_token, self._metadata.keys(), registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(id_token, self._metadata.keys(newer=True), registry=registry)

    def _userinfo(self, session: Any, endpoint: str, subject: str) -> dict[str, Any]:
        try:
            told = session.get(endpoint, allow_redirects=False).json()
        except (RequestException, OAuthError, ValueError) as error:
            raise ExternalRefused(Problem.UNAVAILABLE, f"userinfo: {type(error).__name__}") from error
        if not isinstance(told, dict) or told.get("sub") != subject:
            raise ExternalRefused(Problem.FAILED, "userinfo is about somebody else")
        return {name: told[name] for name in ("email", "email_verified", "name") if name in told}


def _check_subject(subject: object) -> None:
    """Hold a subject to what OpenID Connect lets it be, and a column hold. Raises ValueError."""
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise ValueError("the subject is none")
