"""The broker away, Redis emptied, a neighbour silent: nothing is lost, and everything drains."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis.asyncio as redis

from chaos.buyers import CONFIRMED, Buyer, Refused
from chaos.report import Report
from chaos.rig import PATIENCE, Rig
from chaos.shop import Drink, Shop
from prost_cli.dev.servers import valkey

NAME = "outages"
SECONDS = 60.0
"""How long an outage lasts."""
_AT_ONCE = 4
_BEFORE = 2.0
_THINKING = 0.5
_FULL = 100_000


async def prove(shop: Shop, report: Report) -> None:
    """Let people buy through each outage."""
    rig = shop.rig
    workers = ("orders:worker", "payments:worker", "inventory:worker")
    outages = {
        "the broker, and Redis with the carts, hang": ("valkey",),
        "payments hangs: a partition from orders": ("payments:web",),
        "inventory hangs": ("inventory:web",),
        "all workers hang": workers,
    }
    for name, units in outages.items():
        drink = await stocked(shop)
        async with load(shop, report, drink, f"{name}, {SECONDS:.0f} s", SECONDS + PATIENCE):
            with rig.paused(*units):
                await asyncio.sleep(SECONDS)
    drink = await stocked(shop)
    async with load(shop, report, drink, "Redis is emptied, five times", PATIENCE):
        for _ in range(5):
            await _flush(rig)
            await asyncio.sleep(1)


@asynccontextmanager
async def load(
    shop: Shop, report: Report, drink: Drink, name: str, patience: float
) -> AsyncIterator[Counter[str]]:
    """Have people buy for the length of the block, which is told how it ended for those who are through.

    Afterwards it is seen what became of every one of them.
    """
    over = asyncio.Event()
    ends: Counter[str] = Counter()

    async def shopping() -> None:
        while not over.is_set():
            ends[await _buy(Buyer(shop), drink, patience)] += 1
            await asyncio.sleep(_THINKING)

    async with asyncio.TaskGroup() as crowd:
        for _ in range(_AT_ONCE):
            crowd.create_task(shopping())
        await asyncio.sleep(_BEFORE)
        try:
            yield ends
        finally:
            await asyncio.sleep(_BEFORE)
            over.set()
    await shop.rig.await_up()
    left = await shop.violations(patience)
    shelf = await shop.on_shelf(drink)
    sold = _FULL - shelf["on_hand"]
    report.add(NAME, name, {CONFIRMED: sold}, dict(ends))
    report.add(NAME, "  what does not hold afterwards", ([], 0), (left, shelf["reserved"]))


async def _buy(buyer: Buyer, drink: Drink, patience: float) -> str:
    """Buy one, filling the cart again where it is lost."""
    while True:
        try:
            await buyer.fill(drink)
            return str((await buyer.buy(patience=patience))["state"])
        except Refused as refused:
            if refused.answer.code != "cart-empty":
                return refused.answer.code
        except TimeoutError as error:
            return str(error)


async def stocked(shop: Shop) -> Drink:
    """Return a drink of which there is enough for an outage."""
    drink = await shop.drink()
    await shop.put_on_shelf(drink, _FULL)
    return drink


async def _flush(rig: Rig) -> None:
    client = redis.Redis.from_url(valkey.url(rig.stack, valkey.CACHE))
    try:
        await client.flushall()
    finally:
        await client.aclose()
