"""The steps of the saga. Any of them may be gone through again, by anybody, from wherever it stopped.

reserve -> charge -> deduct -> capture -> CONFIRMED -> out of the cart. What passes at once is stored
together.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog

from prost.db import in_db, utcnow
from prost.errors import ProstError, UpstreamFailed
from prost.faults import fault_point
from prost_orders.domain.orders import (
    UNDECIDED,
    Happened,
    OrderState,
    PaymentState,
    SagaStep,
    pause_after,
)
from prost_orders.saga.neighbours import Held, Neighbours, Short
from prost_orders.saga.telling import moved, new_entries, work_told
from prost_orders.saga.wire import OPEN, PAID, Payment
from prost_orders.use_cases.sagas import Move, Work, move_order, read_work, wait_on

log = structlog.get_logger(__name__)

_LOOK_AGAIN: Final = timedelta(seconds=15)
_LOOK_SOON: Final = timedelta(seconds=3)
_REASONS: Final = {
    OrderState.EXPIRED: "expired",
    OrderState.REJECTED: "out-of-stock",
}


class Steps:
    """Takes an order on from where it stands. Every method raises what the neighbours' clients raise."""

    def __init__(self, neighbours: Neighbours) -> None:
        """Use these neighbours."""
        self._neighbours = neighbours

    async def pay(self, work: Work) -> Work:
        """Go from an order that is placed to its end, or to where it has to wait; return it as it is then."""
        if work.order.state is OrderState.PAYMENT_FAILED:
            return await self._keep_waiting(work)
        passed: list[Happened] = []
        try:
            return await self._pay(work, passed)
        except ProstError:
            # What has passed is written before the order is left alone, for whoever looks at it.
            entries = new_entries(work.order, passed)
            if entries and work.order.state is OrderState.PLACED:
                move = Move(OrderState.RESERVED, work.order.payment_state, SagaStep.PAY, happened=entries)
                await self._write(work, replace(move, holder=work.holder))
            raise

    async def _pay(self, work: Work, passed: list[Happened]) -> Work:
        order = work.order
        held = await self._neighbours.reserve(order)
        if isinstance(held, Short):
            move = Move(OrderState.REJECTED, order.payment_state, SagaStep.DONE, shortages=held.lines)
            return await self._end(work, move, "rejected", "out-of-stock")
        fault_point("orders.after-reserve")
        payment: Payment | None = None
        if held is Held.YES and order.state is OrderState.PLACED:
            passed.append(Happened(utcnow(), "reserved"))
        if not order.total_minor:
            return await self._finish(work, passed, None)
        if held is Held.YES:
            payment = await self._neighbours.charge(order)
            fault_point("orders.after-charge")
        else:
            # Nobody begins to pay for what is not held any more; who has paid may still be lucky.
            payment = await self._neighbours.payment(order)
        if payment is None or payment.state not in PAID:
            return await self._unpaid(work, passed, payment, held)
        passed.append(Happened(utcnow(), "payment-authorized"))
        return await self._finish(work, passed, payment)

    async def _keep_waiting(self, work: Work) -> Work:
        """Leave it to the customer to pay again for as long as there is time."""
        left = work.expires_at - utcnow()
        if left <= timedelta(0):
            move = Move(OrderState.EXPIRED, work.order.payment_state, SagaStep.COMPENSATE)
            return await self._end(work, move, "expired", None)
        await in_db(wait_on, work, left)
        return work

    async def _unpaid(self, work: Work, passed: list[Happened], payment: Payment | None, held: Held) -> Work:
        """Wait for a payment for as long as there is time, and end what will never be paid."""
        seen = PaymentState.NONE if payment is None else payment.as_seen
        failed = payment if payment is not None and payment.state == "FAILED" else None
        if payment is not None and payment.state not in OPEN | {"FAILED"}:
            move = Move(OrderState.CANCELLED, seen, SagaStep.COMPENSATE, happened=passed)
            return await self._end(work, move, "cancelled", f"payment-{payment.state.lower()}")
        left = work.expires_at - utcnow()
        if failed is not None:
            passed.append(Happened(utcnow(), "payment-failed", failed.failure_code))
        if payment is None or left <= timedelta(0) or (failed is not None and held is Held.GONE):
            move = Move(OrderState.EXPIRED, seen, SagaStep.COMPENSATE, happened=passed)
            return await self._end(work, move, "expired", None)
        if failed is not None:
            # What is held stays held for another attempt, until the time of the order is over.
            move = Move(OrderState.PAYMENT_FAILED, seen, SagaStep.PAY, happened=passed, due_in=left)
            return await self._write(work, move)
        order = work.order
        least = _LOOK_AGAIN if seen is PaymentState.ACTION_REQUIRED else _LOOK_SOON
        pause = min(left, max(least, pause_after(work.attempts)))
        before = (order.state, order.payment_state, order.redirect_url)
        if before == (OrderState.AWAITING_PAYMENT, seen, payment.redirect_url):
            # Whoever watches the order is not woken for what they know.
            await in_db(wait_on, work, pause)
            return work
        happened = Happened(utcnow(), "awaiting-payment")
        move = Move(
            OrderState.AWAITING_PAYMENT,
            seen,
            SagaStep.PAY,
            redirect_url=payment.redirect_url,
            happened=(*passed, happened),
            due_in=pause,
        )
        return await self._write(work, move)

    async def _finish(self, work: Work, passed: list[Happened], payment: Payment | None) -> Work:
        order = work.order
        seen = PaymentState.NONE if payment is None else payment.as_seen
        if not await self._neighbours.deduct(order):
            move = Move(OrderState.CANCELLED, seen, SagaStep.COMPENSATE, happened=passed)
            return await self._end(work, move, "cancelled", "out-of-stock")
        fault_point("orders.after-deduct")
        if payment is not None:
            payment = await self._neighbours.capture(order)
            fault_point("orders.after-capture")
            seen = payment.as_seen
            if payment.state != "CAPTURED":
                return await self._not_captured(work, passed, payment)
            passed.append(Happened(utcnow(), "payment-captured"))
        move = Move(
            OrderState.CONFIRMED,
            seen,
            SagaStep.CLEAR_CART,
            happened=(*passed, Happened(utcnow(), "confirmed")),
            holder=work.holder,
            fact="orders.order-confirmed.v1",
        )
        written = await self._write(work, move)
        fault_point("orders.after-confirm")
        return written

    async def _not_captured(self, work: Work, passed: list[Happened], payment: Payment) -> Work:
        if payment.state in OPEN or payment.state == "AUTHORIZED":
            raise UpstreamFailed(f"payments has not captured yet: {payment.state}.")
        move = Move(OrderState.CANCELLED, payment.as_seen, SagaStep.COMPENSATE, happened=passed)
        return await self._end(work, move, "cancelled", f"payment-{payment.state.lower()}")

    async def compensate(self, work: Work) -> Work:
        """Undo what was done for an order that has come to nothing: stock first, then money."""
        order = work.order
        reason = _REASONS.get(order.state, "cancelled")
        await self._neighbours.give_back(order, reason)
        happened, seen = [Happened(utcnow(), "stock-released")], order.payment_state
        if order.total_minor:
            payment = await self._neighbours.void(order, reason)
            if payment.kept_minor > 0:
                payment = await self._neighbours.refund(order, payment.kept_minor, reason)
            if payment.kept_minor > 0 or payment.state in OPEN | {"AUTHORIZED"}:
                raise UpstreamFailed(f"payments has not let go of the money yet: {payment.state}.")
            # What has failed was given up, too, and is told as what it was.
            is_failed = order.payment_state is PaymentState.FAILED and payment.state == "VOIDED"
            seen = PaymentState.FAILED if is_failed else payment.as_seen
            if seen in {PaymentState.VOIDED, PaymentState.REFUNDED}:
                happened.append(Happened(utcnow(), f"payment-{seen.lower()}"))
        move = Move(order.state, seen, SagaStep.DONE, happened=new_entries(order, happened))
        return await self._write(work, move)

    async def clear_cart(self, work: Work) -> None:
        """Take what was bought out of the cart."""
        await self._neighbours.clear_cart(work.order)
        fault_point("orders.after-checked-out")

    async def _end(self, work: Work, move: Move, event: str, detail: str | None) -> Work:
        """Write that an order has come to nothing, and undo what was done for it."""
        is_wanted = move.state in {OrderState.CANCELLED, OrderState.EXPIRED}
        move = replace(
            move,
            happened=(*move.happened, Happened(utcnow(), event, detail)),
            holder=None if move.step is SagaStep.DONE else work.holder,
            fact="orders.order-cancelled.v1" if is_wanted else "orders.order-rejected.v1",
            reason=_REASONS.get(move.state) or detail or "cancelled",
        )
        written = await self._write(work, move)
        return await self.compensate(written) if written.step is SagaStep.COMPENSATE else written

    async def _write(self, work: Work, move: Move) -> Work:
        """Write a move; where the order has gone another way meanwhile, go with it."""
        at = utcnow()
        order = work.order
        move = replace(move, happened=new_entries(order, move.happened))
        sources = {order.state} if order.is_decided else UNDECIDED
        after = replace(work, order=moved(order, move, at), step=move.step)
        told = work.told or work_told(after)
        if await in_db(move_order, work, sources, move, told, at):
            return replace(after, told=told)
        found = await in_db(read_work, order.id, work.holder)
        if found is None:
            log.warning("order_in_other_hands", order_id=str(order.id))
            return work
        if found.step is SagaStep.COMPENSATE and not order.is_decided:
            return await self.compensate(found)
        return found
