"""What follows a withdrawal: the money goes back, the goods are in the books again; each may be repeated."""

import asyncio
from typing import Final
from uuid import UUID

import structlog

from prost.db import in_db, uuid7
from prost.errors import ProstError
from prost.faults import fault_point
from prost_orders.saga.neighbours import Neighbours
from prost_orders.use_cases.returns import (
    ReturnWork,
    finish_return,
    lease_returns,
    park_return,
    read_return,
)

log = structlog.get_logger(__name__)

LONGEST: Final = 20.0
"""Seconds of one run; shorter than the lease, so nobody works on a return that others may have taken."""

PATIENCE: Final = 3.0
"""Seconds for which somebody who withdraws waits for what follows; the receipt does not depend on it."""

_AT_ONCE: Final = 8


class Returns:
    """Takes returns on, right after the withdrawal or whenever somebody was kept from it."""

    def __init__(self, neighbours: Neighbours) -> None:
        """Ask these."""
        self._neighbours = neighbours
        self._running: set[asyncio.Task[None]] = set()

    async def follow(self, return_id: UUID, holder: UUID) -> None:
        """Take a new return on, and wait for a while; it goes on when nobody waits."""
        running = asyncio.create_task(self._resume(return_id, holder))
        self._running.add(running)
        running.add_done_callback(self._over)
        await asyncio.wait([running], timeout=PATIENCE)

    def _over(self, running: asyncio.Task[None]) -> None:
        self._running.discard(running)
        if not running.cancelled() and (error := running.exception()) is not None:
            # The database was away; the lease ends, and the worker takes the return on.
            log.warning("return_waits", reason=f"{type(error).__name__}: {error}")

    async def resume_due(self) -> int:
        """Take on the returns whose time has come, and return how many those were."""
        holder = uuid7()
        due = await in_db(lease_returns, holder, _AT_ONCE)
        await asyncio.gather(*(self._resume(return_id, holder) for return_id in due))
        return len(due)

    async def _resume(self, return_id: UUID, holder: UUID) -> None:
        work = await in_db(read_return, return_id, holder)
        if work is None:
            return
        try:
            async with asyncio.timeout(LONGEST):
                await self._go(work)
        except (ProstError, TimeoutError) as error:
            reason = f"{type(error).__name__}: {error}"
            log.warning("return_waits", return_id=str(return_id), reason=reason)
        except Exception as error:
            # The withdrawal is received, whatever is wrong here: it has to be taken up again.
            reason = f"{type(error).__name__}: {error}"
            log.exception("return_failed", return_id=str(return_id))
        else:
            return
        await in_db(park_return, work, reason)

    async def _go(self, work: ReturnWork) -> None:
        if work.refund_minor:
            await self._neighbours.refund_return(work.order, work.id, work.refund_minor)
        fault_point("orders.after-return-refund")
        lines = [(line["sku"], line["quantity"]) for line in work.content["lines"]]
        await self._neighbours.restock_return(work.order, work.id, lines)
        fault_point("orders.after-return-restock")
        if not await in_db(finish_return, work):
            log.warning("return_in_other_hands", return_id=str(work.id))
