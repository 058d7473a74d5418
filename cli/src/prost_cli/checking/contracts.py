"""Whether consumers of an event that were written for one schema can read another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]

_FIXED = ("type", "format", "pattern", "const")


def incompatibilities(old: Schema, new: Schema) -> list[str]:
    """Name what a consumer of `old` would miss or misread in events of the schema `new`.

    Additions are no problem: consumers ignore what they do not know.
    """
    return sorted(set(_compare(old, new, old, new, "")))


def _compare(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> Iterator[str]:
    old, new = _resolve(old, old_root), _resolve(new, new_root)
    place = path or "the event"
    for key in _FIXED:
        if key in old and old[key] != new.get(key):
            yield f"{place}: {key} was {old[key]!r} and is {new.get(key)!r}"
    values: list[Any] = new.get("enum", [])
    if added := [value for value in values if value not in old.get("enum", values)]:
        yield f"{place}: may now be {', '.join(map(repr, added))}"
    if len(_choices(new)) > len(_choices(old)) > 0:
        yield f"{place}: may now be of another kind"
    for name in old.get("properties", {}):
        child = f"{path}.{name}" if path else name
        if name not in new.get("properties", {}):
            yield f"{child}: is gone"
            continue
        if name in old.get("required", ()) and name not in new.get("required", ()):
            yield f"{child}: was always there and is optional"
        yield from _compare(old["properties"][name], new["properties"][name], old_root, new_root, child)
    if "items" in old:
        yield from _compare(old["items"], new.get("items", {}), old_root, new_root, f"{path}[]")
    for index, (before, after) in enumerate(zip(_choices(old), _choices(new), strict=False)):
        yield from _compare(before, after, old_root, new_root, f"{path}|{index}")


def _choices(schema: Schema) -> list[Schema]:
    choices: list[Schema] = schema.get("anyOf") or schema.get("oneOf") or []
    return choices


def _resolve(schema: Schema, root: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    resolved: Schema = root["$defs"][reference.rpartition("/")[2]]
    return resolved
