"""Lists that are read newest first, page by page."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2s
from typing import Any, TypeVar
from uuid import UUID

import orjson

from prost.errors import FieldError, Invalid
from prost.http import decode_page_token, encode_page_token

T = TypeVar("T")


def after(asked: Mapping[str, Any], token: str | None) -> UUID | None:
    """Return the id that a page begins after, None at the beginning of the list.

    Raises:
        Invalid: naming `page_token`, when it was made for another list.
    """
    if token is None:
        return None
    position = decode_page_token(token)
    if position.get("q") != _fingerprint(asked):
        problem = FieldError("query.page_token", "was made for another query", "page-token")
        raise Invalid("The page token cannot be used; begin at the first page.", errors=[problem])
    return UUID(str(position["after"]))


def page(
    asked: Mapping[str, Any], rows: Sequence[T], size: int, shown: Callable[[T], dict[str, Any]]
) -> dict[str, Any]:
    """Return a page of rows, of which one more was read than is shown."""
    items = [shown(row) for row in rows[:size]]
    more = len(rows) > size
    token = encode_page_token({"q": _fingerprint(asked), "after": str(items[-1]["id"])}) if more else None
    return {"items": items, "next_page_token": token}


def _fingerprint(asked: Mapping[str, Any]) -> str:
    return blake2s(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()
