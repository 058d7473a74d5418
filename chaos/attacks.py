"""What impatient, careless and hostile clients send, on the running stack."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

from chaos import second_thoughts, slips, webhooks
from chaos.buyers import CONFIRMED, Buyer, Refused
from chaos.report import Report
from chaos.shop import Drink, Shop
from prost_cli.dev import agreement

NAME = "attacks"
_CHARGES = "SELECT state FROM fake_charges WHERE order_id = %s"
_QUANTITIES = (0, -1, -(2**63), 100, 2**31, 2**63, 1.5, "1", None, True)


async def same_key_at_once(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """Ten presses with one key are one order."""
    buyer, key = await _with_a_cart(shop, drink), str(uuid4())
    orders = await asyncio.gather(*(buyer.buy(key) for _ in range(10)))
    return {CONFIRMED: 10, "orders": 1}, Counter(each["state"] for each in orders) | {
        "orders": len({each["id"] for each in orders})
    }


async def same_key_another_body(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """A key belongs to one request."""
    buyer, key = await _with_a_cart(shop, drink), str(uuid4())
    await buyer.buy(key)
    return 422, (await buyer.place(key, shipping_method="express")).status


async def no_key(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """Without a key there is no order."""
    buyer = await _with_a_cart(shop, drink)
    answer = await buyer.send("POST", "/api/orders", json=buyer.basket())
    return True, answer.status in {400, 422, 428}


async def hang_up(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """A client that hangs up in the middle has bought once, and learns of it with its key."""
    buyer, key = await _with_a_cart(shop, drink), str(uuid4())
    for _ in range(3):
        with suppress(TimeoutError):
            await asyncio.wait_for(buyer.place(key), 0.01)
    first, again = await buyer.buy(key), await buyer.buy(key)
    return (CONFIRMED, True), (first["state"], first["id"] == again["id"])


async def price_of_ones_own(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """Prices are the catalogue's, whatever is sent along."""
    buyer = Buyer(shop)
    body = {"variant_id": drink.variant_id, "quantity": 1, "price_minor": 1, "unit_price": {"amount": "0.01"}}
    added = await buyer.send("POST", "/api/cart/add", json=body)
    await buyer.fill(drink)
    lines = [
        {"variant_id": drink.variant_id, "quantity": 1, "unit_price": {"amount": "0.01", "currency": "EUR"}}
    ]
    sent: list[dict[str, Any]] = [
        {"lines": lines},
        {"total": {"amount": "0.01", "currency": "EUR"}},
        {"discount": "99"},
    ]
    refused = [(await buyer.place(str(uuid4()), **each)).status for each in sent]
    order = await buyer.buy()
    return (422, [422] * 3, drink.price), (added.status, refused, order["lines"][0]["unit_price"]["amount"])


