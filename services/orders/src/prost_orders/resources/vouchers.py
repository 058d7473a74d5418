"""The vouchers of the shop, which staff keeps."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Conflict, FieldError, Invalid, NotFound, Unavailable
from prost.http import decode_page_token, encode_page_token, operation
from prost_orders.schemas import vouchers as wire
from prost_orders.schemas.orders import Answer
from prost_orders.use_cases.vouchers import change_voucher, create_voucher, list_vouchers, read_voucher

KEEPERS: Final = ("admin", "catalog-manager")


class VouchersResource:
    """All vouchers."""

    @operation(
        summary="List vouchers, newest first.",
        query=wire.VoucherQuery,
        returns=wire.VoucherPage,
        errors=(Unavailable,),
        auth="staff",
        roles=KEEPERS,
        tags=("staff",),
    )
    async def on_get(self, req: Request, resp: Response, *, query: wire.VoucherQuery) -> Answer:
        """Answer one page."""
        before = _position(query.page_token)
        rows = await in_db(list_vouchers, query.q or None, before, query.page_size + 1)
        items, more = rows[: query.page_size], len(rows) > query.page_size
        token = encode_page_token({"id": str(items[-1]["id"])}) if more else None
        return {"items": [wire.voucher_document(row) for row in items], "next_page_token": token}

    @operation(
        summary="Make a voucher.",
        body=wire.VoucherIn,
        returns=(HTTPStatus.CREATED, wire.VoucherOut),
        errors=(Conflict, Unavailable),
        auth="staff",
        roles=KEEPERS,
        tags=("staff",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.VoucherIn) -> Answer:
        """Answer it. Refusal: voucher-exists."""
        made = await in_db(create_voucher, body.new(), req.context.principal.subject)
        resp.set_header("Location", f"/orders/vouchers/{made['id']}")
        return wire.voucher_document(made)


class VoucherResource:
    """One voucher."""

    @operation(
        summary="Read a voucher.",
        returns=wire.VoucherOut,
        errors=(NotFound, Unavailable),
        auth="staff",
        roles=KEEPERS,
        tags=("staff",),
    )
    async def on_get(self, req: Request, resp: Response, *, voucher_id: UUID) -> Answer:
        """Answer it."""
        return wire.voucher_document(await in_db(read_voucher, voucher_id))

    @operation(
        summary="Change when and how often a voucher can be used.",
        body=wire.VoucherChange,
        returns=wire.VoucherOut,
        errors=(NotFound, Unavailable),
        auth="staff",
        roles=KEEPERS,
        tags=("staff",),
    )
    async def on_patch(
        self, req: Request, resp: Response, *, voucher_id: UUID, body: wire.VoucherChange
    ) -> Answer:
        """Change what the body names and leave the rest; what it is worth never changes."""
        return wire.voucher_document(await in_db(change_voucher, voucher_id, body.changes()))


def _position(token: str | None) -> UUID | None:
    """Read where a page begins, None without a token. Raises Invalid for a token of another list."""
    if token is None:
        return None
    try:
        return UUID(decode_page_token(token)["id"])
    except (KeyError, TypeError, ValueError, AttributeError):
        problem = FieldError("query.page_token", "is not a page of this list", "page-token")
        raise Invalid("The page token cannot be used; begin at the first page.", errors=[problem]) from None
