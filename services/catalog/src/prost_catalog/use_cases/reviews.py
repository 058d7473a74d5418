"""Takes customers' reviews in and lets staff publish them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peewee import IntegrityError

from prost.db import database, utcnow
from prost.events import Outbox
from prost_catalog import domain
from prost_catalog.domain import ProductState, ReviewState
from prost_catalog.events import ReviewPublished
from prost_catalog.models import Product, Review
from prost_catalog.use_cases.cards import refresh_cards
from prost_catalog.use_cases.editing import lock_product

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


def submit_review(product: UUID | str, customer_id: str, said: Mapping[str, Any]) -> Review:
    """Keep a customer's only review of a product, by its id or slug, until staff has read it.

    Raises:
        ProductNotFound: customers do not see such a product.
        AlreadyReviewed: the customer has reviewed it before.
    """
    wanted = Product.slug == product if isinstance(product, str) else Product.id == product
    with database.atomic():
        found = Product.select(Product.id).where(wanted, Product.state == ProductState.PUBLISHED).first()
        if found is None:
            raise domain.ProductNotFound("There is no such product.")
        try:
            with database.atomic():
                review: Review = Review.create(product=found.id, customer_id=customer_id, **said)
        except IntegrityError as error:
            if "reviews_one_each" not in str(error):
                raise
            raise domain.AlreadyReviewed("You have reviewed this product before.") from error
    return review


def moderate_review(review_id: UUID, wanted: ReviewState, moderator: str) -> Review:
    """Publish or reject a review and keep the product's rating in step; deciding the same again is no change.

    Raises:
        ReviewNotFound, TransitionRefused: as they say.
    """
    with database.atomic():
        found: Review | None = Review.get_or_none(Review.id == review_id)
        if found is None:
            raise domain.ReviewNotFound("There is no such review.")
        product = lock_product(found.product_id, None)
        # Read again under the lock: two moderators may decide at once.
        review: Review = Review.get_by_id(review_id)
        state = domain.move_review(ReviewState(review.state), wanted)
        if state == review.state:
            return review
        counted = (state is ReviewState.PUBLISHED) - (review.state == ReviewState.PUBLISHED)
        review.move_to(state, moderated_by=moderator, moderated_at=utcnow())
        if counted:
            Product.update(
                rating_sum=Product.rating_sum + counted * review.rating,
                rating_count=Product.rating_count + counted,
            ).where(Product.id == product.id).execute()
            refresh_cards([product.id])
        if state is ReviewState.PUBLISHED:
            Outbox.add(ReviewPublished(product_id=product.id, review_id=review.id, rating=review.rating))
    return review


def forget_customer(customer_id: str) -> None:
    """Take a customer's name out of their reviews, and whose they were; what they say and rate stays."""
    theirs = Review.customer_id == customer_id
    with database.atomic():
        shown = Review.select(Review.product).where(theirs, Review.state == ReviewState.PUBLISHED)
        product_ids = [review.product_id for review in shown]
        Review.update(customer_id=None, author=None).where(theirs).execute()
        if product_ids:
            # Under a new state of the feed no page with the name is answered from a cache.
            refresh_cards(product_ids)
