"""The composition root of the web process: settings in, application out."""

from pathlib import Path

from prost.cache import ByteCache
from prost.db import Database
from prost.http import ServiceApp
from prost.http import create_app as create_service_app
from prost.objects import ObjectStore
from prost.spec import ServiceSpec
from prost_catalog.resources.moderation import ModerationResource, StaffReviewsResource
from prost_catalog.resources.offers import OffersResource
from prost_catalog.resources.products import CategoriesResource, SuggestionsResource
from prost_catalog.resources.reviews import ReviewsResource
from prost_catalog.resources.staff_images import ImageResource, ImagesResource
from prost_catalog.resources.staff_products import (
    EditableProductResource,
    EditableProductsResource,
    ProductStateResource,
    StaffProductResource,
    StaffProductsResource,
)
from prost_catalog.resources.staff_variants import PricesResource, VariantResource, VariantsResource
from prost_catalog.search.index import SearchIndex
from prost_catalog.settings import Settings


def create_app(settings: Settings | None = None) -> ServiceApp:
    """Make the web application."""
    settings = settings or Settings()
    database = Database(settings)
    # Lists, search and pages go on from the index while the database is away.
    database.required = False
    search = SearchIndex(settings)
    objects = ObjectStore.from_settings(settings)
    routes: dict[str, object] = {
        "/products": EditableProductsResource(search),
        "/products/suggestions": SuggestionsResource(search),
        "/products/{product_id}": EditableProductResource(search),
        "/products/{product_id}/state": ProductStateResource(),
        "/products/{product_id}/variants": VariantsResource(),
        "/products/{product_id}/images": ImagesResource(objects),
        "/products/{product_id}/images/{image_id}": ImageResource(),
        "/products/{product_id}/reviews": ReviewsResource(search),
        "/variants/{variant_id}": VariantResource(),
        "/variants/{variant_id}/prices": PricesResource(),
        "/reviews/{review_id}/moderation": ModerationResource(),
        "/offers": OffersResource(),
        "/categories": CategoriesResource(search),
        "/staff/products": StaffProductsResource(),
        "/staff/products/{product_id}": StaffProductResource(),
        "/staff/reviews": StaffReviewsResource(),
    }
    return create_service_app(
        ServiceSpec.load(Path()),
        settings,
        routes,
        dependencies=[database, search, objects],
        cache=ByteCache.from_settings(settings),
    )
