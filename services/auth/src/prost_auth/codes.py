"""The codes of second factors: those of authenticator apps (RFC 6238), and those to recover with."""

import base64
import hmac
import secrets
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import pyotp

from prost_auth.sealing import Seal

__all__ = ["Codes"]

ISSUER: Final = "Prost"
RECOVERY_CODES: Final = 10

_STEP: Final = 30
# A phone's clock may be off by one step, either way.
_WINDOW: Final = (0, -1, 1)
_DIGITS: Final = 6
# 80 bits, in groups that can be read from paper.
_RECOVERY_BYTES: Final = 10
_GROUP: Final = 4


class Codes:
    """Makes codes and tells the right ones; what is kept of them is of no use without PROST_KEY_SECRET."""

    def __init__(self, secret: str) -> None:
        """Derive the keys."""
        self._seal = Seal(secret, "second factors")
        self._key = hmac.digest(secret.encode(), b"prost-auth recovery codes", sha256)

    def new_secret(self) -> str:
        """Return 160 bits for an app, in the form that is typed in."""
        return pyotp.random_base32()

    def uri(self, secret: str, email: str) -> str:
        """Return the address that an app reads from a picture."""
        return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)

    def close(self, secret: str, account_id: UUID) -> bytes:
        """Return what is kept of a secret."""
        return self._seal.close(secret.encode(), str(account_id))

    def matching_step(
        self, sealed: bytes, account_id: UUID, code: str, now: datetime, after: int
    ) -> int | None:
        """Return the time step of a right code, None for a wrong one and for one of a step up to `after`."""
        totp = pyotp.TOTP(self._seal.open(sealed, str(account_id)).decode())
        present = int(now.timestamp()) // _STEP
        found = None
        for step in (present + offset for offset in _WINDOW):
            # All are computed, so that the time says nothing about the clock of the phone.
            if hmac.compare_digest(totp.generate_otp(step), code) and step > after:
                found = step
        return found

    def new_recovery_codes(self) -> list[str]:
        """Return ten codes as they are shown, once."""
        return [_grouped(_text(secrets.token_bytes(_RECOVERY_BYTES))) for _ in range(RECOVERY_CODES)]

    def recovery_hash(self, account_id: UUID, code: str) -> bytes:
        """Return what is kept of a recovery code, however it is typed."""
        typed = code.replace("-", "").replace(" ", "").upper()
        return hmac.digest(self._key, account_id.bytes + typed.encode(), sha256)


def is_app_code(code: str) -> bool:
    """Tell a code of an app from one to recover with."""
    return len(code) == _DIGITS and code.isascii() and code.isdigit()


def _text(content: bytes) -> str:
    return base64.b32encode(content).decode()


def _grouped(text: str) -> str:
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))
