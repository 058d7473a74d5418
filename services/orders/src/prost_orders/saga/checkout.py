"""From a request to the answer: an order is placed once, and taken as far as it goes while somebody waits."""

import asyncio
import secrets
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

from prost.db import in_db, utcnow, uuid7
from prost.errors import FieldError, ProstError
from prost.faults import fault_point
from prost_orders.domain.numbers import new_number
from prost_orders.domain.orders import (
    HOLD,
    AgeNotConfirmed,
    Happened,
    Order,
    OrderState,
    PaymentState,
    SagaStep,
    hashed,
)
from prost_orders.domain.pricing import rate_text
from prost_orders.saga.neighbours import Neighbours
from prost_orders.saga.proposal import Buyer, Proposal, propose
from prost_orders.saga.runner import SagaRunner
from prost_orders.saga.telling import told_of
from prost_orders.use_cases.paying import pay_again
from prost_orders.use_cases.placing import Request, Told, find_answer, keep_answer, place_order
from prost_orders.use_cases.reading import read_order
from prost_orders.use_cases.sagas import Work, cancel_order

T = TypeVar("T")

PATIENCE: Final = 5.0
"""Seconds for which somebody waits for the outcome of their order before they are told that it is coming."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for beside what is in their cart."""

    buyer: Buyer
    address: Mapping[str, Any]
    shipping_method: str
    payment_method: str
    voucher: str | None
    age_confirmed: bool
    language: str = "de"


class _Begun(NamedTuple):
    work: Work
    running: asyncio.Task[Work]


class Checkout:
    """Places orders, has them paid again, and cancels them."""

    def __init__(self, neighbours: Neighbours, runner: SagaRunner) -> None:
        """Ask these neighbours, and let this runner take orders on."""
        self._neighbours = neighbours
        self._runner = runner
        self._running: set[asyncio.Task[Any]] = set()

    async def place(self, request: Request, wish: Wish) -> Told:
        """Place an order and return the answer to its request, the same each time it comes.

        It goes on when nobody waits for it any more. Raises what `propose` and `place_order` raise.
        """
        return await self._answer(request, self._place(request, wish))

    async def pay_again(self, request: Request, order: Order, method: str) -> Told:
        """Try another payment of an order and return the answer, as `place` does.

        Raises what the use case `pay_again` raises.
        """
        return await self._answer(request, self._pay_again(request, order, method))

    async def cancel(self, order: Order, reason: str) -> None:
        """Call an order off, and undo what was done for it as far as that goes now."""
        work = await in_db(cancel_order, order, uuid7(), reason)
        if work is not None:
            running = self._keep(asyncio.create_task(self._runner.run(work)))
            await asyncio.wait([running], timeout=PATIENCE)

    async def _answer(self, request: Request, beginning: Coroutine[Any, Any, Told | _Begun]) -> Told:
        begun = await asyncio.shield(self._keep(asyncio.create_task(beginning)))
        if isinstance(begun, Told):
            return begun
        work, running = begun
        await asyncio.wait([running], timeout=PATIENCE)
        if running.done() and (told := running.result().told) is not None:
            return told
        order = await in_db(read_order, work.order.id) or work.order
        return await in_db(keep_answer, request, told_of(order, work.guest_key))

    async def _pay_again(self, request: Request, order: Order, method: str) -> Told | _Begun:
        work = await in_db(pay_again, request, order.id, method, uuid7())
        if isinstance(work, Told):
            return work
        fault_point("orders.after-pay-again")
        return _Begun(work, self._keep(asyncio.create_task(self._runner.run(work))))

    async def _place(self, request: Request, wish: Wish) -> Told | _Begun:
        try:
            proposal = await propose(self._neighbours, wish.buyer, wish.shipping_method, wish.voucher)
            _require_age(proposal, wish)
        except ProstError:
            # Whoever asks again finds an empty cart, and is to be told of the order all the same.
            if (kept := await in_db(find_answer, request)) is not None:
                return kept
            raise
        guest_key = secrets.token_urlsafe(24) if wish.buyer.customer_id is None else None
        holder = uuid7()
        order = _order(wish, proposal, guest_key)
        placed = await in_db(place_order, request, order, guest_key, holder)
        if isinstance(placed, Told):
            return placed
        fault_point("orders.after-place")
        work = Work(placed, SagaStep.PAY, holder, 1, placed.placed_at + HOLD, guest_key)
        return _Begun(work, self._keep(asyncio.create_task(self._runner.run(work))))

    def _keep(self, task: asyncio.Task[T]) -> asyncio.Task[T]:
        """Hold on to a task: the loop itself would let go of one that nobody waits for."""
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task


def _require_age(proposal: Proposal, wish: Wish) -> None:
    if proposal.minimum_age and not wish.age_confirmed:
        fault = FieldError(
            "body.age_confirmed", "has to be true for what is in the cart", "age-not-confirmed"
        )
        raise AgeNotConfirmed(
            f"What is in the cart is for people of {proposal.minimum_age} and older.",
            errors=[fault],
            minimum_age=proposal.minimum_age,
        )


def _order(wish: Wish, proposal: Proposal, guest_key: str | None) -> Order:
    at = utcnow()
    buyer, quoted = wish.buyer, proposal.quote
    is_customer = buyer.customer_id is not None
    vat = [
        {
            "rate": rate_text(share.rate),
            "net_minor": share.net,
            "vat_minor": share.vat,
            "gross_minor": share.gross,
        }
        for share in quoted.vat
    ]
    return Order(
        id=uuid7(),
        number=new_number(),
        customer_id=buyer.customer_id,
        guest_hash=None if is_customer else hashed(buyer.cart_token),
        guest_key_hash=hashed(guest_key),
        email=buyer.email,
        state=OrderState.PLACED,
        payment_state=PaymentState.NONE,
        payment_method=wish.payment_method,
        redirect_url=None,
        shipping_method=wish.shipping_method,
        shipping_address=wish.address,
        voucher_code=quoted.voucher,
        subtotal_minor=quoted.goods,
        discount_minor=quoted.discount,
        shipping_minor=quoted.shipping,
        shipping_refundable_minor=quoted.shipping_refundable,
        deposit_minor=quoted.deposit,
        total_minor=quoted.total,
        vat=vat,
        minimum_age=proposal.minimum_age,
        shortages=None,
        placed_at=at,
        confirmed_at=None,
        updated_at=at,
        version=1,
        lines=proposal.lines,
        timeline=(Happened(at, "placed"),),
        language=wish.language,
    )
