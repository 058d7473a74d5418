"""Steps that take longer than anybody waits, and steps at which an error that nobody foresaw is raised."""

from typing import Any

from chaos.buyers import CONFIRMED, Buyer
from chaos.crashes import POINTS
from chaos.rig import until
from chaos.shop import Drink, Shop

_LONGER_THAN_ANYBODY_WAITS = 8
#: What fails before the saga has the order in hand is answered 500, as any defect is.
_IN_THE_SAGA = tuple(point for point in POINTS if point != "orders.after-place")
_IN_PAYMENTS = tuple(point for point in POINTS if point.startswith("payments."))
_TAKEN = """
SELECT count(*) AS charges FROM fake_charges
WHERE order_id = %s AND state IN ('AUTHORIZED', 'CAPTURED') AND refunded_minor < amount_minor
"""
_ONCE = f"{CONFIRMED}, charged once"


async def slow(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """Whoever is not answered in time asks again, and the provider is asked once."""
    order = f"delay {_LONGER_THAN_ANYBODY_WAITS} once"
    found = {point: await _buy(shop, drink, point, order) for point in _IN_PAYMENTS}
    return dict.fromkeys(_IN_PAYMENTS, _ONCE), found


async def raising(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """A defect at a step holds an order up, and does not lose it."""
    found = {point: await _buy(shop, drink, point, "error once") for point in _IN_THE_SAGA}
    return dict.fromkeys(_IN_THE_SAGA, _ONCE), found


async def _buy(shop: Shop, drink: Drink, point: str, order: str) -> str:
    buyer = Buyer(shop)
    await buyer.fill(drink)
    shop.rig.arm(point, order)
    try:
        bought = await buyer.buy()
        # The last steps are gone through when the buyer has been answered.
        await until(lambda: shop.rig.is_met(point), f"{point} is met")
    finally:
        shop.rig.disarm()
    charges = shop.rig.rows("payments", _TAKEN, bought["id"])[0]["charges"]
    return f"{bought['state']}, charged {'once' if charges == 1 else f'{charges} times'}"


CASES = {
    "steps slower than anybody waits": slow,
    "an unforeseen error at each step": raising,
}
