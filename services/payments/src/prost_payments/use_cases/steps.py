"""The steps of payments: each says where the payment stands, and what the provider has to be asked next."""

from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from prost.db import database, utcnow, uuid7
from prost.events import Outbox
from prost_payments.domain import (
    PATIENCE,
    Call,
    Capture,
    CaptureUnderWay,
    Kind,
    NotAuthorized,
    NotCaptured,
    Outcome,
    PaymentCaptured,
    PaymentDiffers,
    PaymentNotFound,
    PaymentVoided,
    RefundDiffers,
    RefundExceeds,
)

_DOCUMENT: Final = (
    "payment_id",
    "order_id",
    "state",
    "amount_minor",
    "captured_minor",
    "refunded_minor",
    "redirect_url",
    "failure_code",
)
_STEP: Final = """
SELECT s.outcome, (s.p).id, (s.p).order_id, (s.p).state, (s.p).amount_minor, (s.p).captured_minor,
    (s.p).refunded_minor, (s.p).redirect_url, (s.p).failure_code, (s.p).currency, (s.p).capture,
    (s.a).number, (s.a).kind, (s.a).key, (s.a).amount_minor, (s.a).method, (s.a).ref, (s.a).asked,
    (s.p).return_url
"""
_CHARGE: Final = f"{_STEP} FROM begin_charge(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) s"
_CAPTURE: Final = f"{_STEP} FROM begin_capture(%s, %s, %s) s"
_VOID: Final = f"{_STEP} FROM begin_void(%s, %s, %s, %s, %s, %s, %s) s"
_REFUND: Final = f"{_STEP}, s.refundable FROM begin_refund(%s, %s, %s, %s, %s, %s) s"
_SETTLE: Final = f"{_STEP} FROM settle(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) s"
_RETURN: Final = f"{_STEP} FROM take_return(%s, %s, %s) s"
_DUE: Final = f"{_STEP} FROM take_due(%s, %s, %s, %s) s"
_BY_ORDER: Final = (
    "SELECT id, order_id, state, amount_minor, captured_minor, refunded_minor, redirect_url, failure_code"
    " FROM payments WHERE order_id = %s"
)


class Step(NamedTuple):
    """Where a payment stands, as its callers see it, and the call that is to be made next."""

    document: dict[str, Any]
    call: Call | None
    return_url: str | None = None


class Charge(NamedTuple):
    """What an order wants to be paid, by which method, and where its customer comes back to.

    `attempt` is how often the order has asked anew: after a failure, a higher one is charged again.
    """

    order_id: UUID
    amount_minor: int
    method: str
    capture: Capture
    return_url: str
    customer_id: UUID | None = None
    attempt: int = 1


def begin_charge(provider: str, lease: timedelta, charge: Charge) -> Step:
    """Begin to charge an order, go on where that stands still, or answer where it stands.

    A payment that has failed begins anew for an attempt that it has not seen, and for no other.

    Raises:
        PaymentDiffers, PaymentVoided: as they say.
    """
    order_id, amount_minor, method, capture, return_url, customer_id, attempt = charge
    outcome, step = _step(
        _CHARGE,
        uuid7(),
        order_id,
        provider,
        amount_minor,
        method,
        str(capture),
        return_url,
        customer_id,
        lease,
        utcnow(),
        attempt,
    )
    match outcome:
        case "DIFFERS":
            raise PaymentDiffers("The payment has another amount or capture, or this attempt another method.")
        case "VOIDED":
            raise PaymentVoided("The order's payment was given up.")
    return step


def begin_capture(_provider: str, lease: timedelta, order_id: UUID) -> Step:
    """Begin to take what is authorized, all of it.

    Raises:
        PaymentNotFound, NotAuthorized: as they say.
    """
    outcome, step = _step(_CAPTURE, order_id, lease, utcnow())
    match outcome:
        case "NOT_FOUND":
            raise _not_found(order_id)
        case "NOT_AUTHORIZED":
            state = step.document["state"]
            raise NotAuthorized(f"The payment is {state}, not AUTHORIZED.", state=state)
    return step


