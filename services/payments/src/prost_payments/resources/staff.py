"""What staff sees."""

from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import FieldError, Invalid, NotFound, Unavailable
from prost.http import decode_page_token, encode_page_token, operation
from prost_payments.resources.views import read_payment, read_payments
from prost_payments.schemas import staff as wire
from prost_payments.schemas.common import Answer
from prost_payments.use_cases.invariants import invariants

TAGS = ("staff",)


class PaymentsResource:
    """All payments."""

    @operation(
        summary="List payments, newest first.",
        query=wire.PaymentsQuery,
        returns=wire.PaymentsPage,
        errors=(Unavailable,),
        auth="staff",
        tags=TAGS,
    )
    async def on_get(self, req: Request, resp: Response, *, query: wire.PaymentsQuery) -> Answer:
        """Answer one page."""
        before = _position(query.page_token)
        rows = await in_db(read_payments, query.state, query.order_id, before, query.page_size + 1)
        items, more = rows[: query.page_size], len(rows) > query.page_size
        token = encode_page_token({"before": str(items[-1]["payment_id"])}) if more else None
        return {"items": items, "next_page_token": token}


class PaymentResource:
    """One payment."""

    @operation(
        summary="Read a payment with its attempts, refunds and books.",
        returns=wire.PaymentDetail,
        errors=(NotFound, Unavailable),
        auth="staff",
        tags=TAGS,
    )
    async def on_get(self, req: Request, resp: Response, *, payment_id: UUID) -> Answer:
        """Answer it."""
        return await in_db(read_payment, payment_id)


class InvariantsResource:
    """What must always hold."""

    @operation(
        summary="List whatever should not be.",
        returns=wire.Invariants,
        errors=(Unavailable,),
        auth="staff",
        tags=TAGS,
    )
    async def on_get(self, req: Request, resp: Response) -> Answer:
        """Ask the whole database."""
        return {"items": await in_db(invariants)}


def _position(token: str | None) -> UUID | None:
    """Read where a page begins, None without a token. Raises Invalid for a token of another list."""
    if token is None:
        return None
    try:
        return UUID(str(decode_page_token(token).get("before")))
    except ValueError:
        problem = FieldError("query.page_token", "is not a page of this list", "page-token")
        raise Invalid("The page token cannot be used; begin at the first page.", errors=[problem]) from None
