"""What a password has to be, before anybody asks how strong it is."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from prost.errors import FieldError, Forbidden, Invalid

SHORTEST: Final = 8
LONGEST: Final = 128
"""Lengths in characters."""

LEAST_SCORE: Final = 3
"""The least zxcvbn score, of 0 to 4: more than 10^8 guesses."""


class WeakPassword(Invalid):
    """The password is among the first that somebody would try."""

    def __init__(self, field: str, suggestions: Sequence[str]) -> None:
        """Name the field, and say by codes what would make it better."""
        problem = FieldError(field, "is too easy to guess", "weak-password")
        super().__init__(
            "The password is too easy to guess.", errors=[problem], suggestions=list(suggestions)
        )


class PasswordRefused(Forbidden):
    """The password is not that of the account."""


def clean_password(password: str, field: str) -> str:
    """Return a password in the form that is hashed: the same for every keyboard that can type it.

    Raises:
        Invalid: naming the field, when it is too short or too long.
    """
    if len(password) > LONGEST:
        raise Invalid(errors=[FieldError(field, f"must be at most {LONGEST} characters", "too-long")])
    normal = normal_password(password)
    if len(normal) < SHORTEST:
        raise Invalid(errors=[FieldError(field, f"must be at least {SHORTEST} characters", "too-short")])
    return normal


def normal_password(password: str) -> str:
    """Return the form that is hashed (RFC 8265, OpaqueString): composed, with one kind of space."""
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in password)
    return unicodedata.normalize("NFC", spaced)
