from enum import StrEnum
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel, Field, create_model

from prost.events import Event, contracts


class Kind(StrEnum):
    CRATE = "CRATE"
    KEG = "KEG"


class Line(BaseModel):
    sku: str
    quantity: int = Field(ge=1)


class Shipped(Event):
    type: ClassVar[str] = "shipping.parcel-shipped.v1"
    parcel_id: UUID
    carrier: str | None
    kind: Kind
    lines: list[Line]
    note: str = ""

    def aggregate_id(self):
        return self.parcel_id


def changed(**fields):
    """Return the contract of Shipped with these fields put in or, where None, taken out."""
    kept = {name: (info.annotation, info) for name, info in Shipped.model_fields.items()}
    kept |= fields
    model = create_model("Shipped", __base__=Event, **{name: field for name, field in kept.items() if field})
    model.type = Shipped.type
    return contracts.schema_of(model)


class PricedLine(Line):
    price: str = "0"


class LooseLine(BaseModel):
    sku: str
    quantity: int


class NumberedLine(Line):
    sku: int


class MoreKinds(StrEnum):
    CRATE = "CRATE"
    KEG = "KEG"
    CAN = "CAN"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"weight": (int, 0)},
        {"weight": (int | None, None)},
        {"lines": (list[PricedLine], ...)},
    ],
)
def test_what_readers_bear_is_no_break(fields):
    assert contracts.changes_that_break(contracts.schema_of(Shipped), changed(**fields)) == []


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"note": None}, "note is gone"),
        ({"note": (int, 0)}, "note was string and is integer"),
        ({"carrier": (str, ...)}, "carrier was null or string and is string"),
        ({"weight": (int, ...)}, "weight is required now"),
        ({"kind": (Kind, Kind.KEG)}, "kind may be missing now"),
        ({"kind": (MoreKinds, ...)}, "kind may have values that it had not before: CAN"),
        ({"kind": (str, ...)}, "kind may have values that it had not before: any"),
        ({"parcel_id": (str, ...)}, "parcel_id had format 'uuid' and has None"),
        ({"lines": (list[NumberedLine], ...)}, "lines[].sku was string and is integer"),
        ({"lines": (list[LooseLine], ...)}, "lines[].quantity had minimum 1 and has None"),
    ],
)
def test_what_readers_do_not_bear_is_named(fields, problem):
    assert contracts.changes_that_break(contracts.schema_of(Shipped), changed(**fields)) == [problem]


def test_a_choice_that_is_written_otherwise_is_the_same_choice():
    old = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    new = {"type": ["null", "string"]}

    assert contracts.changes_that_break(old, new) == []


def test_contracts_that_were_written_are_true(tmp_path):
    paths = contracts.write(tmp_path, [Shipped])

    assert [path.name for path in paths] == ["shipping.parcel-shipped.v1.json"]
    assert contracts.check(tmp_path, [Shipped]) == []


def test_a_folder_that_says_something_else_is_told_all_at_once(tmp_path):
    class Lost(Event):
        type: ClassVar[str] = "shipping.parcel-lost.v1"
        parcel_id: UUID = uuid4()

    class Later(Shipped):
        weight: int = 0

    contracts.write(tmp_path, [Shipped])
    (tmp_path / "shipping.parcel-found.v1.json").write_text("{}")

    assert contracts.check(tmp_path, [Later, Lost]) == [
        "shipping.parcel-found.v1: nobody publishes it any more, and its readers were promised it",
        "shipping.parcel-lost.v1: it has no contract yet",
        "shipping.parcel-shipped.v1: the contract is not up to date",
    ]
