"""What is announced is what its contract says, although SQL writes it."""

import json

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from prost.db import uuid7
from prost.events import contracts
from prost.spec import ServiceSpec
from prost_inventory import events
from prost_inventory.use_cases.goods import set_threshold
from prost_inventory.use_cases.reservations import deduct_stock, release_stock, reserve_stock

PUBLISHED = [
    events.StockReserved,
    events.StockReleased,
    events.StockDeducted,
    events.StockLow,
    events.BackInStock,
]


@pytest.fixture
def all_of_them(shelf, bus):
    """Give what is published when everything happens once."""
    shelf("HELLES", 20)
    bought, cancelled = uuid7(), uuid7()
    reserve_stock(bought, [("HELLES", 1)], 900)
    deduct_stock(bought)
    reserve_stock(cancelled, [("HELLES", 1)], 900)
    release_stock(cancelled, "cancelled")
    set_threshold("HELLES", 19)
    return bus


def test_every_published_event_is_declared_and_has_its_contract(service_home):
    declared = ServiceSpec.load(service_home).events.publishes

    assert [event.type for event in PUBLISHED] == list(declared)
    assert contracts.check(service_home / "contracts", PUBLISHED) == []


@pytest.mark.parametrize("kind", PUBLISHED, ids=lambda kind: kind.type)
def test_the_data_of_an_event_keep_its_contract(all_of_them, service_home, kind):
    schema = json.loads((service_home / "contracts" / f"{kind.type}.json").read_text())
    strict = {**schema, "additionalProperties": False}

    (announced, *_others) = all_of_them.published(kind.type)

    Draft202012Validator(strict, format_checker=FormatChecker()).validate(announced.data)
    assert kind.model_validate(announced.data).aggregate_id() == announced.aggregate_id


def test_what_happens_to_an_order_is_numbered_in_its_order(all_of_them):
    order = all_of_them.published("inventory.stock-deducted.v1")[0].aggregate_id

    facts = [(e.type, e.sequence) for e in all_of_them.published() if e.aggregate_id == order]

    assert facts == [("inventory.stock-reserved.v1", 1), ("inventory.stock-deducted.v1", 2)]
