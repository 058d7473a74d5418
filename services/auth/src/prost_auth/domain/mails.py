"""How long a mail is tried to be sent."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

GIVE_UP_AFTER: Final = timedelta(hours=24)
"""A mail that could not be sent for so long is not sent any more."""

_FIRST_PAUSE: Final = 5.0
_LONGEST_PAUSE: Final = 900.0


class MailState(StrEnum):
    """What became of a mail: sent, refused by the server for good, too old, or not to be sent after all."""

    PENDING = "PENDING"
    SENT = "SENT"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    DROPPED = "DROPPED"


def pause(attempts: int) -> timedelta:
    """Return how long to wait after this many attempts: 5 s, 10 s, 20 s and so on to a quarter of an hour."""
    return timedelta(seconds=min(_FIRST_PAUSE * 2 ** min(attempts - 1, 16), _LONGEST_PAUSE))
