"""The life of a signing key: published, then signing, then published until its last token is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TOKEN_LIFETIME = timedelta(minutes=10)
"""How long every signed token is good for."""

# Verifiers forgive 10 s, and a process that has not heard of a change signs with the old key a little longer.
_KEPT_AFTER_LAST_TOKEN = timedelta(minutes=2)


class KeyState(StrEnum):
    """What a key is used for: nothing yet, signing, or verifying what it signed."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"


@dataclass(frozen=True)
class KeyTimes:
    """`published_ahead` of its first signature; `used_for` until the next key is published."""

    published_ahead: timedelta
    used_for: timedelta

    def signs_from(self, created_at: datetime) -> datetime:
        """Return when everybody who verifies has had the time to fetch a pending key."""
        return created_at + self.published_ahead

    def replaced_from(self, activated_at: datetime) -> datetime:
        """Return when the successor of an active key is published."""
        return activated_at + self.used_for


def forgotten_from(retired_at: datetime) -> datetime:
    """Return when nothing that a retired key signed can be valid any more."""
    return retired_at + TOKEN_LIFETIME + _KEPT_AFTER_LAST_TOKEN
