"""What staff reads: payments, and what was done for them."""

from typing import Any
from uuid import UUID

from prost.money import Money
from prost_payments.domain import PaymentNotFound
from prost_payments.models import Attempt, Entry, Payment, Refund, Transaction


def read_payments(
    state: str | None, order_id: UUID | None, before: UUID | None, size: int
) -> list[dict[str, Any]]:
    """Read a page of payments, newest first, that begins before one of them."""
    rows: Any = Payment.select().order_by(Payment.id.desc()).limit(size)
    if state is not None:
        rows = rows.where(Payment.state == state)
    if order_id is not None:
        rows = rows.where(Payment.order_id == order_id)
    if before is not None:
        rows = rows.where(Payment.id < before)
    return [_row(payment) for payment in rows.dicts()]


def read_payment(payment_id: UUID) -> dict[str, Any]:
    """Read a payment with all that is known of it.

    Raises:
        PaymentNotFound: there is none.
    """
    payment: Any = Payment.select().where(Payment.id == payment_id).dicts().first()
    if payment is None:
        raise PaymentNotFound(f"There is no payment {payment_id}.")
    return {
        **_row(payment),
        "capture": payment["capture"],
        "ref": payment["ref"],
        "reason": payment["reason"],
        "authorized": Money(payment["authorized_minor"]),
        "released": Money(payment["released_minor"]),
        "attempts": _all_of(Attempt, payment_id, "number", ("payment_id", "key", "due_at")),
        "refunds": _all_of(Refund, payment_id, "created_at", ("payment_id",)),
        "transactions": _all_of(Transaction, payment_id, "number", ("payment_id", "number")),
        "ledger": _all_of(Entry, payment_id, "number", ("payment_id", "number")),
    }


def _row(payment: dict[str, Any]) -> dict[str, Any]:
    return {
        "payment_id": payment["id"],
        "amount": Money(payment["amount_minor"]),
        "captured": Money(payment["captured_minor"]),
        "refunded": Money(payment["refunded_minor"]),
        **{
            name: payment[name]
            for name in (
                "order_id",
                "customer_id",
                "provider",
                "state",
                "method",
                "failure_code",
                "created_at",
                "updated_at",
            )
        },
    }


def _all_of(model: Any, payment_id: UUID, order: str, left_out: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = model.select().where(model.payment_id == payment_id).order_by(getattr(model, order)).dicts()
    return [_wired({name: value for name, value in row.items() if name not in left_out}) for row in rows]


def _wired(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name.removesuffix("_minor"): Money(value) if name.endswith("_minor") else value
        for name, value in row.items()
    }
