"""How long a session lives, and why it ends."""

import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from prost.errors import NotFound, Unauthenticated

LIFETIME: Final = timedelta(days=30)
STAFF_LIFETIME: Final = timedelta(hours=12)
IDLE: Final = timedelta(days=14)

_TOKEN_BYTES: Final = 32


class EndReason(StrEnum):
    """Why a session is over."""

    LOGOUT = "LOGOUT"
    REVOKED = "REVOKED"
    REUSE = "REUSE"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105 - a reason, not a password
    ROLES_CHANGED = "ROLES_CHANGED"
    LOCKED = "LOCKED"
    SECOND_FACTOR_RESET = "SECOND_FACTOR_RESET"
    EXPIRED = "EXPIRED"


class SessionEnded(Unauthenticated):
    """The session is over, or the token was never one of it."""


class SessionNotFound(NotFound):
    """The account has no open session of this id."""


def lifetime(*, staff: bool) -> timedelta:
    """Return how long a session lives at most."""
    return STAFF_LIFETIME if staff else LIFETIME


def is_over(ended_at: datetime | None, expires_at: datetime, last_used_at: datetime, now: datetime) -> bool:
    """Tell whether a session cannot go on."""
    return ended_at is not None or now >= min(expires_at, last_used_at + IDLE)


def new_refresh_token() -> str:
    """Return a token of 256 bits that nobody can guess."""
    return token_urlsafe(_TOKEN_BYTES)


def successor(secret: str, refresh_token: str, attempt: str) -> str:
    """Return the token that follows another in one attempt: whoever repeats the attempt is given it again.

    Nobody has to keep it for that, and without `secret`, that of the service, it cannot be told beforehand.
    """
    key = hmac.digest(secret.encode(), b"prost-auth refresh tokens", sha256)
    spoken = f"{refresh_token} {attempt}".encode()
    return urlsafe_b64encode(hmac.digest(key, spoken, sha256)).decode().rstrip("=")


def fingerprint(refresh_token: str) -> bytes:
    """Return what is kept of a refresh token; its 256 bits need no slow hash."""
    return sha256(refresh_token.encode()).digest()
