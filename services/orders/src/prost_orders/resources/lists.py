"""Lists of orders: a customer's own, and all of them for staff; and what should not be."""

from typing import Annotated
from uuid import UUID

from falcon.asgi import Request, Response
from pydantic import Field

from prost.db import in_db
from prost.errors import FieldError, Invalid, Unavailable
from prost.http import decode_page_token, encode_page_token, operation
from prost.wire import Wire
from prost_orders.domain.orders import Order, OrderState
from prost_orders.saga.agreement import disagreements
from prost_orders.saga.neighbours import Neighbours
from prost_orders.schemas import orders as wire
from prost_orders.use_cases.invariants import invariants
from prost_orders.use_cases.reading import list_orders, list_recent

PageToken = Annotated[str, Field(max_length=500)]


class MineQuery(Wire):
    """Which page."""

    page_size: Annotated[int, Field(ge=1, le=50)] = 20
    page_token: PageToken | None = None


class OrdersQuery(MineQuery):
    """Which orders: in a state, and by a part of their number or by an address of mail."""

    state: OrderState | None = None
    q: Annotated[str, Field(max_length=254)] = ""


class OrdersPage(Wire):
    """Orders, newest first; `next_page_token` is null on the last page."""

    items: list[wire.OrderOut]
    next_page_token: str | None


class InvariantsQuery(Wire):
    """Of how many recent orders the neighbours are asked, too."""

    recent: Annotated[int, Field(ge=0, le=50)] = 0


class Violation(Wire):
    """Something that should not be."""

    invariant: str
    order_id: UUID
    found: str


class Invariants(Wire):
    """All that should not be; empty when all is well."""

    items: list[Violation]


class OrdersOfCustomerResource:
    """The orders of one customer."""

    @operation(
        summary="List a customer's orders.",
        query=MineQuery,
        returns=OrdersPage,
        errors=(Unavailable,),
        auth="customer",
        owned=True,
        tags=("orders",),
    )
    async def on_get(
        self, req: Request, resp: Response, *, customer_id: UUID, query: MineQuery
    ) -> wire.Answer:
        """Answer one page."""
        req.context.principal.require_owner(customer_id)
        before = _position(query.page_token)
        found = await in_db(list_orders, query.page_size + 1, before, customer_id=str(customer_id))
        resp.cache_control = ["no-store"]
        return _page(found, query.page_size)


class InvariantsResource:
    """What must always hold."""

    def __init__(self, neighbours: Neighbours) -> None:
        """Compare with these neighbours."""
        self._neighbours = neighbours

    @operation(
        summary="List whatever should not be.",
        query=InvariantsQuery,
        returns=Invariants,
        errors=(Unavailable,),
        auth="staff",
        tags=("staff",),
    )
    async def on_get(self, req: Request, resp: Response, *, query: InvariantsQuery) -> wire.Answer:
        """Ask the whole database, and payments about the most recent orders that are over."""
        found = await in_db(invariants)
        recent = await in_db(list_recent, query.recent) if query.recent else []
        return {"items": [*found, *await disagreements(self._neighbours, recent)]}


async def staff_page(query: OrdersQuery) -> wire.Answer:
    """Return a page of all orders."""
    before = _position(query.page_token)
    found = await in_db(list_orders, query.page_size + 1, before, state=query.state, part=query.q or None)
    return _page(found, query.page_size)


def _page(found: list[Order], size: int) -> wire.Answer:
    items, more = found[:size], len(found) > size
    token = encode_page_token({"before": str(items[-1].id)}) if more else None
    return {"items": [wire.order_document(order) for order in items], "next_page_token": token}


def _position(token: str | None) -> UUID | None:
    if token is None:
        return None
    try:
        return UUID(str(decode_page_token(token).get("before")))
    except ValueError:
        problem = FieldError("query.page_token", "is not a page of this list", "page-token")
        raise Invalid("The page token cannot be used; begin at the first page.", errors=[problem]) from None
