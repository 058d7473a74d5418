"""Variants, prices and pictures as staff keeps them."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.http import operation
from prost_catalog.resources.conditions import EDITORS, version_read
from prost_catalog.resources.editions import read_prices
from prost_catalog.resources.staff_products import READ_ERRORS, WRITE_ERRORS, answer_with
from prost_catalog.schemas import staff as wire
from prost_catalog.use_cases.variants import add_variant, archive_variant, change_variant, set_price


class VariantsResource:
    """The variants of a product."""

    @operation(
        summary="Add a variant with its first price.",
        body=wire.VariantIn,
        returns=(HTTPStatus.CREATED, wire.StaffProduct),
        errors=WRITE_ERRORS,
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_post(
        self, req: Request, resp: Response, *, product_id: UUID, body: wire.VariantIn
    ) -> dict[str, Any]:
        """Add the variant behind the others."""
        set_by = req.context.principal.subject
        variant_id = await in_db(add_variant, product_id, version_read(req), body.columns(), set_by)
        resp.set_header("Location", f"/variants/{variant_id}")
        return await answer_with(resp, product_id)


class VariantResource:
    """One variant."""

    @operation(
        summary="Change facts of a variant.",
        body=wire.VariantChange,
        returns=wire.StaffProduct,
        errors=WRITE_ERRORS,
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_patch(
        self, req: Request, resp: Response, *, variant_id: UUID, body: wire.VariantChange
    ) -> dict[str, Any]:
        """Change what the body names and leave the rest."""
        product_id = await in_db(change_variant, variant_id, version_read(req), body.columns())
        return await answer_with(resp, product_id)

    @operation(
        summary="Archive a variant; orders of the past go on referring to it.",
        returns=wire.StaffProduct,
        errors=WRITE_ERRORS,
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_delete(self, req: Request, resp: Response, *, variant_id: UUID) -> dict[str, Any]:
        """Take the variant out of the shop."""
        product_id = await in_db(archive_variant, variant_id, version_read(req))
        return await answer_with(resp, product_id)


class PricesResource:
    """The prices of a variant."""

    @operation(
        summary="Read the price history of a variant, newest first.",
        returns=wire.PriceHistory,
        errors=READ_ERRORS,
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_get(self, _req: Request, _resp: Response, *, variant_id: UUID) -> dict[str, Any]:
        """Read all prices that the variant ever had."""
        return {"items": await in_db(read_prices, variant_id)}

    @operation(
        summary="Set the price of a variant from now on.",
        body=wire.PriceIn,
        returns=(HTTPStatus.CREATED, wire.StaffProduct),
        errors=WRITE_ERRORS,
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_post(
        self, req: Request, resp: Response, *, variant_id: UUID, body: wire.PriceIn
    ) -> dict[str, Any]:
        """Add a price to the history."""
        set_by = req.context.principal.subject
        product_id = await in_db(set_price, variant_id, version_read(req), body.price, set_by)
        return await answer_with(resp, product_id)
