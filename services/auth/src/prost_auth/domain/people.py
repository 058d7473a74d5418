"""Names and other short texts that people write about themselves."""

import unicodedata
from typing import Final

from prost.errors import FieldError, Invalid

NAME_LENGTH: Final = 120
"""The longest name, in characters."""

# Controls, characters that nobody sees, and halves of characters.
_REFUSED: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
# Format characters that scripts need: the joiners of Persian, Indic scripts and emoji.
_JOINERS: Final = frozenset("\u200c\u200d")


def clean_text(text: str, field: str, *, longest: int = NAME_LENGTH) -> str:
    """Return a text of one line in one form of Unicode, its white space folded.

    Raises:
        Invalid: naming the field, when nothing is left, too much is, or it has characters that hide or
            reorder others.
    """
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    if not folded:
        raise Invalid(errors=[FieldError(field, "must not be empty", "empty")])
    if len(folded) > longest:
        raise Invalid(errors=[FieldError(field, f"must be at most {longest} characters", "too-long")])
    if any(map(_hides, folded)):
        raise Invalid(errors=[FieldError(field, "has a character that cannot be shown", "character")])
    return folded


def _hides(character: str) -> bool:
    category = unicodedata.category(character)
    return category in _REFUSED or (category == "Cf" and character not in _JOINERS)
