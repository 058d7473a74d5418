"""The last bottles: many want them at once, and each of them is sold to one."""

import asyncio
from collections import Counter
from typing import Any

from chaos.buyers import CONFIRMED, Buyer
from chaos.report import Report
from chaos.shop import Drink, Shop

NAME = "last bottles"
_FILL_AT_ONCE = 25
_QUIET = {"on_hand": 0, "reserved": 0}


async def prove(shop: Shop, report: Report, *, buyers: int = 500, bottles: int = 10) -> None:
    """Let them all press the button in the same moment."""
    drink = await shop.drink()
    await shop.put_on_shelf(drink, buyers)
    crowd = [Buyer(shop) for _ in range(buyers)]
    await _fill(crowd, drink)
    await shop.put_on_shelf(drink, bottles)
    ends = Counter(await asyncio.gather(*(_buy(each, drink) for each in crowd)))
    expected = {CONFIRMED: bottles, "REJECTED, told what is short": buyers - bottles}
    report.add(NAME, f"{buyers} buyers at once, {bottles} bottles", expected, dict(ends))
    report.add(NAME, "what is left on the shelf", _QUIET, await shop.on_shelf(drink))
    report.add(NAME, "what does not hold afterwards", [], await shop.violations())


async def _fill(crowd: list[Buyer], drink: Drink) -> None:
    door = asyncio.Semaphore(_FILL_AT_ONCE)

    async def enter(buyer: Buyer) -> None:
        async with door:
            await buyer.fill(drink)

    await asyncio.gather(*map(enter, crowd))


async def _buy(buyer: Buyer, drink: Drink) -> str:
    try:
        order = await buyer.buy()
    except (RuntimeError, TimeoutError) as error:
        return f"{type(error).__name__}: {error}"[:90]
    return f"REJECTED, {_told(order, drink)}" if order["state"] == "REJECTED" else str(order["state"])


def _told(order: dict[str, Any], drink: Drink) -> str:
    short = order["shortages"] or []
    return (
        "told what is short"
        if any(drink.variant_id in str(each) or drink.sku in str(each) for each in short)
        else "told nothing"
    )
