"""The neighbours of these tests answer as the real ones do, and announcements keep their contracts."""

import json
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from prost.events import contracts
from prost.spec import ServiceSpec
from prost_orders import events

WHERE = {
    "carts/contents": ("cart", "post", "/carts/contents"),
    "carts/checked-out": ("cart", "post", "/carts/checked-out"),
    "catalog/offered": ("catalog", "post", "/offers"),
    "inventory/reserve": ("inventory", "post", "/inventory/reserve"),
    "inventory/release": ("inventory", "post", "/inventory/release"),
    "inventory/deduct": ("inventory", "post", "/inventory/deduct"),
    "inventory/restock": ("inventory", "post", "/inventory/restock"),
    "payments/charge": ("payments", "post", "/payments/charge"),
    "payments/capture": ("payments", "post", "/payments/capture"),
    "payments/void": ("payments", "post", "/payments/void"),
    "payments/refund": ("payments", "post", "/payments/refund"),
    "payments/by-order": ("payments", "get", "/payments/by-order/{order_id}"),
}
BASKET = [(UUID("01990000-0000-7000-8000-000000000001"), 6)]
PUBLISHED = [events.OrderPlaced, events.OrderConfirmed, events.OrderRejected, events.OrderCancelled]


@pytest.fixture
def everything(street, shop, buy, pay_again, as_anna, *, recover, token):
    """Return a coroutine function that has each neighbour asked everything once."""

    async def happen():
        cancelled = (await buy("key-1")).json["id"]
        await shop.post(f"/orders/{cancelled}/cancel", headers=as_anna)
        street.fill("01990000-0000-7000-8000-00000000000a", *BASKET)
        failed = (await buy("key-2", payment_method="pm_card_chargeDeclined")).json["id"]
        await pay_again(failed, "pm_card_chargeDeclined")
        await shop.post(f"/orders/{failed}/cancel", headers=as_anna)
        await buy("key-3", payment_method="pm_card_threeDSecureRequired")
        staff = {"Authorization": f"Bearer {token('admin')}"}
        await recover()
        await shop.get("/orders/invariants?recent=50", headers=staff)

    return happen


def checked(document, schema, value):
    whole = {**schema, "components": document["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)


async def test_what_is_asked_and_answered_is_what_the_neighbours_document(street, everything, service_home):
    await everything()

    asked, answers = dict(street.bodies), dict(street.answers)
    assert set(answers) == set(WHERE)
    for name, (service, method, path) in WHERE.items():
        document = json.loads((service_home.parent / service / "openapi.json").read_text())
        operation = document["paths"][path][method]
        answered = operation["responses"]["200"]["content"]["application/json"]["schema"]
        checked(document, answered, answers[name])
        if method == "post":
            body = operation["requestBody"]["content"]["application/json"]["schema"]
            checked(document, body, asked[name])


def test_every_published_event_is_declared_and_has_its_contract(service_home):
    declared = set(ServiceSpec.load(service_home).events.publishes)
    kinds = [kind for kind in vars(events).values() if isinstance(kind, type) and hasattr(kind, "type")]

    assert {event.type for event in PUBLISHED} <= declared == {kind.type for kind in kinds}
    assert contracts.check(service_home / "contracts", kinds) == []


async def test_the_data_of_events_keep_their_contracts(everything, street, buy, bus, service_home):
    await everything()
    street.stock.clear()
    street.fill("01990000-0000-7000-8000-00000000000a", *BASKET)
    await buy("key-4")

    announced = {event.type: event for event in bus.published()}

    assert set(announced) == {event.type for event in PUBLISHED}
    for event_type, envelope in announced.items():
        schema = json.loads((service_home / "contracts" / f"{event_type}.json").read_text())
        strict = {**schema, "additionalProperties": False}
        Draft202012Validator(strict, format_checker=FormatChecker()).validate(envelope.data)
