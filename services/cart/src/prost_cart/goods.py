"""What the catalogue and inventory say of variants, kept in this process for a few seconds."""

from collections.abc import Mapping, Sequence
from typing import Final

from prost.client import ServiceClient
from prost.errors import ProstError, Unavailable
from prost.settings import Settings
from prost_cart import views
from prost_cart.known import Known
from prost_cart.schemas import AvailabilityAnswer, OffersAnswer
from prost_cart.views import Shown, Stock

FRESH_SECONDS: Final = 5.0
KEPT: Final = 8192
PATIENCE: Final = 1.0
STOCK_PATIENCE: Final = 0.5


class Goods:
    """Offers by variant and stock by SKU.

    While the catalogue is away the offers told last go on to count; stock that is not known now is not told.
    """

    def __init__(self, settings: Settings) -> None:
        """Find both services."""
        self._catalog = ServiceClient(settings, "catalog", deadline=PATIENCE, in_own_name=True)
        self._inventory = ServiceClient(settings, "inventory", deadline=STOCK_PATIENCE, in_own_name=True)
        self._offers = Known(self._load_offers, fresh_for=FRESH_SECONDS, at_most=KEPT, outlives=True)
        self._stock = Known(self._load_stock, fresh_for=FRESH_SECONDS, at_most=KEPT, outlives=False)

    @property
    def dependencies(self) -> tuple[ServiceClient, ServiceClient]:
        """What has to be started for it."""
        return self._catalog, self._inventory

    async def offers(self, variant_ids: Sequence[str]) -> Mapping[str, Shown]:
        """Return the offers of those variants that there are.

        Raises:
            Unavailable: the catalogue is away, and of one of them nothing is known.
        """
        try:
            return await self._offers.get(variant_ids)
        except ProstError as error:
            raise Unavailable("The catalogue does not answer.", headers={"Retry-After": "2"}) from error

    async def stock(self, skus: Sequence[str]) -> Mapping[str, Stock]:
        """Return what can be had of items, as far as inventory tells now."""
        found, _failure = await self._stock.ask(skus)
        return found

    async def _load_offers(self, variant_ids: list[str]) -> dict[str, Shown]:
        # Asking changes nothing, so any key lets the client ask again.
        answer = await self._catalog.post(
            "/offers", json={"variant_ids": variant_ids}, idempotency_key=variant_ids[0]
        )
        offers = (item.offer for item in answer.read(OffersAnswer).items)
        return {offer.variant_id: views.shown(offer) for offer in offers}

    async def _load_stock(self, skus: list[str]) -> dict[str, Stock]:
        answer = await self._inventory.get("/inventory/availability", query={"skus": ",".join(skus)})
        return {
            item.sku: {"state": item.state, "quantity": item.quantity}
            for item in answer.read(AvailabilityAnswer).items
        }
