"""What came in, read strictly: each fault names its field, and nothing in it can upset what lies behind."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin
from urllib.parse import unquote_to_bytes

import falcon.asgi
import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from prost.errors import (
    FieldError,
    Invalid,
    MalformedRequest,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
    UriTooLong,
)

__all__ = ["BodyReader", "PathReader", "QueryReader", "read_idempotency_key"]

_MAX_QUERY = 8000
_MAX_PARAMETERS = 200
_INT64 = 2**63
_INT64_DIGITS = len(str(-_INT64))
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_JSON_TYPES = frozenset({"application/json", "application/json;charset=utf-8"})
# Cheap to look for in raw JSON; only where one is found is the document walked.
_SUSPECT = re.compile(rb"\\u0000|\d{19}|[eE]\+?\d\d")


def _field_errors(error: ValidationError, root: str) -> list[FieldError]:
    """Return pydantic's findings with their paths under a root such as "body"."""
    return [
        FieldError(
            ".".join([root, *map(str, item["loc"])]),
            item["msg"].removeprefix("Value error, "),
            item["type"].replace("_", "-"),
        )
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]


class QueryReader:
    """Reads the query string into a model; a parameter that the model does not have is refused."""

    def __init__(self, model: type[BaseModel] | None) -> None:
        """Learn the parameters of a model; without one there are none."""
        self._model = model
        self._lists: dict[str, bool] = {}
        for name, field in (model.model_fields if model else {}).items():
            self._lists[field.validation_alias if isinstance(field.validation_alias, str) else name] = (
                _holds_many(field.annotation)
            )

    def read(self, raw: bytes) -> BaseModel | None:
        """Return the model. Raises UriTooLong and MalformedRequest, and Invalid with every fault."""
        if len(raw) > _MAX_QUERY:
            raise UriTooLong(f"A query string has at most {_MAX_QUERY} bytes.")
        values, faults = self._collect(raw) if raw else ({}, {})
        query = self._validate(self._model, values, faults) if self._model else None
        if faults:
            raise Invalid("The query has parameters that are not valid.", errors=list(faults.values()))
        return query

    def _collect(self, raw: bytes) -> tuple[dict[str, Any], dict[str, FieldError]]:
        values: dict[str, Any] = {}
        faults: dict[str, FieldError] = {}
        for name, value in _pairs(raw):
            field = f"query.{name}"
            many = self._lists.get(name)
            if many is None:
                faults[field] = FieldError(field, "there is no such parameter", "unknown")
            elif "\0" in value:
                faults[field] = FieldError(field, "has a NUL character", "nul")
            elif many:
                values.setdefault(name, []).append(value)
            elif name in values:
                faults[field] = FieldError(field, "is given more than once", "repeated")
            else:
                values[name] = value
        return values, faults

    @staticmethod
    def _validate(
        model: type[BaseModel], values: dict[str, Any], faults: dict[str, FieldError]
    ) -> BaseModel | None:
        try:
            query = model.model_validate(values)
        except ValidationError as error:
            for problem in _field_errors(error, "query"):
                faults.setdefault(problem.field, problem)
            return None
        for name, value in query:
            if isinstance(value, int) and not -_INT64 <= value < _INT64:
                field = f"query.{name}"
                faults[field] = FieldError(field, "is too large a number", "too-large")
        return query


class PathReader:
    """Reads path parameters by the annotations of the handler; a value that cannot exist is not found."""

    def __init__(self, annotations: Mapping[str, Any]) -> None:
        """Take the annotation of each parameter."""
        self.adapters = {name: TypeAdapter[Any](annotation) for name, annotation in annotations.items()}

    def read(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the typed parameters. Raises NotFound."""
        values = {}
        for name, adapter in self.adapters.items():
            value = params[name]
            problem = FieldError(f"path.{name}", "has a form that no resource here has")
            nowhere = NotFound("There is nothing at this address.", errors=[problem])
            if isinstance(value, str) and not _storable(value):
                raise nowhere
            try:
                values[name] = adapter.validate_python(value)
            except ValidationError:
                raise nowhere from None
        return values


class BodyReader:
    """Reads a JSON body into a type, in pydantic's strict mode; unknown fields are refused."""

    def __init__(self, body: Any, max_size: int) -> None:
        """Take the type, and the number of bytes that a body may have."""
        self.adapter = TypeAdapter[Any](body)
        self._max_size = max_size

    async def read(self, req: falcon.asgi.Request) -> Any:
        """Return the value. Raises UnsupportedMediaType, PayloadTooLarge, MalformedRequest and Invalid."""
        content_type = (req.content_type or "").replace(" ", "").replace('"', "").lower()
        if content_type not in _JSON_TYPES:
            raise UnsupportedMediaType(
                "The body has to be application/json.",
                errors=[FieldError("header.Content-Type", "has to be application/json", "content-type")],
            )
        raw = await self._receive(req)
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
            problems = _field_errors(error, "body")
            raise Invalid("The body has fields that are not valid.", errors=problems) from None

    def _validate(self, raw: bytes, document: Any) -> Any:
        try:
            return self.adapter.validate_json(raw, strict=True, extra="forbid")
        except ValidationError as error:
            if not any(e["type"] == "int_type" and isinstance(e["input"], float) for e in error.errors()):
                raise
        # To JSON 3.0 is an integer; pydantic's strict mode would have it a float.
        return self.adapter.validate_json(orjson.dumps(_with_integers(document)), strict=True, extra="forbid")

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


def _pairs(raw: bytes) -> Iterator[tuple[str, str]]:
    parts = raw.split(b"&")
    if len(parts) > _MAX_PARAMETERS:
        raise MalformedRequest(
            f"A query has at most {_MAX_PARAMETERS} parameters.",
            errors=[FieldError("query", "has too many parameters", "too-many")],
        )
    for part in filter(None, parts):
        name, _, value = part.replace(b"+", b" ").partition(b"=")
        try:
            yield unquote_to_bytes(name).decode(), unquote_to_bytes(value).decode()
        except UnicodeDecodeError:
            field = f"query.{unquote_to_bytes(name).decode('utf-8', 'replace')}"
            raise MalformedRequest(
                "The query cannot be read.", errors=[FieldError(field, "is not UTF-8", "utf-8")]
            ) from None


def _holds_many(annotation: Any) -> bool:
    origin = get_origin(annotation) or annotation
    if isinstance(origin, type):
        return issubclass(origin, list | tuple | set | frozenset)
    return any(_holds_many(part) for part in get_args(annotation))


def _storable(text: str) -> bool:
    return text.isprintable() or not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)


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
    elif isinstance(value, int | float) and not -_INT64 <= value < _INT64:
        yield FieldError(path, "is too large a number", "too-large")


def _with_integers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _with_integers(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_with_integers(member) for member in value]
    return value
