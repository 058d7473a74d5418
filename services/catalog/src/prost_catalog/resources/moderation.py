"""Reviews as staff reads and decides on them."""

from typing import Any
from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Conflict, NotFound, Unavailable
from prost.http import operation
from prost_catalog.domain import ReviewState
from prost_catalog.resources.conditions import EDITORS
from prost_catalog.resources.editions import read_reviews_in, staff_review
from prost_catalog.resources.paging import id_in, token_after
from prost_catalog.schemas import reviews as wire
from prost_catalog.use_cases.reviews import moderate_review


class StaffReviewsResource:
    """The reviews that wait, and those that were decided on."""

    @operation(
        summary="List reviews in one state, oldest first.",
        query=wire.ModerationQuery,
        returns=wire.StaffReviewList,
        errors=(Unavailable,),
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_get(self, _req: Request, _resp: Response, *, query: wire.ModerationQuery) -> dict[str, Any]:
        """Read a page of reviews."""
        asked = {"state": query.state}
        after = id_in(asked, query.page_token)
        rows = await in_db(read_reviews_in, query.state, after, query.page_size + 1)
        items, more = rows[: query.page_size], len(rows) > query.page_size
        return {"items": items, "next_page_token": token_after(asked, items[-1]["id"]) if more else None}


class ModerationResource:
    """The decision on a review."""

    @operation(
        summary="Publish or reject a review.",
        body=wire.Decision,
        returns=wire.StaffReview,
        errors=(NotFound, Conflict, Unavailable),
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_put(
        self, req: Request, _resp: Response, *, review_id: UUID, body: wire.Decision
    ) -> dict[str, Any]:
        """Decide, and bring the product's rating in step."""
        moderator = req.context.principal.subject
        return staff_review(await in_db(moderate_review, review_id, ReviewState(body.state), moderator))
