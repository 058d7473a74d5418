"""Access tokens (RFC 9068), verified once and remembered for as long as they hold."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError

from prost.auth._keys import PublicKeys
from prost.auth._principal import SERVICE_PREFIX, Principal
from prost.errors import Unauthenticated, Unavailable
from prost.settings import Settings

__all__ = ["TOKEN_TYPE", "TokenVerifier"]

TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - a media type
_LEEWAY = 10
_MAX_TOKEN = 8192
_KEPT_TOKENS = 2048
_TEXT_OR_NONE = (str, type(None))


class TokenVerifier:
    """Verifies bearer tokens of one issuer, those of people and those of services that call this one.

    A person's token is for the audience of the settings, a service's for this service alone. Keys come from
    the issuer's JWKS and stay in use while the issuer is away; with `keys`, a JWKS document, nothing is ever
    fetched. It is a dependency of the process.
    """

    name = "identity"
    required = False

    def __init__(self, settings: Settings, keys: Mapping[str, Any] | None = None) -> None:
        """Take issuer, audience and JWKS address from the settings."""
        self._audience = settings.auth_audience
        self._service = settings.service
        self._claims = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": settings.auth_issuer or ""},
            aud={"essential": True},
            sub={"essential": True},
            exp={"essential": True},
        )
        self._keys = PublicKeys(settings.auth_jwks_url if keys is None else None)
        self._verified = _VerifiedTokens()
        if keys is not None:
            self._keys.use(keys)

    def use_keys(self, keys: Mapping[str, Any]) -> None:
        """Use the keys of a JWKS document from now on. Raises ValueError when it has none."""
        self._keys.use(keys)

    async def start(self) -> None:
        """Fetch the keys and keep them fresh. Raises OSError or ValueError when there are none to be had."""
        await self._keys.start()

    async def stop(self) -> None:
        """Stop refreshing."""
        await self._keys.stop()

    async def check(self) -> None:
        """Raise Unavailable while no token could be verified."""
        if self._keys.are_missing:
            raise Unavailable("No keys were ever fetched.")

    async def verify(self, token: str) -> Principal:
        """Return whom a token speaks for.

        Raises Unauthenticated for a token that is forged, expired, early, meant for others or no access
        token, and Unavailable while there is no key to tell.
        """
        if not 0 < len(token) <= _MAX_TOKEN:
            raise _refusal("is empty or too long")
        digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
        version = self._keys.version
        principal = self._verified.get(digest, version)
        if principal is None:
            principal, expires_at = await self._verify(token)
            self._verified.add(digest, version, principal, expires_at)
        return principal

    async def _verify(self, token: str) -> tuple[Principal, float]:
        try:
            decoded = await self._keys.decode(token)
            self._claims.validate(decoded.claims)
        except ExpiredTokenError:
            raise _refusal("has expired") from None
        except ClaimError as error:
            raise _refusal(f"has a wrong or missing claim: {error.claim}") from None
        # joserfc reads headers and claims of any type as if they had the right one.
        except (JoseError, ValueError, TypeError, LookupError, ArithmeticError):
            raise _refusal("is not valid") from None
        # An ID token is signed by the same key and may name the same audience: it lets nobody in.
        if str(decoded.header.get("typ")).lower().removeprefix("application/") != TOKEN_TYPE:
            raise _refusal("is not an access token")
        principal = _principal(decoded.claims, token)
        audience = decoded.claims["aud"]
        self._require_audience(principal, audience if isinstance(audience, list) else [audience])
        return principal, decoded.claims["exp"]

    def _require_audience(self, principal: Principal, audiences: list[str]) -> None:
        if not principal.is_service:
            if self._audience not in audiences:
                raise _refusal("has a wrong or missing claim: aud")
            return
        # For one service alone: whoever is called could pass on what others take, too.
        if audiences != [self._service]:
            raise _refusal("has a wrong or missing claim: aud")
        if principal.roles or principal.subject != f"{SERVICE_PREFIX}{principal.client_id}":
            raise _refusal("has claims that no service has")


class _VerifiedTokens:
    """Principals by the digest of their token: the latest ones, until they expire or the keys change."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, tuple[float, Principal]] = OrderedDict()
        self._version = 0

    def get(self, digest: bytes, version: int) -> Principal | None:
        if version != self._version:
            self._kept.clear()
            self._version = version
        found = self._kept.get(digest)
        if found is None:
            return None
        expires_at, principal = found
        if expires_at <= time.time():
            del self._kept[digest]
            return None
        self._kept.move_to_end(digest)
        return principal

    def add(self, digest: bytes, version: int, principal: Principal, expires_at: float) -> None:
        # The keys may have changed while this token was looked at.
        if version != self._version:
            return
        self._kept[digest] = expires_at, principal
        if len(self._kept) > _KEPT_TOKENS:
            self._kept.popitem(last=False)


def _refusal(reason: str) -> Unauthenticated:
    challenge = f'Bearer error="invalid_token", error_description="The token {reason}."'
    return Unauthenticated(f"The token {reason}.", headers={"WWW-Authenticate": challenge})


def _principal(claims: Mapping[str, Any], token: str) -> Principal:
    roles, amr = claims.get("roles", []), claims.get("amr", [])
    scope, email_verified = claims.get("scope", ""), claims.get("email_verified", False)
    session_id, client_id = claims.get("sid"), claims.get("client_id")
    if not (
        _are_texts(roles)
        and _are_texts(amr)
        and isinstance(scope, str)
        and isinstance(email_verified, bool)
        and isinstance(session_id, _TEXT_OR_NONE)
        and isinstance(client_id, _TEXT_OR_NONE)
    ):
        raise _refusal("has claims of the wrong type")
    return Principal(
        claims["sub"],
        frozenset(roles),
        frozenset(scope.split()),
        token,
        email_verified,
        session_id,
        client_id,
        frozenset(amr),
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
