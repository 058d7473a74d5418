"""Buyers who change their minds, several times at once, or in the moment in which the bank says yes."""

import asyncio
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from chaos.buyers import Buyer
from chaos.shop import Drink, Shop

_TIMES = 5
_LATE = 5.0
"""Seconds after which the provider's late webhook comes."""
_AROUND = (-0.6, -0.3, -0.1, 0.0, 0.1, 0.2, 0.4, 0.8)
_KEPT = """
SELECT coalesce(sum(amount_minor - refunded_minor), 0)::integer AS cents FROM fake_charges
WHERE order_id = %s AND state IN ('AUTHORIZED', 'CAPTURED')
"""
_GONE = "SELECT coalesce(-sum(delta), 0)::integer AS bottles FROM movements WHERE order_id = %s"
_NOTHING = {"state": "CANCELLED", "cents": 0, "bottles": 0}


async def called_off_at_once(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """A confirmed order that is called off five times gives its money and its goods back once."""
    buyer = Buyer(shop)
    await buyer.fill(drink)
    order = str((await buyer.buy())["id"])
    answers = await asyncio.gather(*(_cancel(buyer, order) for _ in range(_TIMES)))
    return (True, [], _NOTHING), (
        HTTPStatus.OK in answers,
        await shop.violations(),
        await _left(shop, buyer, order),
    )


async def called_off_while_it_is_paid(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """Whichever comes first, an order that is called off as the bank says yes costs nothing."""
    ends = await asyncio.gather(*(_race(shop, drink, _LATE + offset) for offset in _AROUND))
    left = await shop.violations()
    found = [await _left(shop, buyer, order) for buyer, order in ends]
    return ([], [_NOTHING] * len(ends)), (left, found)


async def _race(shop: Shop, drink: Drink, seconds: float) -> tuple[Buyer, str]:
    buyer = Buyer(shop)
    await buyer.fill(drink)
    order = str((await buyer.place(str(uuid4()), payment_method="pm_late_webhook")).body["id"])
    await asyncio.sleep(seconds)
    await _cancel(buyer, order)
    return buyer, order


async def withdrawn_at_once(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """What is sent back five times at once is paid back once."""
    buyer = Buyer(shop)
    await buyer.fill(drink, 2)
    order = await buyer.buy()
    body = {"lines": [{"variant_id": drink.variant_id, "quantity": 2}]}
    keys = [str(uuid4()) for _ in range(_TIMES)]
    answers = await asyncio.gather(
        *(
            buyer.send(
                "POST", f"/api/orders/{order['id']}/withdraw", headers={"Idempotency-Key": key}, json=body
            )
            for key in keys
        )
    )
    left = await shop.violations()
    receipts = [answer.body for answer in answers if answer.status == HTTPStatus.CREATED]
    refunds = [_cents(receipt["refund"]) for receipt in receipts]
    kept = (await _left(shop, buyer, str(order["id"])))["cents"]
    return (1, [], 0), (len(receipts), left, _cents(order["total"]) - sum(refunds) - kept)


def _cents(money: dict[str, str]) -> int:
    return int(Decimal(money["amount"]) * 100)


async def _cancel(buyer: Buyer, order: str) -> int:
    return (await buyer.send("POST", f"/api/orders/{order}/cancel", json={})).status


async def _left(shop: Shop, buyer: Buyer, order: str) -> dict[str, Any]:
    """Return what an order has come to: its state, what it has cost, and what has left the stock."""
    state = (await buyer.send("GET", f"/api/orders/{order}")).body["state"]
    cents, gone = shop.rig.rows("payments", _KEPT, order)[0], shop.rig.rows("inventory", _GONE, order)[0]
    return {"state": state, **cents, **gone}


CASES = {
    "called off five times at once": called_off_at_once,
    "called off as the bank says yes": called_off_while_it_is_paid,
    "sent back five times at once": withdrawn_at_once,
}
