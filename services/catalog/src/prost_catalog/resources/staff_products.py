"""Products as staff keeps them."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Conflict, NotFound, PreconditionFailed, PreconditionRequired, Unavailable
from prost.http import operation
from prost_catalog.domain import ProductState
from prost_catalog.resources.conditions import EDITORS, tag, version_read
from prost_catalog.resources.editions import read_product, read_products
from prost_catalog.resources.paging import id_in, token_after
from prost_catalog.resources.products import ProductResource, ProductsResource
from prost_catalog.schemas import staff as wire
from prost_catalog.use_cases.products import change_product, create_product, move_product

READ_ERRORS = (NotFound, Unavailable)
WRITE_ERRORS = (NotFound, Conflict, PreconditionFailed, PreconditionRequired, Unavailable)


async def answer_with(resp: Response, product_id: UUID) -> dict[str, Any]:
    """Answer with a product as staff sees it, and its ETag."""
    product = await in_db(read_product, product_id)
    tag(resp, product["version"])
    return product


class EditableProductsResource(ProductsResource):
    """The list of products, to which staff adds."""

    @operation(
        summary="Make a product; it begins as a draft.",
        body=wire.ProductIn,
        returns=(HTTPStatus.CREATED, wire.StaffProduct),
        errors=(Conflict, Unavailable),
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.ProductIn) -> dict[str, Any]:
        """Make the product with its variants and their first prices."""
        set_by = req.context.principal.subject
        variants = [variant.columns() for variant in body.variants]
        product_id = await in_db(create_product, body.columns(), variants, set_by)
        resp.set_header("Location", f"/products/{product_id}")
        return await answer_with(resp, product_id)


class EditableProductResource(ProductResource):
    """One product, which staff changes."""

    @operation(
        summary="Change facts of a product.",
        body=wire.ProductChange,
        returns=wire.StaffProduct,
        errors=WRITE_ERRORS,
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_patch(
        self, req: Request, resp: Response, *, product_id: UUID, body: wire.ProductChange
    ) -> dict[str, Any]:
        """Change what the body names and leave the rest."""
        await in_db(change_product, product_id, version_read(req), body.columns())
        return await answer_with(resp, product_id)

    @operation(
        summary="Archive a product; orders of the past go on referring to it.",
        errors=WRITE_ERRORS,
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_delete(self, req: Request, _resp: Response, *, product_id: UUID) -> None:
        """Take the product out of the shop."""
        await in_db(move_product, product_id, version_read(req), ProductState.ARCHIVED)


class ProductStateResource:
    """Where a product stands in its life."""

    @operation(
        summary="Publish a product, make it a draft again, or archive it.",
        body=wire.StateIn,
        returns=wire.StaffProduct,
        errors=WRITE_ERRORS,
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_put(
        self, req: Request, resp: Response, *, product_id: UUID, body: wire.StateIn
    ) -> dict[str, Any]:
        """Take the product to the state."""
        await in_db(move_product, product_id, version_read(req), ProductState(body.state))
        return await answer_with(resp, product_id)


class StaffProductsResource:
    """All products, drafts and archived ones included."""

    @operation(
        summary="List products in any state, newest first.",
        query=wire.StaffQuery,
        returns=wire.StaffProductList,
        errors=(Unavailable,),
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_get(self, _req: Request, _resp: Response, *, query: wire.StaffQuery) -> dict[str, Any]:
        """Read a page of products."""
        asked = {"state": query.state}
        after = id_in(asked, query.page_token)
        rows = await in_db(read_products, query.state, after, query.page_size + 1)
        items, more = rows[: query.page_size], len(rows) > query.page_size
        return {"items": items, "next_page_token": token_after(asked, items[-1]["id"]) if more else None}


class StaffProductResource:
    """One product as staff sees it."""

    @operation(
        summary="Read a product in any state, with the ETag that changes of it need.",
        returns=wire.StaffProduct,
        errors=READ_ERRORS,
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_get(self, _req: Request, resp: Response, *, product_id: UUID) -> dict[str, Any]:
        """Read the product from the database."""
        return await answer_with(resp, product_id)
