"""The public keys of an issuer: fetched, kept fresh, and kept in use while the issuer is away."""

import asyncio
import contextlib
import time
import urllib.request
from collections.abc import Mapping
from functools import partial
from http.client import HTTPException
from typing import Any, Final

import orjson
import structlog
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, MissingKeyError
from joserfc.jwk import Key, KeySet, import_key
from joserfc.jws import JWSRegistry
from joserfc.registry import JWS_HEADER_REGISTRY

from prost.errors import Unavailable

__all__ = ["ALGORITHMS", "PublicKeys"]

ALGORITHMS: Final = ("ES256", "RS256", "Ed25519", "EdDSA")
_KEY_TYPES = frozenset({"EC", "OKP", "RSA"})
_MAX_JWKS = 256 * 1024
_FETCH_TIMEOUT = 2.0
_REFRESH_EVERY = 300.0
_REFRESH_AT_MOST_EVERY = 10.0

log = structlog.get_logger(__name__)


_JWS = JWSRegistry(algorithms=ALGORITHMS)
# A token that brings keys or extensions of its own is refused before anybody looks at them.
_JWS.header_registry = {name: JWS_HEADER_REGISTRY[name] for name in ("alg", "kid", "typ")}


class PublicKeys:
    """The keys of one issuer, from the JWKS document at `url` or as they were given with `use`.

    They are fetched at the start, again every five minutes, and when a token names a key that is not there,
    then at most every ten seconds. `version` changes with the keys.
    """

    def __init__(self, url: str | None) -> None:
        """Begin without keys."""
        self.version = 0
        self._url = url
        self._document: object = None
        self._keys: KeySet | None = None
        self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    @property
    def are_missing(self) -> bool:
        """Whether there is an issuer of which no key was ever seen."""
        return self._keys is None and self._url is not None

    def use(self, document: Mapping[str, Any]) -> None:
        """Use the keys of a JWKS document from now on. Raises ValueError when it has none."""
        members = document.get("keys")
        if self._keys is not None and members == self._document:
            return
        self._keys = _key_set(members)
        self._document = members
        self.version += 1

    async def start(self) -> None:
        """Fetch the keys and keep them fresh. Raises OSError or ValueError when there are none to be had."""
        if self._url is None:
            return
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._refresh_forever(), name="refresh keys")
        await self._fetch(self._url)

    async def stop(self) -> None:
        """Stop refreshing."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._refreshing

    async def decode(self, token: str) -> jwt.Token:
        """Return a token whose signature holds.

        Raises JoseError and its kin for one that does not, LookupError when there is no issuer at all, and
        Unavailable while there is no key to tell.
        """
        if self._keys is None:
            await self._refresh_if_due()
        if self._keys is None:
            if self._url is None:
                raise LookupError("no issuer is configured")
            raise Unavailable("Nobody can be identified now; the issuer's keys are not at hand.")
        try:
            return jwt.decode(token, self._keys, registry=_JWS)
        except (InvalidKeyIdError, MissingKeyError):
            await self._refresh_if_due()
            return jwt.decode(token, self._keys, registry=_JWS)

    async def _refresh_forever(self) -> None:
        while True:
            await asyncio.sleep(_REFRESH_EVERY)
            await self._refresh_if_due()

    async def _refresh_if_due(self) -> None:
        async with self._fetching:
            if self._url is None or time.monotonic() - self._tried_at < _REFRESH_AT_MOST_EVERY:
                return
            try:
                await self._fetch(self._url)
            except (OSError, ValueError) as error:
                log.warning("keys_not_refreshed", url=self._url, error=type(error).__name__)

    async def _fetch(self, url: str) -> None:
        self._tried_at = time.monotonic()
        self.use(await asyncio.to_thread(partial(_download, url)))


def _key_set(members: object) -> KeySet:
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
