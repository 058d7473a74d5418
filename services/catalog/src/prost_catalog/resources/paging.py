"""Page tokens that hold for the query that they were made for, and for no other."""

from collections.abc import Mapping
from hashlib import blake2s
from typing import Any
from uuid import UUID

import orjson

from prost.errors import FieldError, Invalid
from prost.http import decode_page_token, encode_page_token


def token_after(query: Mapping[str, Any], position: object) -> str:
    """Make the token of the page that begins after `position`, a JSON value."""
    return encode_page_token({"q": _fingerprint(query), "p": position})


def position_in(query: Mapping[str, Any], token: str | None) -> Any:
    """Read the position of a token, None without one.

    Raises:
        Invalid: naming `page_token`, when it was made for another query.
    """
    if token is None:
        return None
    content: Any = decode_page_token(token)
    if not isinstance(content, dict) or content.get("q") != _fingerprint(query) or "p" not in content:
        raise foreign_token()
    return content["p"]


def id_in(query: Mapping[str, Any], token: str | None) -> UUID | None:
    """Read the id that a page begins after, None without a token.

    Raises:
        Invalid: naming `page_token`, when it was made for another query.
    """
    position = position_in(query, token)
    try:
        return None if position is None else UUID(position)
    except (AttributeError, TypeError, ValueError):
        raise foreign_token() from None


def foreign_token() -> Invalid:
    """Refuse a token that does not belong to the list at hand."""
    problem = FieldError("query.page_token", "was made for another query", "page-token")
    return Invalid("The page token cannot be used; begin at the first page.", errors=[problem])


def _fingerprint(query: Mapping[str, Any]) -> str:
    return blake2s(orjson.dumps(query, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()
