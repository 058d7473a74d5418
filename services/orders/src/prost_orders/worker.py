"""The composition root of the worker, which needs nothing of what serves HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import structlog

from prost.events import Schedule, Worker
from prost.invariants import watch_invariants
from prost.spec import ServiceSpec
from prost.telemetry import meter
from prost_orders.consumers import HANDLERS
from prost_orders.saga.neighbours import Neighbours
from prost_orders.saga.returns import Returns
from prost_orders.saga.runner import SagaRunner
from prost_orders.settings import Settings
from prost_orders.use_cases.hearing import forget_people
from prost_orders.use_cases.invariants import INVARIANTS, invariants
from prost_orders.use_cases.placing import forget_requests
from prost_orders.use_cases.returns import is_return_due
from prost_orders.use_cases.sagas import count_open, is_anything_due

log = structlog.get_logger(__name__)

_open: Final = meter.create_gauge("orders.sagas.open", description="Orders that are not through, by step.")
_ROUNDS: Final = 10


@asynccontextmanager
async def create_runner(settings: Settings | None = None) -> AsyncIterator[SagaRunner]:
    """Give what resumes sagas, with connections to the neighbours."""
    async with Neighbours(settings or Settings()) as neighbours:
        yield SagaRunner(neighbours)


def resume_sagas() -> None:
    """Take on the orders that stand still."""
    # Connections are made only when there is something to do, which most of the time there is not.
    if is_anything_due():
        asyncio.run(_resume())


async def _resume() -> None:
    async with create_runner() as runner:
        for _ in range(_ROUNDS):
            if not await runner.resume_due():
                break


def resume_returns() -> None:
    """Take on the returns that stand still."""
    if is_return_due():
        asyncio.run(_resume_returns())


async def _resume_returns() -> None:
    async with Neighbours(Settings()) as neighbours:
        returns = Returns(neighbours)
        for _ in range(_ROUNDS):
            if not await returns.resume_due():
                break


def forget() -> None:
    """Forget the answers that are kept no longer."""
    if forgotten := forget_requests():
        log.info("requests_forgotten", requests=forgotten)


def forget_accounts() -> None:
    """Forget whose orders were that were still under way when their accounts went."""
    if forgotten := forget_people():
        log.info("orders_made_anonymous", orders=forgotten)


def measure() -> None:
    """Count what is not through."""
    for step, orders in count_open().items():
        _open.set(orders, {"step": step})


SCHEDULES: Final = (
    Schedule("orders.resume-sagas", 1, resume_sagas),
    Schedule("orders.resume-returns", 2, resume_returns),
    Schedule("orders.forget-requests", 3600, forget),
    Schedule("orders.forget-people", 600, forget_accounts),
    Schedule("orders.measure-sagas", 60, measure),
    watch_invariants("orders", INVARIANTS, invariants),
)


def create_worker(settings: Settings | None = None) -> Worker:
    """Make the worker: relay, consumers and schedules."""
    return Worker(settings or Settings(), ServiceSpec.load(Path()), handlers=HANDLERS, schedules=SCHEDULES)
