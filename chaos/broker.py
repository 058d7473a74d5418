"""RabbitMQ as a broker of its own is away or killed: orders go on, and what they tell drains later."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from chaos import crashes
from chaos.buyers import CONFIRMED
from chaos.outages import SECONDS, load, stocked
from chaos.report import Report
from chaos.rig import PATIENCE, Rig
from chaos.shop import Shop
from prost_cli.dev.servers import rabbitmq, valkey

NAME = "broker"
VICTIMS = (rabbitmq.NAME, valkey.NAME)
"""With a broker beside it, Valkey is nothing but Redis."""
_PUBLISHERS = ("inventory", "orders", "payments")
_WAITING = "SELECT count(*) AS events FROM outbox_events WHERE published_at IS NULL"


async def prove(shop: Shop, report: Report) -> None:
    """Let people buy while the broker hangs, and while it is down, and kill it at each step of an order."""
    rig = shop.rig
    await _outage(shop, report, "RabbitMQ hangs", _hanging(rig))
    await _outage(shop, report, "RabbitMQ is down", rig.down(rabbitmq.NAME))
    await crashes.fill(shop, report, "broker", VICTIMS)


async def _outage(shop: Shop, report: Report, name: str, outage: AbstractAsyncContextManager[None]) -> None:
    drink = await stocked(shop)
    async with load(shop, report, drink, f"{name}, {SECONDS:.0f} s", SECONDS + PATIENCE) as ends, outage:
        before = ends[CONFIRMED]
        await asyncio.sleep(SECONDS)
        confirmed, waiting = ends[CONFIRMED] - before, await asyncio.to_thread(_waiting, shop.rig)
    # Each order tells of itself at least twice: that it was placed, and that it was confirmed.
    told = f"  {confirmed} were confirmed without it, and {waiting} events waited for it"
    report.add(NAME, told, (True, True), (confirmed > 0, waiting >= 2 * confirmed))


def _waiting(rig: Rig) -> int:
    return sum(int(rig.rows(service, _WAITING)[0]["events"]) for service in _PUBLISHERS)


@asynccontextmanager
async def _hanging(rig: Rig) -> AsyncIterator[None]:
    with rig.paused(rabbitmq.NAME):
        yield
