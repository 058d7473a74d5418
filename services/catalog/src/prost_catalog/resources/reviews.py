"""Reviews as customers read and write them."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson
from falcon.asgi import Request, Response
from peewee import fn

from prost.auth import Principal
from prost.db import in_db
from prost.errors import Conflict, EmailNotVerified, NotFound, Unavailable
from prost.http import PublicCache, operation
from prost_catalog.domain import ProductNotFound, ReviewState
from prost_catalog.models import Review
from prost_catalog.resources.editions import dicts, own_review
from prost_catalog.resources.paging import id_in, token_after
from prost_catalog.schemas import reviews as wire
from prost_catalog.search.index import SearchIndex
from prost_catalog.use_cases.projection import average_rating, instant
from prost_catalog.use_cases.reviews import submit_review

READS = PublicCache(
    "reviews", max_age=30, stale_while_revalidate=300, version=lambda resource: str(resource.search.version)
)


class ReviewsResource:
    """The reviews of a product."""

    def __init__(self, search: SearchIndex) -> None:
        """Look products up in the index."""
        self.search = search

    @operation(
        summary="Read the published reviews of a product, by its id or slug, newest first.",
        query=wire.PageQuery,
        returns=wire.ReviewList,
        errors=(NotFound, Unavailable),
        auth="anonymous",
        cache=READS,
        tags=("reviews",),
    )
    async def on_get(
        self, _req: Request, _resp: Response, *, product_id: str, query: wire.PageQuery
    ) -> dict[str, Any]:
        """Answer with a page of reviews and the summary of all."""
        found = self.search.snapshot.product(product_id)
        if found is None:
            raise ProductNotFound("There is no such product.")
        key = orjson.loads(found)["id"]
        asked = {"product_id": key}
        after = id_in(asked, query.page_token)
        rows, counts = await in_db(_published, UUID(key), after, query.page_size + 1)
        items, more = rows[: query.page_size], len(rows) > query.page_size
        count = sum(counts.values())
        return {
            "items": items,
            "next_page_token": token_after(asked, items[-1]["id"]) if more else None,
            "total": count,
            "summary": {
                "average": average_rating(sum(stars * number for stars, number in counts.items()), count),
                "count": count,
                "histogram": {str(stars): counts.get(stars, 0) for stars in range(1, 6)},
            },
        }

    @operation(
        summary="Review a product, by its id or slug, once.",
        body=wire.ReviewIn,
        returns=(HTTPStatus.CREATED, wire.OwnReview),
        errors=(NotFound, Conflict, EmailNotVerified, Unavailable),
        auth="customer",
        owned=False,
        tags=("reviews",),
    )
    async def on_post(
        self, req: Request, _resp: Response, *, product_id: str, body: wire.ReviewIn
    ) -> dict[str, Any]:
        """Keep the review until staff has read it; its author has verified their address."""
        principal: Principal = req.context.principal
        principal.require_verified_email()
        said = body.model_dump()
        return own_review(await in_db(submit_review, _id_or_slug(product_id), principal.subject, said))


def _id_or_slug(text: str) -> UUID | str:
    try:
        return UUID(text)
    except ValueError:
        return text


def _published(
    product_id: UUID, after: UUID | None, size: int
) -> tuple[list[dict[str, Any]], dict[int, int]]:
    published = (Review.product == product_id) & (Review.state == ReviewState.PUBLISHED)
    rows = (
        Review.select(Review.id, Review.rating, Review.title, Review.body, Review.author, Review.created_at)
        .where(published)
        .order_by(Review.id.desc())
        .limit(size)
    )
    if after is not None:
        rows = rows.where(Review.id < after)
    items = [{**row, "id": str(row["id"]), "created_at": instant(row["created_at"])} for row in dicts(rows)]
    counts: Any = Review.select(Review.rating, fn.COUNT(Review.id)).where(published).group_by(Review.rating)
    return items, dict(counts.tuples())
