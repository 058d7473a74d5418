"""What is announced is what its contract says, although SQL writes it."""

import json

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from prost.db import uuid7
from prost.events import contracts
from prost.spec import ServiceSpec
from prost_payments import events

PUBLISHED = [
    events.PaymentAuthorized,
    events.PaymentCaptured,
    events.PaymentFailed,
    events.PaymentVoided,
    events.PaymentRefunded,
]


@pytest.fixture
def all_of_them(till, bus):
    """Give what is published when everything happens once."""
    paid, declined = uuid7(), uuid7()
    till.charge(paid)
    till.capture(paid)
    till.refund(paid, 100)
    till.charge(declined, "pm_card_chargeDeclined")
    till.void(declined)
    return bus


def test_every_published_event_is_declared_and_has_its_contract(service_home):
    declared = ServiceSpec.load(service_home).events.publishes

    assert [event.type for event in PUBLISHED] == list(declared)
    assert contracts.check(service_home / "contracts", PUBLISHED) == []


@pytest.mark.parametrize("kind", PUBLISHED, ids=lambda kind: kind.type)
def test_the_data_of_an_event_keep_its_contract(all_of_them, service_home, kind):
    schema = json.loads((service_home / "contracts" / f"{kind.type}.json").read_text())
    strict = {**schema, "additionalProperties": False}

    (announced,) = all_of_them.published(kind.type)

    Draft202012Validator(strict, format_checker=FormatChecker()).validate(announced.data)
    assert kind.model_validate(announced.data).aggregate_id() == announced.aggregate_id


def test_what_happens_to_a_payment_is_numbered_in_its_order(all_of_them):
    payment = all_of_them.published("payments.payment-refunded.v1")[0].aggregate_id

    facts = [(e.type, e.sequence) for e in all_of_them.published() if e.aggregate_id == payment]

    assert facts == [
        ("payments.payment-authorized.v1", 1),
        ("payments.payment-captured.v1", 2),
        ("payments.payment-refunded.v1", 3),
    ]
