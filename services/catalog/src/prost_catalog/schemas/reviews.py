"""The wire of reviews and their moderation."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from prost.wire import Wire
from prost_catalog.schemas.common import PageSize, PageToken, Text, Timestamp

ReviewStateName = Literal["PENDING", "PUBLISHED", "REJECTED"]


class PageQuery(Wire):
    """Which page of a list."""

    page_size: PageSize = 20
    page_token: PageToken | None = None


class ModerationQuery(PageQuery):
    """Which reviews staff wants to read."""

    state: ReviewStateName = "PENDING"


class ReviewIn(Wire):
    """What a customer says; `author` is the name to be shown with it."""

    rating: Annotated[int, Field(ge=1, le=5)]
    title: Annotated[Text, Field(max_length=120)]
    body: Annotated[str, Field(max_length=4000)] = ""
    author: Annotated[Text, Field(max_length=60)] | None = None


class Review(Wire):
    """A published review."""

    id: UUID
    rating: int
    title: str
    body: str
    author: str | None
    created_at: Timestamp


class OwnReview(Review):
    """A review as its author sees it, with where it stands."""

    state: ReviewStateName


class StaffReview(OwnReview):
    """A review as staff sees it; the customer is null once their account is gone."""

    product_id: UUID
    customer_id: str | None
    moderated_by: str | None
    moderated_at: Timestamp | None


class RatingSummary(Wire):
    """How all published ratings are spread; the histogram is by number of stars."""

    average: str | None
    count: int
    histogram: dict[Literal["1", "2", "3", "4", "5"], int]


class ReviewList(Wire):
    """A page of published reviews, newest first."""

    items: list[Review]
    next_page_token: str | None
    total: int
    summary: RatingSummary


class StaffReviewList(Wire):
    """A page of reviews in one state, oldest first."""

    items: list[StaffReview]
    next_page_token: str | None


class Decision(Wire):
    """What a moderator decides."""

    state: Literal["PUBLISHED", "REJECTED"]
