"""Places an order once for a key, with its lines, its saga and what is told of it, in one statement."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

import orjson
import peewee

from prost.db import database, utcnow
from prost.events import Outbox
from prost.idempotency import IdempotencyKeyReused
from prost_orders.domain.numbers import new_number
from prost_orders.domain.orders import HOLD, LEASE, Order, RequestInFlight
from prost_orders.use_cases.vouchers import refusal_in

_KEPT_FOR: Final = timedelta(hours=24)
_TRIES: Final = 3
_PLACE: Final = "SELECT outcome, status, told FROM place_order(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)"
_FIND: Final = "SELECT outcome, status, told FROM find_answer(%s, %s, %s, %s)"
_KEEP: Final = """
WITH kept AS (
    UPDATE order_requests SET answer_status = %(status)s, answer = %(answer)s
    WHERE scope = %(scope)s AND key = %(key)s AND answer IS NULL RETURNING answer_status, answer
)
SELECT answer_status, answer FROM kept
UNION ALL
SELECT answer_status, answer FROM order_requests
WHERE scope = %(scope)s AND key = %(key)s AND answer IS NOT NULL
"""
_FORGET: Final = "DELETE FROM order_requests WHERE created_at < %s"


class Told(NamedTuple):
    """An answer, as it was given and is given again."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """Whose request to order or to pay it is, by which key, and what it says."""

    scope: str
    key: str
    digest: bytes


def place_order(request: Request, order: Order, guest_key: str | None, holder: UUID) -> Order | Told:
    """Write an order and announce it; a request that was answered before is answered as it was.

    Raises:
        RequestInFlight, IdempotencyKeyReused: as they say.
        VoucherRefused: somebody else was faster.
    """
    for _ in range(_TRIES - 1):
        try:
            return _place(request, order, guest_key, holder)
        except peewee.IntegrityError as error:
            if (refusal := refusal_in(error)) is not None:
                raise refusal from None
            if "orders_number_key" not in str(error):
                raise
            # Numbers are drawn at random; one that is taken is drawn again.
            order = replace(order, number=new_number())
    return _place(request, order, guest_key, holder)


def find_answer(request: Request) -> Told | None:
    """Return what was answered to a request, None if it was never made. Raises as `place_order` does."""
    arguments = (request.scope, request.key, request.digest, utcnow())
    return answered(*database.execute_sql(_FIND, arguments).fetchone())


def keep_answer(request: Request, answer: Told) -> Told:
    """Keep what is answered to a request, and return what was kept first."""
    names = {
        "scope": request.scope,
        "key": request.key,
        "status": answer.status,
        "answer": answer.body,
    }
    row = database.execute_sql(_KEEP, names).fetchone()
    return answer if row is None else Told(row[0], bytes(row[1]))


def forget_requests() -> int:
    """Forget the keys and answers that are older than they are kept, and return how many those were."""
    return int(database.execute_sql(_FORGET, (utcnow() - _KEPT_FOR,)).rowcount)


def fact_of(order: Order, **more: object) -> str:
    """Return what events say of an order, as JSON."""
    lines = [
        {"sku": line.sku, "variant_id": line.variant_id, "quantity": line.quantity} for line in order.lines
    ]
    return orjson.dumps(
        {
            "order_id": order.id,
            "number": order.number,
            "customer_id": order.customer_id,
            "email": order.email,
            "lines": lines,
            "total_minor": order.total_minor,
            **more,
        }
    ).decode()


def _place(request: Request, order: Order, guest_key: str | None, holder: UUID) -> Order | Told:
    at = order.placed_at
    whose = (request.scope, request.key, request.digest, guest_key, holder)
    arguments = (
        orjson.dumps(order).decode(),
        *whose,
        at,
        at + LEASE,
        at + HOLD,
        fact_of(order),
        Outbox.cause(),
    )
    told = answered(*database.execute_sql(_PLACE, arguments).fetchone())
    return order if told is None else told


def answered(outcome: str | None, status: int, told: bytes) -> Told | None:
    """Return what a request was answered before, None for a new one. Raises as `place_order` does."""
    match outcome:
        case "REUSED":
            raise IdempotencyKeyReused("This Idempotency-Key was sent before with another request.")
        case "IN_FLIGHT":
            raise RequestInFlight("This request is being worked on.", headers={"Retry-After": "1"})
        case "ANSWERED":
            return Told(status, bytes(told))
    return None
