"""What a handler returned, as bytes."""

from decimal import Decimal
from http import HTTPStatus
from typing import Any

import orjson
from pydantic import BaseModel

from prost.money import Money

__all__ = ["answer_of", "render"]

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_DATACLASS


def answer_of(returns: Any) -> tuple[int, Any]:
    """Return status and type of what a declaration says is returned; the type is None without content."""
    if returns is None:
        return HTTPStatus.NO_CONTENT, None
    if isinstance(returns, tuple):
        status, model = returns
        return int(status), model
    return HTTPStatus.OK, returns


def render(result: Any) -> bytes | None:
    """Return the JSON of a model or of anything that orjson writes; bytes and None stay what they are."""
    if result is None or isinstance(result, bytes):
        return result
    if isinstance(result, BaseModel):
        return result.__pydantic_serializer__.to_json(result, by_alias=True)
    return orjson.dumps(result, default=_plain, option=_OPTIONS)


def _plain(value: object) -> object:
    match value:
        case Money():
            return value.wire()
        case Decimal():
            return str(value)
        case BaseModel():
            return value.model_dump(mode="json", by_alias=True)
        case set() | frozenset():
            return sorted(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no form in JSON")