def begin_void(provider: str, lease: timedelta, order_id: UUID, reason: str) -> Step:
    """Give a payment up, whether or not there is one by now.

    Raises:
        PaymentCaptured, CaptureUnderWay: as they say.
    """
    arguments = (uuid7(), order_id, provider, reason, lease, utcnow(), Outbox.cause())
    outcome, step = _step(_VOID, *arguments)
    match outcome:
        case "CAPTURED":
            raise PaymentCaptured("The money was taken; what goes back is a refund.")
        case "UNDER_WAY":
            raise CaptureUnderWay("The money is just being taken.", headers={"Retry-After": "1"})
    return step


def begin_refund(
    _provider: str, lease: timedelta, order_id: UUID, refund_id: UUID, amount_minor: int, reason: str
) -> Step:
    """Begin to send money back, once for a refund's id; one that the provider refused is tried anew.

    Raises:
        PaymentNotFound, NotCaptured, RefundDiffers: as they say.
        RefundExceeds: with what could go back as `refundable_minor`.
    """
    row = _one(_REFUND, (order_id, refund_id, amount_minor, reason, lease, utcnow()))
    step = _read(row)
    match row[0]:
        case "NOT_FOUND":
            raise _not_found(order_id)
        case "NOT_CAPTURED":
            state = step.document["state"]
            raise NotCaptured(f"The payment is {state}, so nothing can go back.", state=state)
        case "DIFFERS":
            raise RefundDiffers("The refund is known with another amount.")
        case "EXCEEDS":
            raise RefundExceeds("More would go back than was taken.", refundable_minor=row[-1])
    return step


def settle(call: Call, outcome: Outcome, lease: timedelta) -> Step:
    """Enter what the provider told of a call; told again, it changes nothing."""
    told, ref, redirect_url, failure_code = outcome
    arguments = (call.payment_id, call.number, str(told), ref, redirect_url, failure_code, PATIENCE, lease)
    return _step(_SETTLE, *arguments, utcnow(), Outbox.cause())[1]


def take_return(lease: timedelta, payment_id: UUID) -> Step:
    """Take up what a customer comes back from.

    Raises:
        PaymentNotFound: as it says.
    """
    outcome, step = _step(_RETURN, payment_id, lease, utcnow())
    if outcome == "NOT_FOUND":
        raise PaymentNotFound(f"There is no payment {payment_id}.")
    return step


def take_due(provider: str, lease: timedelta, at_once: int) -> list[Step]:
    """Take up calls whose outcome is open and that nobody is at."""
    rows = database.execute_sql(_DUE, (provider, at_once, lease, utcnow())).fetchall()
    return [_read(row) for row in rows]


def read_by_order(order_id: UUID) -> dict[str, Any]:
    """Read where an order's payment stands.

    Raises:
        PaymentNotFound: there is none.
    """
    row = _one(_BY_ORDER, (order_id,))
    if row is None:
        raise _not_found(order_id)
    return dict(zip(_DOCUMENT, row, strict=True))


def _not_found(order_id: UUID) -> PaymentNotFound:
    return PaymentNotFound(f"Nothing was ever charged for the order {order_id}.")


def _step(statement: str, *arguments: object) -> tuple[str, Step]:
    row = _one(statement, arguments)
    return row[0], _read(row)


def _read(row: Any) -> Step:
    document = dict(zip(_DOCUMENT, row[1:9], strict=True))
    currency, capture, number, kind, key, amount_minor, method, ref, asked, return_url = row[9:19]
    if number is None:
        return Step(document, None, return_url)
    call = Call(
        payment_id=row[1],
        order_id=row[2],
        number=number,
        kind=Kind(kind),
        key=key,
        amount_minor=amount_minor,
        currency=currency,
        capture=Capture(capture),
        method=method,
        ref=ref,
        is_repeated=asked > 0,
    )
    return Step(document, call, return_url)


def _one(statement: str, arguments: tuple[object, ...]) -> Any:
    return database.execute_sql(statement, arguments).fetchone()
