"""The composition root of the web process: settings in, application out."""

from pathlib import Path

from prost.http import Dependency, ServiceApp
from prost.http import create_app as create_service_app
from prost.spec import ServiceSpec
from prost_cart import resources
from prost_cart.goods import Goods
from prost_cart.settings import Settings
from prost_cart.store import CartStore
from prost_cart.use_cases import Shop


def create_app(settings: Settings | None = None, store: CartStore | None = None) -> ServiceApp:
    """Make the web application; carts are kept in the settings' Redis unless a store is given."""
    settings = settings or Settings()
    shop = Shop(store or CartStore.from_settings(settings), Goods(settings))
    secure = settings.public_url.startswith("https://")
    routes: dict[str, object] = {
        path: kind(shop, secure=secure)
        for path, kind in {
            "/cart": resources.CartResource,
            "/cart/add": resources.AddResource,
            "/cart/lines/{variant_id}": resources.LineResource,
            "/cart/remove": resources.RemoveResource,
            "/cart/clear": resources.ClearResource,
            "/cart/accept-prices": resources.AcceptPricesResource,
            "/cart/merge": resources.MergeResource,
            "/carts/contents": resources.ContentsResource,
            "/carts/checked-out": resources.CheckedOutResource,
        }.items()
    }
    dependencies: list[Dependency] = [shop.store, *shop.goods.dependencies]
    return create_service_app(ServiceSpec.load(Path()), settings, routes, dependencies=dependencies)
