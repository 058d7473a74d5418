"""E-mail addresses: what is one, and when two are the same."""

import unicodedata
from dataclasses import dataclass
from typing import Final

import idna

from prost.errors import FieldError, Invalid

MAX_OCTETS: Final = 254
"""The longest address that SMTP can carry (RFC 5321 with its erratum 1690)."""

_MAX_LOCAL_OCTETS: Final = 64
_MAX_DOMAIN_OCTETS: Final = 253
_ASCII_ATOM: Final = frozenset("!#$%&'*+-/=?^_`{|}~")
# Letters, marks and digits: what is left out could make two addresses look like one.
_LETTERS: Final = ("L", "M", "N")


@dataclass(frozen=True)
class EmailAddress:
    """An address as it was written, in one form of Unicode, with its domain in lower case.

    `key` is the same for all ways to write it: servers that tell "Anna@" from "anna@" are rarer than people
    who do not. `deliverable` has the domain as the mail system wants it.
    """

    written: str
    key: str
    deliverable: str

    @classmethod
    def parse(cls, text: str, field: str = "body.email") -> "EmailAddress":
        """Read an address, in time that is linear in its length.

        Raises:
            Invalid: naming the field, when it is none.
        """
        try:
            return cls._read(text)
        except ValueError as error:
            raise Invalid(errors=[FieldError(field, str(error), "invalid")]) from None

    @classmethod
    def _read(cls, text: str) -> "EmailAddress":
        # Normalising may lengthen a text, so its length is looked at twice.
        if len(text) > MAX_OCTETS:
            raise ValueError(f"must be at most {MAX_OCTETS} bytes")
        text = unicodedata.normalize("NFC", text.strip())
        local, at, domain = text.rpartition("@")
        if not at or not local or not domain:
            raise ValueError("has to be written name@domain")
        if len(text.encode()) > MAX_OCTETS:
            raise ValueError(f"must be at most {MAX_OCTETS} bytes")
        _check_local(local)
        ascii_domain = _ascii(domain)
        if len(f"{local}@{ascii_domain}".encode()) > MAX_OCTETS:
            raise ValueError(f"must be at most {MAX_OCTETS} bytes")
        shown = idna.decode(ascii_domain)
        return cls(
            written=f"{local}@{shown}",
            key=f"{unicodedata.normalize('NFC', local.casefold())}@{ascii_domain}",
            deliverable=f"{local}@{ascii_domain}",
        )


def _check_local(local: str) -> None:
    if len(local.encode()) > _MAX_LOCAL_OCTETS:
        raise ValueError(f"must have at most {_MAX_LOCAL_OCTETS} bytes before the @")
    if not all(local.split(".")):
        raise ValueError("has a dot too many before the @")
    if not all(map(_allowed, local)):
        raise ValueError("has a character before the @ that is not used in addresses")


def _allowed(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in _ASCII_ATOM or character == "."
    return unicodedata.category(character).startswith(_LETTERS)


def _ascii(domain: str) -> str:
    if len(domain) > _MAX_DOMAIN_OCTETS:
        raise ValueError("has too long a domain")
    try:
        encoded = idna.encode(domain, uts46=True, std3_rules=True).decode().lower()
        idna.decode(encoded)
    except (idna.IDNAError, UnicodeError):
        raise ValueError("has no domain behind the @") from None
    name, dot, top = encoded.rpartition(".")
    if not dot or not name or not top or top.isdigit():
        raise ValueError("has no domain behind the @")
    return encoded
