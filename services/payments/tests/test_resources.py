"""Payments over HTTP, for the service of orders."""

import pytest

from prost.db import uuid7

ORDER = "01990000-0000-7000-8000-000000000001"
CHARGE = {
    "order_id": ORDER,
    "amount_minor": 1290,
    "currency": "EUR",
    "payment_method": "pm_card_visa",
    "capture": "manual",
    "return_url": "http://127.0.0.1:8080/de/checkout/done",
    "customer_id": None,
    "email": "anna@example.org",
}


def fields(answer):
    return [problem["field"] for problem in answer.json["errors"]]


@pytest.fixture
def send(client, as_orders):
    """Return a coroutine function that posts as the service of orders does."""

    async def post(name, **body):
        return await client.post(f"/payments/{name}", json=body, headers=as_orders)

    return post


async def test_an_order_is_charged_captured_and_refunded(client, send, as_orders):
    charged = await send("charge", **CHARGE)
    captured = await send("capture", order_id=ORDER)
    refunded = await send(
        "refund", order_id=ORDER, refund_id=str(uuid7()), amount_minor=290, reason="returned"
    )
    read = await client.get(f"/payments/by-order/{ORDER}", headers=as_orders)

    assert [answer.status_code for answer in (charged, captured, refunded)] == [200, 200, 200]
    assert charged.json == {
        "payment_id": charged.json["payment_id"],
        "order_id": ORDER,
        "state": "AUTHORIZED",
        "amount_minor": 1290,
        "captured_minor": 0,
        "refunded_minor": 0,
        "redirect_url": None,
        "failure_code": None,
    }
    assert captured.json["state"] == "CAPTURED"
    assert read.json == refunded.json
    assert (read.json["state"], read.json["refunded_minor"]) == ("PARTIALLY_REFUNDED", 290)


async def test_a_decline_is_an_answer(send):
    declined = await send("charge", **CHARGE | {"payment_method": "pm_card_chargeDeclined"})

    assert declined.status_code == 200
    assert (declined.json["state"], declined.json["failure_code"]) == ("FAILED", "card-declined")


async def test_a_void_before_the_charge_refuses_it(send):
    voided = await send("void", order_id=ORDER, reason="expired")
    refused = await send("charge", **CHARGE)

    assert (voided.status_code, voided.json["state"]) == (200, "VOIDED")
    assert (refused.status_code, refused.json["code"]) == (409, "payment-voided")


async def test_an_order_that_never_charged_has_no_payment(client, send, as_orders):
    read = await client.get(f"/payments/by-order/{ORDER}", headers=as_orders)
    captured = await send("capture", order_id=ORDER)

    assert (read.status_code, read.json["code"]) == (404, "payment-not-found")
    assert (captured.status_code, captured.json["code"]) == (404, "payment-not-found")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"payment_method": "pm_card_unheard"}, "body.payment_method"),
        ({"payment_method": "4111111111111111"}, "body.payment_method"),
        ({"payment_method": "pm_4111111111111111"}, "body.payment_method"),
        ({"payment_method": ""}, "body.payment_method"),
        ({"amount_minor": 0}, "body.amount_minor"),
        ({"amount_minor": -1290}, "body.amount_minor"),
        ({"amount_minor": 12.9}, "body.amount_minor"),
        ({"amount_minor": "1290"}, "body.amount_minor"),
        ({"amount_minor": 100_000_001}, "body.amount_minor"),
        ({"amount_minor": 2**63}, "body.amount_minor"),
        ({"currency": "USD"}, "body.currency"),
        ({"capture": "later"}, "body.capture"),
        ({"return_url": "https://evil.example/"}, "body.return_url"),
        ({"return_url": "http://127.0.0.1:8080@evil.example/"}, "body.return_url"),
        ({"return_url": "//evil.example/"}, "body.return_url"),
        ({"return_url": "http://127.0.0.1:80801/"}, "body.return_url"),
        ({"return_url": "javascript:alert(1)"}, "body.return_url"),
        ({"return_url": "http://127.0.0.1:8080/?card=4111-1111-1111-1111"}, "body.return_url"),
        ({"return_url": "http://[/"}, "body.return_url"),
        ({"email": "4111 1111 1111 1111@x.org"}, "body.email"),
        ({"customer_id": "anna"}, "body.customer_id"),
        ({"order_id": "4711"}, "body.order_id"),
        ({"card_number": "4111111111111111"}, "body.card_number"),
    ],
)
async def test_a_charge_that_cannot_be_is_refused_by_name(send, change, field):
    refused = await send("charge", **CHARGE | change)

    assert (refused.status_code, fields(refused)) == (422, [field])


@pytest.mark.parametrize(
    ("call", "change", "field"),
    [
        ("void", {"reason": " "}, "body.reason"),
        ("void", {"reason": "card 5555 5555 5555 4444"}, "body.reason"),
        ("void", {"reason": 201 * "x"}, "body.reason"),
        ("refund", {"amount_minor": 0}, "body.amount_minor"),
        ("refund", {"refund_id": "r-1"}, "body.refund_id"),
        ("refund", {"reason": "378282246310005"}, "body.reason"),
        ("capture", {"amount_minor": 1}, "body.amount_minor"),
    ],
)
async def test_what_cannot_be_asked_of_a_payment_is_refused_by_name(send, call, change, field):
    bodies = {
        "void": {"order_id": ORDER, "reason": "cancelled"},
        "refund": {"order_id": ORDER, "refund_id": ORDER, "amount_minor": 1, "reason": "returned"},
        "capture": {"order_id": ORDER},
    }

    refused = await send(call, **bodies[call] | change)

    assert (refused.status_code, fields(refused)) == (422, [field])


@pytest.mark.parametrize("call", ["charge", "capture", "void", "refund"])
async def test_only_services_move_money(client, token, call):
    anyone = await client.post(f"/payments/{call}", json={})
    for_another = {"Authorization": f"Bearer {token.of_service('orders', audience='inventory')}"}
    astray = await client.post(f"/payments/{call}", json={}, headers=for_another)
    admin = await client.post(
        f"/payments/{call}", json={}, headers={"Authorization": f"Bearer {token('admin')}"}
    )

    assert (anyone.status_code, astray.status_code, admin.status_code) == (401, 401, 403)
