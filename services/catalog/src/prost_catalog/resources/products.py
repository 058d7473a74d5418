"""Products as customers read them: lists, search, suggestions, pages and categories."""

from typing import Any, Final

import orjson
from falcon.asgi import Request, Response

from prost.errors import NotFound, Unavailable
from prost.http import PublicCache, operation
from prost_catalog.domain import ProductNotFound
from prost_catalog.resources.paging import foreign_token, position_in, token_after
from prost_catalog.schemas import products as wire
from prost_catalog.search.index import SearchIndex
from prost_catalog.search.queries import Wanted

MAX_DEPTH: Final = 100_000
"""Products that can be paged through; who wants more of a list has to narrow it."""

SUGGESTIONS: Final = 8
READS: Final = PublicCache(
    "products", max_age=5, stale_while_revalidate=60, version=lambda resource: str(resource.search.version)
)


class _Reading:
    def __init__(self, search: SearchIndex) -> None:
        self.search = search


class ProductsResource(_Reading):
    """The list of products."""

    @operation(
        summary="Find products, with facets that are true under all other filters.",
        query=wire.ProductsQuery,
        returns=wire.ProductList,
        errors=(Unavailable,),
        auth="anonymous",
        cache=READS,
        tags=("products",),
    )
    async def on_get(self, _req: Request, _resp: Response, *, query: wire.ProductsQuery) -> bytes:
        """Join the stored JSON of a page's products."""
        asked = query.model_dump(exclude={"page_size", "page_token"})
        offset = position_in(asked, query.page_token) or 0
        if type(offset) is not int or not 0 <= offset < MAX_DEPTH:
            raise foreign_token()
        snapshot = self.search.snapshot
        wanted = Wanted(**{name: value for name, value in asked.items() if name != "sort"})
        page = await self.search.ask(snapshot.page, wanted, query.sort, offset, query.page_size)
        end = offset + len(page.items)
        more = end < min(page.total, MAX_DEPTH) and page.items
        token = token_after(asked, end) if more else None
        rest = orjson.dumps({"next_page_token": token, "total": page.total, "facets": page.facets})
        return b'{"items":[' + b",".join(page.items) + b"]," + rest[1:]


class SuggestionsResource(_Reading):
    """What a search could go on with."""

    @operation(
        summary="Complete what is being typed.",
        query=wire.SuggestionsQuery,
        returns=wire.SuggestionList,
        errors=(Unavailable,),
        auth="anonymous",
        cache=READS,
        tags=("products",),
    )
    async def on_get(self, _req: Request, _resp: Response, *, query: wire.SuggestionsQuery) -> dict[str, Any]:
        """Suggest categories, producers and products."""
        snapshot = self.search.snapshot
        return {"items": await self.search.ask(snapshot.suggestions, query.q, SUGGESTIONS)}


class ProductResource(_Reading):
    """One product as customers see it."""

    @operation(
        summary="Read a product by its id or slug.",
        returns=wire.Product,
        errors=(NotFound, Unavailable),
        auth="anonymous",
        cache=READS,
        tags=("products",),
    )
    async def on_get(self, _req: Request, _resp: Response, *, product_id: str) -> bytes:
        """Answer with the stored JSON of the product's page."""
        found = self.search.snapshot.product(product_id)
        if found is None:
            raise ProductNotFound("There is no such product.")
        return found


class CategoriesResource(_Reading):
    """The shelves of the shop."""

    @operation(
        summary="List the categories.",
        returns=wire.CategoryList,
        errors=(Unavailable,),
        auth="anonymous",
        cache=READS,
        tags=("categories",),
    )
    async def on_get(self, _req: Request, _resp: Response) -> dict[str, Any]:
        """List the categories in their order, with the number of their products."""
        return {"items": self.search.snapshot.categories()}
