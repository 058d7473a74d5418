"""What staff sees and corrects."""

from typing import Any, TypeVar

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Conflict, FieldError, Invalid, NotFound, Unavailable
from prost.http import decode_page_token, encode_page_token, operation
from prost.idempotency import IdempotencyKeys
from prost_inventory import schemas as wire
from prost_inventory.resources.views import read_item, read_items, read_movements
from prost_inventory.use_cases.goods import adjust_stock, set_threshold
from prost_inventory.use_cases.invariants import invariants

T = TypeVar("T", str, int)


class StockListResource:
    """All items."""

    @operation(
        summary="List items with their stock.",
        query=wire.StockQuery,
        returns=wire.StockPage,
        errors=(Unavailable,),
        auth="staff",
        tags=("staff",),
    )
    async def on_get(self, req: Request, resp: Response, *, query: wire.StockQuery) -> wire.Answer:
        """Answer one page, by SKU."""
        after = _position(query.page_token, "sku", str)
        rows = await in_db(read_items, query.q, low=query.low, after=after, size=query.page_size + 1)
        return _page(rows, query.page_size, "sku")


class StockResource:
    """One item."""

    @operation(
        summary="Read an item's stock at each location.",
        returns=wire.StockDetail,
        errors=(NotFound, Unavailable),
        auth="staff",
        tags=("staff",),
    )
    async def on_get(self, req: Request, resp: Response, *, sku: wire.Sku) -> wire.Answer:
        """Answer it."""
        return await in_db(read_item, sku)


class MovementsResource:
    """The ledger of one item."""

    @operation(
        summary="List an item's movements, newest first.",
        query=wire.MovementsQuery,
        returns=wire.MovementsPage,
        errors=(NotFound, Unavailable),
        auth="staff",
        tags=("staff",),
    )
    async def on_get(
        self, req: Request, resp: Response, *, sku: wire.Sku, query: wire.MovementsQuery
    ) -> wire.Answer:
        """Answer one page."""
        before = _position(query.page_token, "number", int)
        rows = await in_db(read_movements, sku, before, query.page_size + 1)
        return _page(rows, query.page_size, "number")


class AdjustmentsResource:
    """Corrections of one item."""

    @operation(
        summary="Correct the stock of an item.",
        body=wire.AdjustmentIn,
        returns=(201, wire.AdjustmentOut),
        errors=(NotFound, Conflict, Unavailable),
        auth="staff",
        idempotent=True,
        tags=("staff",),
    )
    async def on_post(
        self, req: Request, resp: Response, *, sku: wire.Sku, body: wire.AdjustmentIn, idempotency_key: str
    ) -> wire.Answer:
        """Enter the correction into the ledger. Refusal: stock-is-reserved."""
        actor = req.context.principal.subject

        def adjust() -> wire.Answer:
            done = adjust_stock(sku, body.delta, body.on_hand, actor, body.reason, body.location)
            return {"sku": sku, "location": body.location, **done._asdict()}

        request = body.model_dump(mode="json")
        answer: wire.Answer = await in_db(
            IdempotencyKeys.once, f"adjustments/{sku}/{actor}", idempotency_key, request, adjust
        )
        return answer


class ThresholdResource:
    """Where an item begins to be low."""

    @operation(
        summary="Say at which number an item counts as low.",
        body=wire.ThresholdIn,
        returns=wire.StockDetail,
        errors=(NotFound, Unavailable),
        auth="staff",
        tags=("staff",),
    )
    async def on_put(
        self, req: Request, resp: Response, *, sku: wire.Sku, body: wire.ThresholdIn
    ) -> wire.Answer:
        """Set it, and answer the item."""
        await in_db(set_threshold, sku, body.threshold)
        return await in_db(read_item, sku)


class InvariantsResource:
    """What must always hold."""

    @operation(
        summary="List whatever should not be.",
        returns=wire.Invariants,
        errors=(Unavailable,),
        auth="staff",
        tags=("staff",),
    )
    async def on_get(self, req: Request, resp: Response) -> wire.Answer:
        """Ask the whole database."""
        return {"items": await in_db(invariants)}


def _page(rows: list[dict[str, Any]], size: int, key: str) -> wire.Answer:
    items, more = rows[:size], len(rows) > size
    return {"items": items, "next_page_token": encode_page_token({key: items[-1][key]}) if more else None}


def _position(token: str | None, key: str, kind: type[T]) -> T | None:
    """Read where a page begins, None without a token. Raises Invalid for a token of another list."""
    if token is None:
        return None
    position = decode_page_token(token).get(key)
    if type(position) is not kind:
        problem = FieldError("query.page_token", "is not a page of this list", "page-token")
        raise Invalid("The page token cannot be used; begin at the first page.", errors=[problem])
    return position
