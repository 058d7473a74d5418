"""Runs sagas: each for a bounded time, alone, and on its own once whoever asked for it has gone."""

import asyncio
from collections.abc import Iterable
from typing import Final
from uuid import UUID

import structlog

from prost.db import in_db, uuid7
from prost.errors import ProstError
from prost_orders.domain.orders import SagaStep
from prost_orders.saga.neighbours import Neighbours
from prost_orders.saga.steps import Steps
from prost_orders.use_cases.sagas import Work, finish_cleared, lease_due, park, read_work

log = structlog.get_logger(__name__)

LONGEST: Final = 20.0
"""Seconds of one run; shorter than the lease, so nobody works on an order that others may have taken."""

_CLEARED_AFTER: Final = 0.5
_AT_ONCE: Final = 8


class SagaRunner:
    """Takes orders on; a dependency of the process."""

    name = "sagas"
    required = False

    def __init__(self, neighbours: Neighbours) -> None:
        """Run with these neighbours."""
        self._steps = Steps(neighbours)
        self._cleared: set[UUID] = set()
        self._flushing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with nothing: what was left undone is taken up by the worker."""

    async def stop(self) -> None:
        """Write what is left to be written."""
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        await self._finish_cleared()

    async def check(self) -> None:
        """Return: an order that cannot go on is taken up later, so nothing has to be there."""

    async def run(self, work: Work) -> Work:
        """Take an order on as far as it goes, and leave it for later where it does not; return it then."""
        try:
            async with asyncio.timeout(LONGEST):
                return await self._go(work)
        except (ProstError, TimeoutError) as error:
            reason = f"{type(error).__name__}: {error}"
            log.warning("saga_waits", order_id=str(work.order.id), step=work.step, reason=reason)
        except Exception as error:
            # The order is placed, whatever is wrong here: it has to be answered, and to be taken up again.
            reason = f"{type(error).__name__}: {error}"
            log.exception("saga_failed", order_id=str(work.order.id), step=work.step)
        await in_db(park, work, reason)
        return work

    async def resume_due(self) -> int:
        """Take on the orders whose time has come, and return how many those were."""
        holder = uuid7()
        due = await in_db(lease_due, holder, _AT_ONCE)
        await asyncio.gather(*(self._resume(order_id, holder) for order_id in due))
        await self._finish_cleared()
        return len(due)

    async def _resume(self, order_id: UUID, holder: UUID) -> None:
        work = await in_db(read_work, order_id, holder)
        if work is not None:
            await self.run(work)

    async def _go(self, work: Work) -> Work:
        if work.step is SagaStep.PAY:
            work = await self._steps.pay(work)
        elif work.step is SagaStep.COMPENSATE:
            work = await self._steps.compensate(work)
        if work.step is SagaStep.CLEAR_CART:
            await self._clear_cart(work)
        return work

    async def _clear_cart(self, work: Work) -> None:
        try:
            await self._steps.clear_cart(work)
        except ProstError as error:
            await in_db(park, work, str(error))
            return
        # One statement ends the sagas of many; if this process dies before, the call is repeated.
        self._cleared.add(work.order.id)
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._finish_soon())

    async def _finish_soon(self) -> None:
        await asyncio.sleep(_CLEARED_AFTER)
        self._flushing = None
        await self._finish_cleared()

    async def _finish_cleared(self) -> None:
        cleared, self._cleared = self._cleared, set()
        if cleared:
            await _written(cleared)


async def _written(cleared: Iterable[UUID]) -> None:
    try:
        await in_db(finish_cleared, set(cleared))
    except ProstError as error:
        log.warning("cleared_carts_not_written", reason=str(error))
