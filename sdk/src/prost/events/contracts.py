"""Contracts: the JSON Schema of each published event, and whether a change of it is one that readers bear."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prost.events._envelope import Event

__all__ = ["changes_that_break", "check", "schema_of", "write"]

Schema = Mapping[str, Any]

#: What limits a value, and the direction in which the limit may move without surprising a reader.
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def schema_of(event: type[Event]) -> dict[str, Any]:
    """Return the JSON Schema of an event's `data`, identified by its type."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": event.type,
        **event.model_json_schema(mode="serialization"),
    }


def write(folder: Path, events: Sequence[type[Event]]) -> list[Path]:
    """Write `<type>.json` for each event and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for event in events:
        path = folder / f"{event.type}.json"
        text = json.dumps(schema_of(event), indent=2, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")
        paths.append(path)
    return paths


def check(folder: Path, events: Sequence[type[Event]]) -> list[str]:
    """Return every way in which the events break the contracts in `folder`, or are not what it says.

    A contract without an event and an event without a contract are problems, too. An empty list means that
    the files are true to the code.
    """
    problems = []
    stored = {path.stem: json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))}
    current = {event.type: schema_of(event) for event in events}
    for name in sorted(stored.keys() | current.keys()):
        if name not in current:
            problems.append(f"{name}: nobody publishes it any more, and its readers were promised it")
        elif name not in stored:
            problems.append(f"{name}: it has no contract yet")
        else:
            breaking = changes_that_break(stored[name], current[name])
            problems += [f"{name}: {change}; publish a new version instead" for change in breaking]
            if not breaking and stored[name] != current[name]:
                problems.append(f"{name}: the contract is not up to date")
    return problems


def changes_that_break(old: Schema, new: Schema) -> list[str]:
    """Return what a reader of `old` cannot bear in `new`.

    A new optional field is fine. A field that is gone, has another type, is newly required or no longer
    promised, and a value that was not allowed before, is not.
    """
    comparison = _Comparison(old.get("$defs", {}), new.get("$defs", {}))
    return list(comparison.of_schemas(old, new, "", frozenset()))


@dataclass(frozen=True)
class _Comparison:
    """Walks two schemas side by side; each has definitions of its own."""

    old_defs: Schema
    new_defs: Schema

    def of_schemas(
        self, old: Schema, new: Schema, path: str, seen: frozenset[tuple[str, str]]
    ) -> Iterator[str]:
        if "$ref" in old:
            step = (old["$ref"], str(new.get("$ref")))
            if step in seen:
                return
            seen |= {step}
        old, new = _resolve(old, self.old_defs), _resolve(new, self.new_defs)
        name = path or "the event"
        before, after = _types(old, self.old_defs), _types(new, self.new_defs)
        if before != after:
            yield f"{name} was {' or '.join(before)} and is {' or '.join(after)}"
            return
        yield from _values(old, new, name)
        yield from self.of_fields(old, new, path, seen)
        for key in ("items", "additionalProperties"):
            if isinstance(old.get(key), Mapping) and isinstance(new.get(key), Mapping):
                yield from self.of_schemas(old[key], new[key], f"{path}[]", seen)
        # Choices of the same types may still be written in two ways, of which one has no branches.
        branches = zip(_branches(old, self.old_defs), _branches(new, self.new_defs), strict=False)
        for one, other in branches:
            yield from self.of_schemas(one, other, path, seen)

    def of_fields(
        self, old: Schema, new: Schema, path: str, seen: frozenset[tuple[str, str]]
    ) -> Iterator[str]:
        prefix = f"{path}." if path else ""
        fields, promised = new.get("properties", {}), set(old.get("required", ()))
        for field, schema in old.get("properties", {}).items():
            if field not in fields:
                yield f"{prefix}{field} is gone"
            else:
                yield from self.of_schemas(schema, fields[field], f"{prefix}{field}", seen)
        required = set(new.get("required", ()))
        yield from (f"{prefix}{field} is required now" for field in sorted(required - promised))
        lapsed = (promised - required) & fields.keys()
        yield from (f"{prefix}{field} may be missing now" for field in sorted(lapsed))


def _values(old: Schema, new: Schema, name: str) -> Iterator[str]:
    if "enum" in old:
        added = set(map(str, new.get("enum", ["any"]))) - set(map(str, old["enum"]))
        if added:
            yield f"{name} may have values that it had not before: {', '.join(sorted(added))}"
    for key in ("format", "pattern", "const"):
        if key in old and old[key] != new.get(key):
            yield f"{name} had {key} {old[key]!r} and has {new.get(key)!r}"
    wider = [key for key in _LOWER if key in old and (key not in new or new[key] < old[key])]
    wider += [key for key in _UPPER if key in old and (key not in new or new[key] > old[key])]
    for key in wider:
        yield f"{name} had {key} {old[key]} and has {new.get(key)}"


def _resolve(schema: Schema, defs: Schema) -> Schema:
    while "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**defs[schema["$ref"].rpartition("/")[2]], **beside}
    return schema


def _types(schema: Schema, defs: Schema) -> list[str]:
    schema = _resolve(schema, defs)
    if "anyOf" in schema:
        return sorted(name for branch in schema["anyOf"] for name in _types(branch, defs))
    declared = schema.get("type", "anything")
    return [declared] if isinstance(declared, str) else sorted(declared)


def _branches(schema: Schema, defs: Schema) -> list[Schema]:
    return sorted(schema.get("anyOf", ()), key=lambda branch: _types(branch, defs))
