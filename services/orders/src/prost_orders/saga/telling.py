"""An order as its request is answered, which is kept with what it has come to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from itertools import takewhile

from prost.http.answers import render
from prost_orders.domain.orders import PAID_AGAIN, Happened, Order, OrderState
from prost_orders.schemas.orders import order_document
from prost_orders.use_cases.placing import Told
from prost_orders.use_cases.sagas import Move, Work


def moved(order: Order, move: Move, at: datetime) -> Order:
    """Return an order as it is after a move."""
    return replace(
        order,
        state=move.state,
        payment_state=move.payment,
        redirect_url=move.redirect_url,
        shortages=order.shortages if move.shortages is None else move.shortages,
        confirmed_at=at if move.state is OrderState.CONFIRMED else order.confirmed_at,
        updated_at=at,
        version=order.version + 1,
        timeline=(*order.timeline, *move.happened),
    )


def new_entries(order: Order, entries: Sequence[Happened]) -> tuple[Happened, ...]:
    """Return what is not in the timeline yet: a saga that is resumed goes through its steps again."""
    known = {entry.event for entry in takewhile(_is_of_this_attempt, reversed(order.timeline))}
    return tuple(entry for entry in entries if entry.event not in known)


def _is_of_this_attempt(entry: Happened) -> bool:
    return entry.event != PAID_AGAIN


def told_of(order: Order, guest_key: str | None) -> Told:
    """Return the answer to the request for an order: 201 once it is decided, 202 before."""
    document = order_document(order)
    if guest_key is not None:
        document["guest_key"] = guest_key
    body = render(document)
    assert body is not None  # noqa: S101 - a document has a form.
    return Told(HTTPStatus.CREATED if order.is_decided else HTTPStatus.ACCEPTED, body)


def work_told(work: Work) -> Told:
    """Return the answer to the request for an order as it stands."""
    return told_of(work.order, work.guest_key)
