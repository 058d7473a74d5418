"""OpenAPI 3.1, written from the operations themselves."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter

from prost import errors
from prost.errors import ProstError
from prost.http.operation import Operation
from prost.http.problems import PROBLEM_JSON

__all__ = ["document"]

Schema = dict[str, Any]
Key = tuple[str, str, str]

_REF = "#/components/schemas/{model}"
_FIELD = re.compile(r"{(\w+)(?::[^}]*)?}")
_INT64 = 2**63
_UPPER_BOUNDS = frozenset({"maximum", "exclusiveMaximum", "const", "enum"})
_IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each new request, the same when a request is sent again.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}
_PROBLEM: Schema = {
    "type": "object",
    "description": "What went wrong, as in RFC 9457.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "description": "The machine-readable kind of problem."},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "trace_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string", "examples": ["query.page_size"]},
                    "message": {"type": "string"},
                    "code": {"type": "string"},
                },
                "required": ["field", "message", "code"],
            },
        },
    },
    "required": ["type", "title", "status", "code"],
}


def document(
    title: str, summary: str, version: str, operations: Mapping[tuple[str, str], Operation]
) -> dict[str, Any]:
    """Return the OpenAPI document of operations by (URI template, HTTP method)."""
    schemas = _Schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for (template, method), declared in operations.items():
        path = _FIELD.sub(r"{\1}", template)
        paths.setdefault(path, {})[method.lower()] = _operation(template, method, declared, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "summary": summary, "version": version},
        "paths": paths,
        "components": {
            "schemas": {**schemas.components, "Problem": _PROBLEM},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    }


class _Schemas:
    """The JSON Schemas of all operations, generated together so that every name means one thing."""

    def __init__(self, operations: Mapping[tuple[str, str], Operation]) -> None:
        inputs: list[tuple[Key, Literal["validation", "serialization"], TypeAdapter[Any]]] = []
        for (template, method), declared in operations.items():
            if declared.query is not None:
                inputs.append(((template, method, "query"), "validation", TypeAdapter(declared.query)))
            if declared.body_reader is not None:
                inputs.append(((template, method, "body"), "validation", declared.body_reader.adapter))
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
        return self._found[template, method, part]

    def resolved(self, schema: Schema) -> Schema:
        """Return what a schema says, its reference followed."""
        reference = schema.get("$ref")
        return schema if reference is None else self._definitions[reference.rpartition("/")[2]]

    def _reachable(self) -> set[str]:
        # A query model becomes parameters: what it refers to is a component, the model is not.
        pending: list[Any] = []
        for (_template, _method, part), schema in self._found.items():
            pending.append(self.resolved(schema) if part == "query" else schema)
        reachable: set[str] = set()
        while pending:
            for name in _references(pending.pop()):
                if name not in reachable:
                    reachable.add(name)
                    pending.append(self._definitions[name])
        return reachable


def _operation(template: str, method: str, declared: Operation, schemas: _Schemas) -> dict[str, Any]:
    name = method.lower() + _FIELD.sub(r"by_\1", template)
    described: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", name).strip("_"),
        "summary": declared.summary,
        "parameters": [
            *_path_parameters(template, method, declared, schemas),
            *_query_parameters(template, method, declared, schemas),
            *([_IDEMPOTENCY_KEY] if declared.idempotent else []),
        ],
        "responses": dict(_responses(template, method, declared, schemas)),
    }
    if declared.handler.__doc__:
        described["description"] = " ".join(declared.handler.__doc__.split())
    if declared.tags:
        described["tags"] = list(declared.tags)
    if declared.body_reader is not None:
        content = {"application/json": {"schema": schemas.of(template, method, "body")}}
        described["requestBody"] = {"required": True, "content": content}
    if declared.auth == "optional":
        described["security"] = [{}, {"bearer": []}]
    elif declared.auth != "anonymous":
        described["security"] = [{"bearer": []}]
        described["x-prost-access"] = declared.auth
    return described


def _path_parameters(
    template: str, method: str, declared: Operation, schemas: _Schemas
) -> Iterator[dict[str, Any]]:
    for name in declared.path_reader.adapters:
        schema = (
            {"minLength": 1} if schemas.of(template, method, f"path.{name}") == {"type": "string"} else {}
        )
        schema |= schemas.of(template, method, f"path.{name}")
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(
    template: str, method: str, declared: Operation, schemas: _Schemas
) -> Iterator[dict[str, Any]]:
    if declared.query is None:
        return
    model = schemas.resolved(schemas.of(template, method, "query"))
    for name, described in model.get("properties", {}).items():
        schema = _without_null(described)
        parameter = {"name": name, "in": "query", "required": name in model.get("required", ())}
        if description := schema.pop("description", None):
            parameter["description"] = description
        yield parameter | {"schema": schema}


def _responses(
    template: str, method: str, declared: Operation, schemas: _Schemas
) -> Iterator[tuple[str, dict[str, Any]]]:
    answer: dict[str, Any] = {"description": "Done."}
    if declared.answer is not None:
        answer["content"] = {"application/json": {"schema": schemas.of(template, method, "answer")}}
    yield str(int(declared.status)), answer
    if declared.cache is not None:
        yield "304", {"description": "The client's copy is still right."}
    kinds: dict[int, list[type[ProstError]]] = {}
    for kind in dict.fromkeys([*_implied_errors(declared), *declared.errors]):
        kinds.setdefault(kind.status, []).append(kind)
    problem = {PROBLEM_JSON: {"schema": {"$ref": _REF.format(model="Problem")}}}
    for status in sorted(kinds):
        description = "; ".join(f"{kind.title} ({kind.code})" for kind in kinds[status])
        yield str(status), {"description": description, "content": problem}
    yield "default", {"description": "Any other problem.", "content": problem}


def _implied_errors(declared: Operation) -> Iterator[type[ProstError]]:
    yield from (errors.MalformedRequest, errors.Invalid)
    if declared.path_reader.adapters:
        yield errors.NotFound
    if declared.body_reader is not None:
        yield from (errors.PayloadTooLarge, errors.UnsupportedMediaType)
    if declared.auth != "anonymous":
        yield errors.Unauthenticated
    if declared.auth not in {"anonymous", "optional"}:
        yield errors.Forbidden


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


def _without_null(described: Schema) -> Schema:
    """Return a parameter's schema: a query has no null, only absence."""
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
