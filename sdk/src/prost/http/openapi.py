"""OpenAPI 3.1, written from the operations themselves."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from prost import errors
from prost.errors import ProstError
from prost.http.operation import Operation
from prost.http.problems import PROBLEM_JSON
from prost.http.requests import BodyReader, FormReader, RawReader
from prost.http.schemas import Schema, Schemas, without_null

__all__ = ["document"]

_FIELD = re.compile(r"{(\w+)(?::[^}]*)?}")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOCATION: dict[str, Any] = {"required": True, "schema": {"type": "string", "format": "uri-reference"}}
_PROBLEM_REF: dict[str, str] = {"$ref": "#/components/schemas/Problem"}
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
    schemas = Schemas(operations)
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


def _operation(template: str, method: str, declared: Operation, schemas: Schemas) -> dict[str, Any]:
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
        content = _body(template, method, declared.body_reader, schemas)
        described["requestBody"] = {"required": True, "content": content}
    if declared.auth == "optional":
        described["security"] = [{}, {"bearer": []}]
    elif declared.auth != "anonymous":
        described["security"] = [{"bearer": []}]
        described["x-prost-access"] = declared.auth
    if declared.roles:
        described["x-prost-roles"] = list(declared.roles)
    return described


def _body(template: str, method: str, reader: BodyReader, schemas: Schemas) -> dict[str, Any]:
    if isinstance(reader, RawReader):
        return {media_type: {} for media_type in reader.media_types}
    if isinstance(reader, FormReader):
        schema = _form(schemas.resolved(schemas.of(template, method, "form")), reader)
    else:
        schema = schemas.of(template, method, "body")
    return {media_type: {"schema": schema} for media_type in reader.media_types}


def _form(model: Schema, reader: FormReader) -> Schema:
    fields = {name: without_null(described) for name, described in model.get("properties", {}).items()}
    more = {"additionalProperties": reader.parameters.takes_more}
    return {"type": "object", "properties": fields, "required": model.get("required", []), **more}


def _path_parameters(
    template: str, method: str, declared: Operation, schemas: Schemas
) -> Iterator[dict[str, Any]]:
    for name in declared.path_reader.adapters:
        schema = (
            {"minLength": 1} if schemas.of(template, method, f"path.{name}") == {"type": "string"} else {}
        )
        schema |= schemas.of(template, method, f"path.{name}")
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(
    template: str, method: str, declared: Operation, schemas: Schemas
) -> Iterator[dict[str, Any]]:
    if declared.query is None:
        return
    model = schemas.resolved(schemas.of(template, method, "query"))
    for name, described in model.get("properties", {}).items():
        schema = without_null(described)
        parameter = {"name": name, "in": "query", "required": name in model.get("required", ())}
        if description := schema.pop("description", None):
            parameter["description"] = description
        yield parameter | {"schema": schema}


def _responses(
    template: str, method: str, declared: Operation, schemas: Schemas
) -> Iterator[tuple[str, dict[str, Any]]]:
    answer: dict[str, Any] = {"description": "Done."}
    if declared.answer is not None:
        answer["content"] = {"application/json": {"schema": schemas.of(template, method, "answer")}}
    if declared.status in _REDIRECTS:
        answer = {"description": "Go on there.", "headers": {"Location": _LOCATION}}
    for number in (int(declared.status), *declared.also):
        yield str(number), answer
    if declared.cache is not None:
        yield "304", {"description": "The client's copy is still right."}
    kinds: dict[int, list[type[ProstError]]] = {}
    for kind in dict.fromkeys([*_implied_errors(declared), *declared.errors]):
        kinds.setdefault(kind.status, []).append(kind)
    for status in sorted(kinds):
        description = "; ".join(f"{kind.title} ({kind.code})" for kind in kinds[status])
        content = {kind.media_type: {"schema": kind.schema or _PROBLEM_REF} for kind in kinds[status]}
        yield str(status), {"description": description, "content": content}
    yield (
        "default",
        {"description": "Any other problem.", "content": {PROBLEM_JSON: {"schema": _PROBLEM_REF}}},
    )


def _implied_errors(declared: Operation) -> Iterator[type[ProstError]]:
    if declared.malformed is not None:
        yield declared.malformed
    else:
        yield from (errors.MalformedRequest, errors.Invalid)
    if declared.path_reader.adapters:
        yield errors.NotFound
    if declared.body_reader is not None and declared.malformed is None:
        yield from (errors.PayloadTooLarge, errors.UnsupportedMediaType)
    if declared.auth != "anonymous":
        yield errors.Unauthenticated
    if declared.auth not in {"anonymous", "optional"}:
        yield errors.Forbidden
