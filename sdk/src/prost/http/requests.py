"""Bodies, read strictly: each fault names its field, and nothing in them can upset what lies behind."""

import json
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import falcon.asgi
import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from prost.errors import (
    FieldError,
    Invalid,
    MalformedRequest,
    PayloadTooLarge,
    UnsupportedMediaType,
    UriTooLong,
)
from prost.http.parameters import INT64, ParameterReader, field_errors

__all__ = ["MALFORMED", "BodyReader", "FormReader", "JsonReader", "RawReader", "read_idempotency_key"]

MALFORMED = (MalformedRequest, Invalid, PayloadTooLarge, UnsupportedMediaType, UriTooLong)
"""What a request can be refused for before anybody looks at what it wants."""

_INT64_DIGITS = len(str(-INT64))
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}")
# Cheap to look for in raw JSON; only where one is found is the document walked.
_SUSPECT = re.compile(rb"\\u0000|\d{19}|[eE]\+?\d\d")


class BodyReader:
    """Receives a body of some media types and no more than so many bytes."""

    media_types: Sequence[str]

    def __init__(self, max_size: int) -> None:
        """Take the number of bytes that a body may have."""
        self._max_size = max_size

    async def read(self, req: falcon.asgi.Request) -> Any:
        """Return what a handler is given. Raises UnsupportedMediaType, PayloadTooLarge and what follows."""
        content_type = (req.content_type or "").replace(" ", "").replace('"', "").lower()
        if content_type.removesuffix(";charset=utf-8") not in self.media_types:
            message = f"has to be {' or '.join(self.media_types)}"
            raise UnsupportedMediaType(
                f"The body {message}.", errors=[FieldError("header.Content-Type", message, "content-type")]
            )
        return self._parse(await self._receive(req))

    def _parse(self, raw: bytes) -> Any:
        raise NotImplementedError

    async def _receive(self, req: falcon.asgi.Request) -> bytes:
        too_large = PayloadTooLarge(
            f"A body has at most {self._max_size} bytes here.",
            errors=[FieldError("body", f"has more than {self._max_size} bytes", "too-large")],
        )
        if (req.content_length or 0) > self._max_size:
            raise too_large
        chunks, size = [], 0
        async for chunk in req.bounded_stream:
            size += len(chunk)
            if size > self._max_size:
                raise too_large
            chunks.append(chunk)
        return b"".join(chunks)


class RawReader(BodyReader):
    """Reads a file as it is."""

    def __init__(self, media_types: Sequence[str], max_size: int) -> None:
        """Take the media types that it may have."""
        super().__init__(max_size)
        self.media_types = tuple(media_types)

    def _parse(self, raw: bytes) -> bytes:
        if not raw:
            raise MalformedRequest("There is no body.", errors=[FieldError("body", "is missing", "missing")])
        return raw


class FormReader(BodyReader):
    """Reads a form into a model; a field that was left empty counts as one that was not sent."""

    media_types = ("application/x-www-form-urlencoded",)

    def __init__(self, model: type[BaseModel], max_size: int) -> None:
        """Learn the fields of a model."""
        super().__init__(max_size)
        self.adapter = TypeAdapter[Any](model)
        self.parameters = ParameterReader(model, "form")

    def _parse(self, raw: bytes) -> Any:
        return self.parameters.read_pairs(raw, blank_is_absent=True)


class JsonReader(BodyReader):
    """Reads a JSON body into a type, in pydantic's strict mode; unknown fields are refused."""

    media_types = ("application/json",)

    def __init__(self, body: Any, max_size: int) -> None:
        """Take the type."""
        super().__init__(max_size)
        self.adapter = TypeAdapter[Any](body)

    def _parse(self, raw: bytes) -> Any:
        try:
            document = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            message = f"is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}"
            raise MalformedRequest(
                "The body cannot be read.",
                errors=[FieldError("body", message if raw else "is missing", "json")],
            ) from None
        if _SUSPECT.search(raw) and (faults := _unstorable_values(raw)):
            raise Invalid("The body has values that cannot be kept.", errors=faults)
        try:
            return self._validate(raw, document)
        except ValidationError as error:
            problems = field_errors(error, "body")
            raise Invalid("The body has fields that are not valid.", errors=problems) from None

    def _validate(self, raw: bytes, document: Any) -> Any:
        try:
            return self.adapter.validate_json(raw, strict=True, extra="forbid")
        except ValidationError as error:
            if not any(e["type"] == "int_type" and isinstance(e["input"], float) for e in error.errors()):
                raise
        # To JSON 3.0 is an integer; pydantic's strict mode would have it a float.
        return self.adapter.validate_json(orjson.dumps(_with_integers(document)), strict=True, extra="forbid")


def read_idempotency_key(req: falcon.asgi.Request) -> str:
    """Return the Idempotency-Key header. Raises MalformedRequest without one that can be kept."""
    key = req.get_header("Idempotency-Key") or ""
    if _IDEMPOTENCY_KEY.fullmatch(key) is None:
        message = "has to be 1 to 200 printable ASCII characters, new for each new request"
        raise MalformedRequest(
            "The request cannot be told from another like it.",
            errors=[FieldError("header.Idempotency-Key", message, "idempotency-key")],
        )
    return key


def _unstorable_values(raw: bytes) -> list[FieldError]:
    """Return what no database column could hold, in JSON that was already found to be well-formed."""
    try:
        return list(_unstorable(json.loads(raw, parse_int=_integer), "body"))
    except RecursionError:
        problem = FieldError("body", "is nested too deeply", "too-deep")
        raise MalformedRequest("The body cannot be read.", errors=[problem]) from None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _INT64_DIGITS else math.inf


def _unstorable(value: Any, path: str) -> Iterator[FieldError]:
    if isinstance(value, str):
        if "\0" in value:
            yield FieldError(path, "has a NUL character", "nul")
    elif isinstance(value, dict):
        for key, member in value.items():
            if "\0" in key:
                yield FieldError(path, "has a name with a NUL character", "nul")
            else:
                yield from _unstorable(member, f"{path}.{key}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _unstorable(member, f"{path}.{index}")
    elif isinstance(value, int | float) and not -INT64 <= value < INT64:
        yield FieldError(path, "is too large a number", "too-large")


def _with_integers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _with_integers(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_with_integers(member) for member in value]
    return value
