"""The signing keys as this process holds them, in step with the database."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
import structlog
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from prost.db import in_db
from prost.errors import Unavailable
from prost_auth.domain.keys import KeyState
from prost_auth.keys.making import ALGORITHM, make_first_key
from prost_auth.models.keys import SigningKey
from prost_auth.sealing import Seal
from prost_auth.settings import Settings

__all__ = ["KeyRing", "configure", "ring"]

#: Seconds between looks at the table: as long as a revoked key may sign on.
REFRESH_EVERY: Final = 1.0
#: Seconds after which a signature waits for a look at the table, should nobody have looked in between.
STALE_AFTER: Final = 30.0

_PURPOSE: Final = "signing keys"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Keys:
    signer: ECKey
    published: KeySet
    jwks: dict[str, Any]
    document: bytes
    read_at: float


class KeyRing:
    """Signs with the active key and publishes all. A dependency of the process, and usable without being one.

    Every process of the issuer reads the same table, so all agree on the key that signs; a new one is
    published long before that, so nobody meets a signature whose key they could not have fetched.
    """

    name = "signing-keys"
    required = True

    def __init__(self) -> None:
        """Make it without keys; `configure` tells it whose it is."""
        self._settings: Settings | None = None
        self._keys: _Keys | None = None
        self._opened: dict[str, ECKey] = {}
        self._reading = threading.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    def reset(self, settings: Settings) -> None:
        """Forget all keys and belong to these settings."""
        self._settings, self._keys, self._opened = settings, None, {}

    @property
    def settings(self) -> Settings:
        """The settings of the issuer."""
        if self._settings is None:
            raise RuntimeError("The key ring was not configured.")
        return self._settings

    @property
    def issuer(self) -> str:
        """The `iss` of every token."""
        return self.settings.auth_issuer or f"{self.settings.public_url}/api/auth"

    @property
    def seal(self) -> Seal:
        """What private keys are sealed with. Raises SettingsError without PROST_KEY_SECRET."""
        return Seal(self.settings.secret(), _PURPOSE)

    @property
    def signer(self) -> ECKey:
        """The key that signs at present. Raises Unavailable while no key was ever read."""
        return self._held().signer

    @property
    def published(self) -> KeySet:
        """The public keys of every token that can still be valid. Raises Unavailable like `document`."""
        return self._held().published

    @property
    def document(self) -> bytes:
        """The JWKS document. Raises Unavailable while no key was ever read."""
        return self._held().document

    @property
    def jwks(self) -> Mapping[str, Any]:
        """The JWKS document before it is written as JSON; the same object until the keys change."""
        return self._held().jwks

    @property
    def version(self) -> str:
        """A text that changes with the keys."""
        return ",".join(str(key.kid) for key in self._held().published)

    def sign(self, claims: Mapping[str, Any], typ: str = "JWT") -> str:
        """Return a signed token. In a database thread: the table may have to be read."""
        if self._keys is None or time.monotonic() - self._keys.read_at > STALE_AFTER:
            self.read()
        key = self._held().signer
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": typ}, dict(claims), key, [ALGORITHM])

    def read(self) -> None:
        """Read the table, and make the first key if there is none. In a database thread."""
        with self._reading:
            rows = _rows()
            if not any(state == KeyState.ACTIVE for _kid, state, _public, _sealed in rows):
                make_first_key(self.seal)
                rows = _rows()
            self._take(rows)

    async def start(self) -> None:
        """Read the keys and keep them fresh. Raises SettingsError, SealBroken and Unavailable."""
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._refresh_forever(), name="refresh signing keys")
        await in_db(self.read)

    async def stop(self) -> None:
        """Stop refreshing."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._refreshing
            self._refreshing = None

    async def check(self) -> None:
        """Raise Unavailable while nothing can be signed."""
        self._held()

    def _held(self) -> _Keys:
        keys = self._keys
        if keys is None:
            raise Unavailable("No signing key was ever read.")
        return keys

    def _take(self, rows: list[tuple[str, str, dict[str, Any], Any]]) -> None:
        sealed = next((kid, bytes(content)) for kid, state, _, content in rows if state == KeyState.ACTIVE)
        signer = self._opened.get(sealed[0]) or self._open(*sealed)
        self._opened = {sealed[0]: signer}
        jwks = {"keys": [public for _kid, _state, public, _sealed in rows]}
        if self._keys is not None and self._keys.jwks == jwks and self._keys.signer is signer:
            self._keys = replace(self._keys, read_at=time.monotonic())
            return
        self._keys = _Keys(
            signer=signer,
            published=KeySet([ECKey.import_key(jwk) for jwk in jwks["keys"]]),
            jwks=jwks,
            document=orjson.dumps(jwks),
            read_at=time.monotonic(),
        )

    def _open(self, kid: str, sealed: bytes) -> ECKey:
        return ECKey.import_key(orjson.loads(self.seal.open(sealed, kid)) | {"kid": kid})

    async def _refresh_forever(self) -> None:
        failing = False
        while True:
            await asyncio.sleep(REFRESH_EVERY)
            try:
                await in_db(self.read)
            except Exception as error:  # noqa: BLE001 - signing goes on with the keys that are there
                if not failing:
                    log.warning("signing_keys_not_read", error=type(error).__name__, detail=str(error))
                failing = True
            else:
                failing = False


def _rows() -> list[tuple[str, str, dict[str, Any], Any]]:
    columns = (SigningKey.kid, SigningKey.state, SigningKey.public_jwk, SigningKey.sealed)
    rows: Any = SigningKey.select(*columns).order_by(SigningKey.id.desc()).tuples()
    return list(rows)


ring = KeyRing()
"""The process's ring."""


def configure(settings: Settings) -> KeyRing:
    """Tell the process's ring whose keys it holds, and return it; nothing is read yet."""
    ring.reset(settings)
    return ring
