"""One-time tokens: the id of the right that they prove, with a proof that auth has made it.

They are not kept, not even hashed: who reads the database cannot use them, and a mail that waits to be sent
holds the id alone.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

from prost.errors import FieldError, Invalid

_ID: Final = 16
_PROOF: Final = 24


class Purpose(StrEnum):
    """What a one-time token is the right to do."""

    VERIFY_EMAIL = "VERIFY_EMAIL"
    CHANGE_EMAIL = "CHANGE_EMAIL"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105 - a purpose, not a password


LIFETIMES: Final = {
    Purpose.VERIFY_EMAIL: timedelta(days=3),
    Purpose.CHANGE_EMAIL: timedelta(hours=24),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
}
"""How long a token of a purpose can be used."""


class TokenInvalid(Invalid):
    """The one-time token was used, has expired, or never was one."""

    def __init__(self) -> None:
        """Say no more than that: who tries tokens learns nothing."""
        problem = FieldError("body.token", "was used, has expired, or never was one", "token-invalid")
        super().__init__("The link cannot be used any more.", errors=[problem])


class OneTimeTokens:
    """Makes tokens of ids and reads them back."""

    def __init__(self, secret: str) -> None:
        """Derive the key of the proofs."""
        self._key = hmac.digest(secret.encode(), b"prost-auth one-time tokens", sha256)

    def token(self, token_id: UUID) -> str:
        """Return the token of an id."""
        return urlsafe_b64encode(token_id.bytes + self._proof(token_id.bytes)).decode().rstrip("=")

    def read(self, token: str) -> UUID:
        """Return the id in a token. Raises TokenInvalid for one that was not made here."""
        try:
            raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except ValueError:
            raise TokenInvalid from None
        identity, proof = raw[:_ID], raw[_ID:]
        if len(raw) != _ID + _PROOF or not hmac.compare_digest(proof, self._proof(identity)):
            raise TokenInvalid
        return UUID(bytes=identity)

    def _proof(self, identity: bytes) -> bytes:
        return hmac.digest(self._key, identity, sha256)[:_PROOF]
