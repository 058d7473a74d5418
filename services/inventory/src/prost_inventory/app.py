"""The composition root of the web process: settings in, application out."""

from pathlib import Path

from prost.cache import ByteCache
from prost.db import Database
from prost.http import ServiceApp
from prost.http import create_app as create_service_app
from prost.spec import ServiceSpec
from prost_inventory.resources.availability import AvailabilityResource
from prost_inventory.resources.orders import (
    DeductResource,
    ReleaseResource,
    ReserveResource,
    RestockResource,
)
from prost_inventory.resources.stock import (
    AdjustmentsResource,
    InvariantsResource,
    MovementsResource,
    StockListResource,
    StockResource,
    ThresholdResource,
)
from prost_inventory.settings import Settings


def create_app(settings: Settings | None = None) -> ServiceApp:
    """Make the web application."""
    settings = settings or Settings()
    routes: dict[str, object] = {
        "/inventory/availability": AvailabilityResource(),
        "/inventory/reserve": ReserveResource(),
        "/inventory/release": ReleaseResource(),
        "/inventory/deduct": DeductResource(),
        "/inventory/restock": RestockResource(),
        "/inventory/stock": StockListResource(),
        "/inventory/stock/{sku}": StockResource(),
        "/inventory/stock/{sku}/movements": MovementsResource(),
        "/inventory/stock/{sku}/adjustments": AdjustmentsResource(),
        "/inventory/stock/{sku}/threshold": ThresholdResource(),
        "/inventory/invariants": InvariantsResource(),
    }
    return create_service_app(
        ServiceSpec.load(Path()),
        settings,
        routes,
        dependencies=[Database(settings)],
        cache=ByteCache.from_settings(settings, max_bytes=8 * 1024 * 1024),
    )
