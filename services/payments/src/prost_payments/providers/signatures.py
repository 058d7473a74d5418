"""Signatures of webhooks: a time, and an HMAC over it and the body."""

import hashlib
import hmac
import re
from typing import Final

from prost.db import utcnow
from prost_payments.domain import SignatureRefused

TOLERANCE: Final = 300
"""Seconds that a signature may be old, or ahead."""

_PART = re.compile(r"(?:^|,)\s*(t|v1)=([0-9a-f]+)", re.ASCII)
_MAX_HEADER = 1000


def sign(secret: str, body: bytes, at: int) -> str:
    """Return the header for a body that is sent at a time in Unix seconds."""
    return f"t={at},v1={_mac(secret, str(at), body)}"


def verify(secret: str, body: bytes, header: str | None) -> None:
    """Return when a body was signed with the secret just now.

    Raises:
        SignatureRefused: it was not, or too long ago.
    """
    parts = _PART.findall((header or "")[:_MAX_HEADER])
    times = [value for name, value in parts if name == "t" and value.isdecimal()]
    if len(times) != 1:
        raise SignatureRefused("There is no signature.")
    mac = _mac(secret, times[0], body)
    if not any(name == "v1" and hmac.compare_digest(value, mac) for name, value in parts):
        raise SignatureRefused("The signature is not the provider's.")
    if abs(int(times[0][:12]) - utcnow().timestamp()) > TOLERANCE:
        raise SignatureRefused("The signature is too old.")


def _mac(secret: str, at: str, body: bytes) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
