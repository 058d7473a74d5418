"""Secrets at rest: sealed with AES-GCM under keys that are derived from PROST_KEY_SECRET."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["Seal", "SealBroken"]

_VERSION = b"\x01"
_NONCE = 12


class SealBroken(Exception):
    """What was sealed was changed, or moved to another row, or PROST_KEY_SECRET is another one."""


class Seal:
    """Seals and opens the secrets of one purpose; those of another purpose stay closed to it."""

    def __init__(self, secret: str, purpose: str) -> None:
        """Derive the key by HKDF (RFC 5869)."""
        derivation = HKDF(SHA256(), length=32, salt=None, info=f"prost-auth {purpose}".encode())
        self._cipher = AESGCM(derivation.derive(secret.encode()))

    def close(self, content: bytes, bound_to: str) -> bytes:
        """Return the sealed form, which opens only for the same `bound_to`: the id of its row."""
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._cipher.encrypt(nonce, content, bound_to.encode())

    def open(self, sealed: bytes, bound_to: str) -> bytes:
        """Return the content. Raises SealBroken."""
        version, nonce, content = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        if version != _VERSION or len(nonce) != _NONCE:
            raise SealBroken("This was sealed in another form.")
        try:
            return self._cipher.decrypt(nonce, content, bound_to.encode())
        except InvalidTag:
            raise SealBroken("This was not sealed with the present PROST_KEY_SECRET.") from None
