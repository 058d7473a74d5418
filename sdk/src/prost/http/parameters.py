"""Parameters of path, query and form, read strictly: each fault names its field."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel, TypeAdapter, ValidationError

from prost.errors import FieldError, Invalid, MalformedRequest, NotFound, UriTooLong

__all__ = ["INT64", "ParameterReader", "PathReader", "QueryReader", "field_errors"]

INT64 = 2**63
_MAX_QUERY = 8000
_MAX_PARAMETERS = 200


def field_errors(error: ValidationError, root: str) -> list[FieldError]:
    """Return pydantic's findings with their paths under a root such as "body"."""
    return [
        FieldError(
            ".".join([root, *map(str, item["loc"])]),
            item["msg"].removeprefix("Value error, "),
            item["type"].replace("_", "-"),
        )
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]


class ParameterReader:
    """Reads `name=value` pairs into a model; a name that it does not have, or one given twice, is refused.

    A model whose configuration says `extra="ignore"` or `"allow"` takes other names, too.
    """

    def __init__(self, model: type[BaseModel] | None, root: str) -> None:
        """Learn the parameters of a model; without one there are none. `root` is "query" or "form"."""
        self.model = model
        self._root = root
        self._more = model.model_config.get("extra") if model else None
        self._lists: dict[str, bool] = {}
        for name, field in (model.model_fields if model else {}).items():
            self._lists[field.validation_alias if isinstance(field.validation_alias, str) else name] = (
                _holds_many(field.annotation)
            )

    @property
    def takes_more(self) -> bool:
        """Whether names are taken that the model does not have."""
        return self._more in {"ignore", "allow"}

    def read_pairs(self, raw: bytes, *, blank_is_absent: bool = False) -> BaseModel | None:
        """Return the model. Raises MalformedRequest, and Invalid with every fault."""
        values, faults = self._collect(raw, blank_is_absent) if raw else ({}, {})
        read = self._validate(self.model, values, faults) if self.model else None
        if faults:
            message = f"The {self._root} has parameters that are not valid."
            raise Invalid(message, errors=list(faults.values()))
        return read

    def _collect(self, raw: bytes, blank_is_absent: bool) -> tuple[dict[str, Any], dict[str, FieldError]]:
        values: dict[str, Any] = {}
        faults: dict[str, FieldError] = {}
        seen: set[str] = set()
        for name, value in _pairs(raw, self._root):
            field = f"{self._root}.{name}"
            many = self._lists.get(name)
            if many is None and self._more == "ignore":
                continue
            if many is None and not self.takes_more:
                faults[field] = FieldError(field, "there is no such parameter", "unknown")
            elif "\0" in value:
                faults[field] = FieldError(field, "has a NUL character", "nul")
            elif many:
                values.setdefault(name, []).append(value)
            elif name in seen:
                faults[field] = FieldError(field, "is given more than once", "repeated")
            elif value or not blank_is_absent:
                values[name] = value
            seen.add(name)
        return values, faults

    def _validate(
        self, model: type[BaseModel], values: dict[str, Any], faults: dict[str, FieldError]
    ) -> BaseModel | None:
        try:
            read = model.model_validate(values)
        except ValidationError as error:
            for problem in field_errors(error, self._root):
                faults.setdefault(problem.field, problem)
            return None
        for name, value in read:
            if isinstance(value, int) and not -INT64 <= value < INT64:
                field = f"{self._root}.{name}"
                faults[field] = FieldError(field, "is too large a number", "too-large")
        return read


class QueryReader(ParameterReader):
    """Reads the query string into a model."""

    def __init__(self, model: type[BaseModel] | None) -> None:
        """Learn the parameters of a model; without one there are none."""
        super().__init__(model, "query")

    def read(self, raw: bytes) -> BaseModel | None:
        """Return the model. Raises UriTooLong and MalformedRequest, and Invalid with every fault."""
        if len(raw) > _MAX_QUERY:
            raise UriTooLong(f"A query string has at most {_MAX_QUERY} bytes.")
        return self.read_pairs(raw)


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


def _pairs(raw: bytes, root: str) -> Iterator[tuple[str, str]]:
    parts = raw.split(b"&")
    if len(parts) > _MAX_PARAMETERS:
        raise MalformedRequest(
            f"A {root} has at most {_MAX_PARAMETERS} parameters.",
            errors=[FieldError(root, "has too many parameters", "too-many")],
        )
    for part in filter(None, parts):
        name, _, value = part.replace(b"+", b" ").partition(b"=")
        try:
            yield unquote_to_bytes(name).decode(), unquote_to_bytes(value).decode()
        except UnicodeDecodeError:
            field = f"{root}.{unquote_to_bytes(name).decode('utf-8', 'replace')}"
            raise MalformedRequest(
                f"The {root} cannot be read.", errors=[FieldError(field, "is not UTF-8", "utf-8")]
            ) from None


def _holds_many(annotation: Any) -> bool:
    origin = get_origin(annotation) or annotation
    if isinstance(origin, type):
        return issubclass(origin, list | tuple | set | frozenset)
    return any(_holds_many(part) for part in get_args(annotation))


def _storable(text: str) -> bool:
    return text.isprintable() or not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)
