"""Who is asking: JSON Web Tokens verified against cached keys, and what their roles and ownership allow."""

import asyncio
import contextlib
import time
import urllib.request
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from typing import Any, Final

import orjson
import structlog
from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, InvalidKeyIdError, JoseError, MissingKeyError
from joserfc.jwk import Key, KeySet, import_key

from prost.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from prost.settings import Settings
from prost.spec import Access

__all__ = ["ALGORITHMS", "STAFF_ROLES", "Access", "Principal", "TokenVerifier", "admit", "current_principal"]

ALGORITHMS: Final = ("ES256", "RS256", "Ed25519", "EdDSA")
STAFF_ROLES: Final = frozenset({"support", "catalog-manager", "admin"})
_ADMITTED: Final[Mapping[str, frozenset[str]]] = {
    "customer": STAFF_ROLES | {"customer"},
    "staff": STAFF_ROLES,
    "admin": frozenset({"admin"}),
}
_KEY_TYPES = frozenset({"EC", "OKP", "RSA"})
_LEEWAY = 10
_MAX_TOKEN = 8192
_MAX_JWKS = 256 * 1024
_FETCH_TIMEOUT = 2.0
_REFRESH_EVERY = 300.0
_REFRESH_AT_MOST_EVERY = 10.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Principal:
    """Someone whose token was verified. `subject` is stable for a person; `token` is what they sent."""

    subject: str
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    token: str | None = field(default=None, repr=False, compare=False)

    @property
    def is_staff(self) -> bool:
        """Whether they work for the shop."""
        return not self.roles.isdisjoint(STAFF_ROLES)

    def owns(self, owner_id: object) -> bool:
        """Tell whether something that belongs to `owner_id` is theirs."""
        return str(owner_id) == self.subject

    def require(self, *roles: str) -> None:
        """Return when they have one of the roles. Raises Forbidden."""
        if self.roles.isdisjoint(roles):
            raise Forbidden(f"This takes the role {' or '.join(roles)}.")

    def require_owner(self, owner_id: object) -> None:
        """Return when it is theirs or they are staff. Raises NotFound: others may not know of it."""
        if not self.owns(owner_id) and not self.is_staff:
            raise NotFound


current_principal: ContextVar[Principal | None] = ContextVar("current_principal", default=None)
"""Whoever the work at hand is done for; calls to other services are made in their name."""


def admit(principal: Principal | None, access: Access) -> None:
    """Return when a caller is let in at this level of access. Raises Unauthenticated and Forbidden."""
    roles = _ADMITTED.get(access)
    if roles is None:
        return
    if principal is None:
        raise Unauthenticated("Sign in first.", headers={"WWW-Authenticate": "Bearer"})
    if principal.roles.isdisjoint(roles):
        raise Forbidden(f"This takes {access} access.")


