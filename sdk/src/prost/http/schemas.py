"""The JSON Schemas of what operations take and answer."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter

from prost.http.operation import Operation
from prost.http.requests import FormReader, JsonReader

__all__ = ["Schema", "Schemas", "without_null"]

Schema = dict[str, Any]
Key = tuple[str, str, str]

_REF = "#/components/schemas/{model}"
_INT64 = 2**63
_UPPER_BOUNDS = frozenset({"maximum", "exclusiveMaximum", "const", "enum"})


class Schemas:
    """The JSON Schemas of all operations, generated together so that every name means one thing."""

    def __init__(self, operations: Mapping[tuple[str, str], Operation]) -> None:
        """Generate those of operations by (URI template, HTTP method)."""
        inputs: list[tuple[Key, Literal["validation", "serialization"], TypeAdapter[Any]]] = []
        for (template, method), declared in operations.items():
            if declared.query is not None:
                inputs.append(((template, method, "query"), "validation", TypeAdapter(declared.query)))
            reader = declared.body_reader
            if isinstance(reader, JsonReader | FormReader):
                part = "body" if isinstance(reader, JsonReader) else "form"
                inputs.append(((template, method, part), "validation", reader.adapter))
            if declared.answer is not None:
                inputs.append(((template, method, "answer"), "serialization", declared.answer))
            inputs += [
                ((template, method, f"path.{name}"), "validation", adapter)
                for name, adapter in declared.path_reader.adapters.items()
            ]
        found, definitions = TypeAdapter.json_schemas(inputs, ref_template=_REF)
        self._found = {key: schema for (key, _mode), schema in found.items()}
        self._definitions: dict[str, Schema] = definitions.get("$defs", {})
        for schema in [*self._definitions.values(), *self._found.values()]:
            _tell_limits(schema)
        self.components = {name: self._definitions[name] for name in sorted(self._reachable())}

    def of(self, template: str, method: str, part: str) -> Schema:
        """Return the schema of an operation's "query", "body", "form", "answer" or "path.<name>"."""
        return self._found[template, method, part]

    def resolved(self, schema: Schema) -> Schema:
        """Return what a schema says, its reference followed."""
        reference = schema.get("$ref")
        return schema if reference is None else self._definitions[reference.rpartition("/")[2]]

    def _reachable(self) -> set[str]:
        # The model of a query or form becomes parameters: what it refers to is a component, it is not.
        pending: list[Any] = []
        for (_template, _method, part), schema in self._found.items():
            pending.append(self.resolved(schema) if part in {"query", "form"} else schema)
        reachable: set[str] = set()
        while pending:
            for name in _references(pending.pop()):
                if name not in reachable:
                    reachable.add(name)
                    pending.append(self._definitions[name])
        return reachable


def without_null(described: Schema) -> Schema:
    """Return a parameter's schema: a query or form has no null, only absence."""
    schema = {key: value for key, value in described.items() if key != "title"}
    if schema.get("default", ...) is None:
        del schema["default"]
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1:
        del schema["anyOf"]
        schema = options[0] | schema
    elif options:
        schema["anyOf"] = options
    return schema


def _tell_limits(schema: Any) -> None:
    """Say what is validated beside the models: no other members, and no integer over 64 bits."""
    if isinstance(schema, list):
        for member in schema:
            _tell_limits(member)
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" and "properties" in schema:
        schema.setdefault("additionalProperties", False)
    if schema.get("type") == "integer" and _UPPER_BOUNDS.isdisjoint(schema):
        schema |= {"format": "int64", "maximum": _INT64 - 1}
        schema.setdefault("minimum", -_INT64)
    for member in schema.values():
        _tell_limits(member)


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield reference.rpartition("/")[2]
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)
