"""The composition root: settings in, processes out."""

from pathlib import Path

from prost.cache import ByteCache
from prost.db import Database
from prost.http import ServiceApp, create_app as create_service_app
from prost.spec import ServiceSpec
from prost_catalog.resources.products import (
    CategoriesResource,
    ProductResource,
    ProductsResource,
    SuggestionsResource,
)
from prost_catalog.search.index import SearchIndex
from prost_catalog.settings import CatalogSettings


def create_app(settings: CatalogSettings | None = None) -> ServiceApp:
    """Make the web application."""
    settings = settings or CatalogSettings()
    spec = ServiceSpec.load(Path())
    database = Database(settings)
    search = SearchIndex(settings.search_folder, settings.database_url.get_secret_value())
    routes: dict[str, object] = {
        "/products": ProductsResource(search),
        "/products/suggestions": SuggestionsResource(search),
        "/products/{product_id}": ProductResource(search),
        "/categories": CategoriesResource(search),
    }
    return create_service_app(
        spec, settings, routes, dependencies=[database, search], cache=ByteCache.from_settings(settings)
    )
