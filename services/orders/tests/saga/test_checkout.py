"""An order from its cart to its answer."""

from uuid import UUID

from prost.events import Outbox
from prost_orders.use_cases.invariants import invariants

ANNA = "01990000-0000-7000-8000-00000000000a"
HELLES = UUID("01990000-0000-7000-8000-000000000001")


async def test_an_order_is_confirmed_in_one_go(street, buy, shop, as_anna, states):
    bought = await buy()
    again = await shop.get(f"/orders/{bought.json['id']}", headers=as_anna)

    assert (bought.status_code, bought.json["state"]) == (201, "CONFIRMED")
    assert bought.json["payment"] == {
        "state": "CAPTURED",
        "method": "pm_card_visa",
        "redirect_url": None,
        "expires_at": None,
    }
    assert bought.json["total"] == {"amount": "13.12", "currency": "EUR"}
    assert again.json == bought.json
    assert [entry["event"] for entry in bought.json["timeline"]] == [
        "placed",
        "reserved",
        "payment-authorized",
        "payment-captured",
        "confirmed",
    ]
    assert states() == [("CONFIRMED", "CAPTURED")]
    assert street.carts == {}
    assert street.stock["HELLES"] == 94
    assert invariants() == []


async def test_a_happy_order_is_told_of_twice_and_asks_each_neighbour_once(street, buy):
    await buy()

    assert [event.type for event in Outbox.pending()] == [
        "orders.order-placed.v1",
        "orders.order-confirmed.v1",
    ]
    assert street.calls == {
        "carts/contents": 1,
        "catalog/offered": 1,
        "inventory/reserve": 1,
        "payments/charge": 1,
        "inventory/deduct": 1,
        "payments/capture": 1,
        "carts/checked-out": 1,
    }
