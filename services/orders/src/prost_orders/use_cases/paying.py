"""Takes an order up again whose payment has failed, once for a key, in one statement."""

from typing import Final
from uuid import UUID

import orjson

from prost.db import database, utcnow
from prost_orders.domain.orders import LEASE, MOST_ATTEMPTS, PAID_AGAIN, Happened, OrderNotPayable
from prost_orders.use_cases.placing import Request, Told, answered
from prost_orders.use_cases.sagas import Work, read_work

_PAY: Final = "SELECT outcome, status, told, found_state FROM pay_again(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)"


def pay_again(request: Request, order_id: UUID, method: str, holder: UUID) -> Work | Told:
    """Take an order up for another attempt to pay it; a request that was answered is answered as it was.

    Raises:
        RequestInFlight, IdempotencyKeyReused: as they say.
        OrderNotPayable: with its `state`.
    """
    at = utcnow()
    arguments = (
        order_id,
        request.scope,
        request.key,
        request.digest,
        holder,
        method,
        MOST_ATTEMPTS,
        orjson.dumps([Happened(at, PAID_AGAIN)]).decode(),
        at,
        at + LEASE,
    )
    with database.atomic():
        outcome, status, told, state = database.execute_sql(_PAY, arguments).fetchone()
        if outcome == "NOT_PAYABLE":
            raise OrderNotPayable("No payment of this order can be tried again.", state=state)
        before = answered(outcome, status, told)
        work = read_work(order_id, holder)
    if before is not None:
        return before
    assert work is not None  # noqa: S101 - this very transaction has taken it.
    return work
