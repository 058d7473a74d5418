"""Invoices and their corrections, for whom they are, and who the shop is on them."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import NotFound, Unavailable
from prost.http import operation
from prost_orders.resources.guests import require_access
from prost_orders.resources.orders import OrderQuery
from prost_orders.schemas.documents import DocumentNumber, Seller
from prost_orders.schemas.orders import Answer
from prost_orders.use_cases.documents import current_seller, read_correction, read_invoice, set_seller
from prost_orders.use_cases.reading import read_order


class InvoiceResource:
    """The invoice of an order."""

    @operation(
        summary="Print the invoice of an order, from its confirmation on.",
        query=OrderQuery,
        returns=(200, None),
        errors=(NotFound, Unavailable),
        auth="optional",
        tags=("orders",),
    )
    async def on_get(self, req: Request, resp: Response, *, order_id: UUID, query: OrderQuery) -> None:
        """Answer a PDF. Refusal: document-not-found before the order is confirmed."""
        require_access(req, await in_db(read_order, order_id), query.key)
        await _print(resp, await in_db(read_invoice, order_id))


class CorrectionResource:
    """A correction of the invoice of an order."""

    @operation(
        summary="Print a correction of an order's invoice.",
        query=OrderQuery,
        returns=(200, None),
        errors=(NotFound, Unavailable),
        auth="optional",
        tags=("orders",),
    )
    async def on_get(
        self, req: Request, resp: Response, *, order_id: UUID, number: DocumentNumber, query: OrderQuery
    ) -> None:
        """Answer a PDF."""
        require_access(req, await in_db(read_order, order_id), query.key)
        await _print(resp, await in_db(read_correction, order_id, number))


class SellerResource:
    """Who sells."""

    @operation(
        summary="Read who the shop is on its next invoices.",
        returns=Seller,
        errors=(Unavailable,),
        auth="staff",
        tags=("staff",),
    )
    async def on_get(self, req: Request, resp: Response) -> Mapping[str, Any]:
        """Answer it."""
        return await in_db(current_seller)

    @operation(
        summary="Say who the shop is on invoices from now on.",
        body=Seller,
        returns=Seller,
        errors=(Unavailable,),
        auth="admin",
        tags=("staff",),
    )
    async def on_put(self, req: Request, resp: Response, *, body: Seller) -> Answer:
        """Set it; what was issued before stays as it is."""
        details = body.model_dump()
        await in_db(set_seller, details, req.context.principal.subject)
        return details


async def _print(resp: Response, content: Mapping[str, Any]) -> None:
    resp.data = await asyncio.to_thread(_printed, content)
    resp.content_type = "application/pdf"
    resp.set_header("Content-Disposition", f'inline; filename="{content["number"]}.pdf"')
    resp.cache_control = ["private", "no-store"]


def _printed(content: Mapping[str, Any]) -> bytes:
    # Layout and fonts are much to load, and most processes never print.
    from prost_orders.documents.pdf import print_document  # noqa: PLC0415

    return print_document(content)
