"""Opaque page tokens: where the next page of a list begins."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import blake2s
from typing import Any

import orjson

from prost.errors import FieldError, Invalid

__all__ = ["decode_page_token", "encode_page_token"]

_VERSION = b"\x01"
_DIGEST_SIZE = 4
_MAX_LENGTH = 1024


def encode_page_token(position: Mapping[str, Any]) -> str:
    """Return a URL-safe token for a position of JSON values. The caller may read it, but not rely on it."""
    payload = orjson.dumps(position)
    return urlsafe_b64encode(_VERSION + _digest(payload) + payload).rstrip(b"=").decode()


def decode_page_token(token: str) -> dict[str, Any]:
    """Return the position in a token. Raises Invalid, naming page_token, for what is none of this version."""
    try:
        return _open(token)
    except (ValueError, binascii.Error):
        problem = FieldError("query.page_token", "is not a page token of this list", "page-token")
        raise Invalid("The page token cannot be used; begin at the first page.", errors=[problem]) from None


def _open(token: str) -> dict[str, Any]:
    if len(token) > _MAX_LENGTH:
        raise ValueError
    raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    version, digest, payload = raw[:1], raw[1 : 1 + _DIGEST_SIZE], raw[1 + _DIGEST_SIZE :]
    if version != _VERSION or digest != _digest(payload):
        raise ValueError
    position = orjson.loads(payload)
    if not isinstance(position, dict):
        raise ValueError  # noqa: TRY004 - the token is wrong, not the caller's type
    return position


def _digest(payload: bytes) -> bytes:
    return blake2s(payload, digest_size=_DIGEST_SIZE).digest()
