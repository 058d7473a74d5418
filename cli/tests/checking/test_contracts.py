"""Which changes of an event its consumers survive."""

from __future__ import annotations

import copy

import pytest

from prost_cli.checking.contracts import incompatibilities

SCHEMA = {
    "type": "object",
    "required": ["order_id", "lines"],
    "properties": {
        "order_id": {"type": "string", "format": "uuid"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "state": {"type": "string", "enum": ["PLACED", "SHIPPED"]},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}},
    },
    "$defs": {"Line": {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}},
}


def changed(change):
    schema = copy.deepcopy(SCHEMA)
    change(schema)
    return incompatibilities(SCHEMA, schema)


def test_the_same_event_is_compatible():
    assert incompatibilities(SCHEMA, SCHEMA) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda schema: schema["properties"].update(added={"type": "string"}),
        lambda schema: schema["required"].append("state"),
        lambda schema: schema["properties"]["state"]["enum"].remove("PLACED"),
        lambda schema: schema["$defs"]["Line"]["properties"].update(quantity={"type": "integer"}),
        lambda schema: schema.update(title="Renamed", description="Better said."),
    ],
    ids=["property added", "always there now", "value never sent again", "nested property added", "words"],
)
def test_additions_are_compatible(change):
    assert changed(change) == []


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (lambda schema: schema["properties"].pop("note"), "note: is gone"),
        (lambda schema: schema["required"].remove("lines"), "lines: was always there and is optional"),
        (
            lambda schema: schema["properties"]["order_id"].update(type="integer"),
            "order_id: type was 'string' and is 'integer'",
        ),
        (
            lambda schema: schema["properties"]["order_id"].pop("format"),
            "order_id: format was 'uuid' and is None",
        ),
        (
            lambda schema: schema["properties"]["state"]["enum"].append("LOST"),
            "state: may now be 'LOST'",
        ),
        (
            lambda schema: schema["properties"]["note"]["anyOf"].append({"type": "integer"}),
            "note: may now be of another kind",
        ),
        (lambda schema: schema["$defs"]["Line"]["properties"].pop("sku"), "lines[].sku: is gone"),
    ],
)
def test_what_consumers_would_miss_or_misread_is_named(change, difference):
    assert changed(change) == [difference]