async def quantities(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """Quantities are from 1 to 99; nothing else comes into a cart."""
    buyer = Buyer(shop)
    body = {"variant_id": drink.variant_id}
    refused = {}
    for each in _QUANTITIES:
        answer = await buyer.send("POST", "/api/cart/add", json={**body, "quantity": each})
        refused[str(each)[:20]] = answer.status == 422 and "quantity" in json.dumps(answer.body)  # noqa: PLR2004
    # No JSON of ours has numbers of this size.
    huge = (await buyer.send("POST", "/api/cart/add", json={**body, "quantity": 10**400})).status
    return (dict.fromkeys(refused, True), 400, 0), (refused, huge, await buyer.cart())


async def order_of_somebody_else(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """An order is there for whom it belongs to and for nobody else."""
    owner, guest = Buyer(shop, await _customer(shop)), await _with_a_cart(shop, drink)
    await owner.fill(drink)
    orders = [await owner.buy(), await guest.buy()]
    others = [Buyer(shop), await _with_a_cart(shop, drink), Buyer(shop, await _customer(shop))]
    deeds = (("GET", ""), ("GET", "/invoice"), ("GET", "/events"), ("POST", "/cancel"), ("POST", "/withdraw"))
    seen = [
        await _try(each, method, f"/api/orders/{order['id']}{path}")
        for order in orders
        for each in others
        for method, path in deeds
    ]
    own = [
        (await each.send("GET", f"/api/orders/{order['id']}")).status
        for each, order in zip((owner, guest), orders, strict=True)
    ]
    return ({404}, [200, 200]), (set(seen), own)


async def voucher_twice(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """A voucher for one order is used by one of ten who have it."""
    code = f"ONCE{uuid4().hex[:8].upper()}"
    await shop.ask("POST", "/api/orders/vouchers", json=_voucher(code))
    crowd = [await _with_a_cart(shop, drink) for _ in range(10)]
    ends = Counter(await asyncio.gather(*(_state(each, voucher=code) for each in crowd)))
    return {CONFIRMED: 1, "422": 9}, dict(ends)


async def replayed_events(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """Every event of the shop's life once more, long after what followed it, changes nothing."""
    await (await _with_a_cart(shop, drink)).buy()
    await shop.violations()
    before = _facts(shop)
    for service in ("inventory", "orders", "payments"):
        shop.rig.execute(service, "UPDATE outbox_events SET published_at = NULL")
    left, after = await shop.violations(), _facts(shop)
    changed = [name for name in before if before[name] != after[name]]
    return ([], []), (left, changed)


async def payments_that_take_their_time(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """A lost answer, a late webhook and an unknown outcome end in one payment each; a refusal in none."""
    methods = {
        "pm_timeout_after_charge": CONFIRMED,
        "pm_late_webhook": CONFIRMED,
        "pm_unknown": CONFIRMED,
        "pm_card_chargeDeclined": "PAYMENT_FAILED",
    }
    crowd = [await _with_a_cart(shop, drink) for _ in methods]
    ends = await asyncio.gather(
        *(_state(each, payment_method=method) for each, method in zip(crowd, methods, strict=True))
    )
    return methods, dict(zip(methods, ends, strict=True))


async def paid_again(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """Ten presses at once for another payment of a declined order: one pays, and the order is the same."""
    buyer = await _with_a_cart(shop, drink)
    order = await buyer.buy(payment_method="pm_card_chargeDeclined")
    path, body = f"/api/orders/{order['id']}/payment", {"payment_method": "pm_card_visa"}
    answers = await asyncio.gather(
        *(buyer.send("POST", path, headers={"Idempotency-Key": str(uuid4())}, json=body) for _ in range(10))
    )
    refused = {each.code for each in answers if each.status == 409}  # noqa: PLR2004
    end = await buyer.send("GET", f"/api/orders/{order['id']}")
    charges = shop.rig.rows("payments", _CHARGES, order["id"])
    return (
        ({"order-not-payable"}, CONFIRMED, ["CAPTURED", "DECLINED"]),
        (refused, end.body["state"], sorted(each["state"] for each in charges)),
    )


CASES: dict[str, Callable[[Shop, Drink], Awaitable[tuple[Any, Any]]]] = {
    "one key, ten times at once": same_key_at_once,
    "one key, another body": same_key_another_body,
    "no key": no_key,
    "a client that hangs up": hang_up,
    "prices that the client sends": price_of_ones_own,
    "quantities that are none": quantities,
    "orders of other people": order_of_somebody_else,
    "a voucher for one order, ten times at once": voucher_twice,
    "every event once more": replayed_events,
    "payments that take their time": payments_that_take_their_time,
    "a declined order, paid again ten times at once": paid_again,
    **webhooks.CASES,
    **second_thoughts.CASES,
    **slips.CASES,
}
SHORT = (
    "one key, ten times at once",
    "one key, another body",
    "prices that the client sends",
    "a declined order, paid again ten times at once",
    *webhooks.SHORT,
)


async def prove(shop: Shop, report: Report, names: tuple[str, ...] | None = None) -> None:
    """Try the cases, all of them unless told."""
    drink = await shop.drink()
    await shop.put_on_shelf(drink, 1000)
    for name in names or tuple(CASES):
        try:
            expected, found = await CASES[name](shop, drink)
        except Exception as error:  # noqa: BLE001 - whatever it is, this case does not hold and the others may
            expected, found = "an answer", f"{type(error).__name__}: {error}"
        report.add(NAME, name, expected, found)
    report.add(NAME, "what does not hold afterwards", [], await shop.violations())


async def _with_a_cart(shop: Shop, drink: Drink) -> Buyer:
    buyer = Buyer(shop)
    await buyer.fill(drink)
    return buyer


async def _customer(shop: Shop) -> str:
    return await asyncio.to_thread(shop.token, str(uuid4()), "customer")


async def _state(buyer: Buyer, **changes: Any) -> str:
    try:
        return str((await buyer.buy(**changes))["state"])
    except Refused as refused:
        return str(refused.answer.status)


async def _try(buyer: Buyer, method: str, path: str) -> int:
    if method == "GET":
        return (await buyer.send(method, path)).status
    return (await buyer.send(method, path, headers={"Idempotency-Key": str(uuid4())}, json={})).status


def _facts(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    """Return what orders, inventory and payments say, but for how long ago that was."""
    found = {name: shop.rig.rows(name, query) for name, query in agreement.QUERIES.items()}
    return {name: sorted(({**row, "age": None} for row in rows), key=str) for name, rows in found.items()}


def _voucher(code: str) -> dict[str, Any]:
    return {"code": code, "kind": "PERCENT", "percent": 10, "total_limit": 1}
