"""The numbers by which people call their orders: short, sayable, and telling nobody how much is sold."""

import secrets
from typing import Final

# Crockford's base 32: nothing that is mistaken for something else when read aloud.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_number() -> str:
    """Return a number that was most likely never given, such as "P-7KM3-92QX-4D"; the database makes sure."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"P-{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"