class TokenVerifier:
    """Verifies bearer tokens of one issuer for one audience.

    Keys come from the issuer's JWKS: fetched at the start, again every five minutes, and when a token names a
    key that is not there, then at most every ten seconds. Keys stay in use while the issuer is away. It is a
    dependency of the process; with `keys`, a JWKS document, nothing is ever fetched.
    """

    name = "identity"
    required = False

    def __init__(self, settings: Settings, keys: Mapping[str, Any] | None = None) -> None:
        """Take issuer, audience and JWKS address from the settings."""
        self._jwks_url = settings.auth_jwks_url if keys is None else None
        self._claims = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": settings.auth_issuer or ""},
            aud={"essential": True, "value": settings.auth_audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        self._keys = _key_set(keys) if keys is not None else None
        self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Fetch the keys and keep them fresh. Raises OSError or ValueError when there are none to be had."""
        if self._jwks_url is None:
            return
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._refresh_forever(), name="refresh keys")
        self._keys = await self._fetch()

    async def stop(self) -> None:
        """Stop refreshing."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._refreshing

    async def check(self) -> None:
        """Raise Unavailable while no token could be verified."""
        if self._keys is None and self._jwks_url is not None:
            raise Unavailable("No keys were ever fetched.")

    async def verify(self, token: str) -> Principal:
        """Return whom a token speaks for.

        Raises Unauthenticated for a token that is forged, expired, early or meant for others, and
        Unavailable while there is no key to tell.
        """
        if not 0 < len(token) <= _MAX_TOKEN:
            raise _refusal("is empty or too long")
        try:
            decoded = await self._decode(token)
            self._claims.validate(decoded.claims)
        except ExpiredTokenError:
            raise _refusal("has expired") from None
        except ClaimError as error:
            raise _refusal(f"has a wrong or missing claim: {error.claim}") from None
        # joserfc reads headers and claims of any type as if they had the right one.
        except (JoseError, ValueError, TypeError, LookupError, ArithmeticError):
            raise _refusal("is not valid") from None
        return _principal(decoded.claims, token)

    async def _decode(self, token: str) -> jwt.Token:
        if self._keys is None:
            await self._refresh_if_due()
        if self._keys is None and self._jwks_url is None:
            raise _refusal("cannot be verified, since no issuer is configured")
        if self._keys is None:
            raise Unavailable("Nobody can be identified now; the issuer's keys are not at hand.")
        try:
            return jwt.decode(token, self._keys, algorithms=ALGORITHMS)
        except (InvalidKeyIdError, MissingKeyError):
            await self._refresh_if_due()
            return jwt.decode(token, self._keys, algorithms=ALGORITHMS)

    async def _refresh_forever(self) -> None:
        while True:
            await asyncio.sleep(_REFRESH_EVERY)
            await self._refresh_if_due()

    async def _refresh_if_due(self) -> None:
        async with self._fetching:
            if self._jwks_url is None or time.monotonic() - self._tried_at < _REFRESH_AT_MOST_EVERY:
                return
            try:
                self._keys = await self._fetch()
            except (OSError, ValueError) as error:
                log.warning("keys_not_refreshed", url=self._jwks_url, error=type(error).__name__)

    async def _fetch(self) -> KeySet:
        self._tried_at = time.monotonic()
        return _key_set(await asyncio.to_thread(partial(_download, self._jwks_url or "")))


def _refusal(reason: str) -> Unauthenticated:
    challenge = f'Bearer error="invalid_token", error_description="The token {reason}."'
    return Unauthenticated(f"The token {reason}.", headers={"WWW-Authenticate": challenge})


def _principal(claims: Mapping[str, Any], token: str) -> Principal:
    roles, scope = claims.get("roles", []), claims.get("scope", "")
    if not isinstance(roles, list) or not isinstance(scope, str) or not isinstance(claims["sub"], str):
        raise _refusal("has claims of the wrong type")
    return Principal(claims["sub"], frozenset(map(str, roles)), frozenset(scope.split()), token)


def _key_set(document: Mapping[str, Any]) -> KeySet:
    members = document.get("keys")
    if not isinstance(members, list):
        raise ValueError("not a JWKS document")  # noqa: TRY004 - its content is wrong, not the caller's type
    usable = [key for key in map(_key, members) if key is not None]
    if not usable:
        raise ValueError("a JWKS document without a usable key")
    return KeySet(usable)


def _key(member: object) -> Key | None:
    """Return a public key, or None for what RFC 7517 has readers of a key set pass over."""
    # A symmetric key must never verify what the holder of a public one could have signed.
    if not isinstance(member, dict) or member.get("kty") not in _KEY_TYPES or member.get("use") == "enc":
        return None
    try:
        return import_key(member)
    except Exception as error:  # noqa: BLE001 - the ways in which a key can be malformed are joserfc's to know
        log.warning("key_passed_over", kid=member.get("kid"), error=type(error).__name__)
        return None


def _download(url: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(url, timeout=_FETCH_TIMEOUT) as answer:  # noqa: S310 - settings take http(s) only
            document = orjson.loads(answer.read(_MAX_JWKS))
    except HTTPException as error:
        raise ValueError("not an HTTP answer") from error
    return document if isinstance(document, dict) else {}
