"""How orders are sent and what that costs, until a service of shipping says so."""

from collections.abc import Mapping
from typing import Final

from prost_orders.domain.pricing import ShippingRate

SHIPPING_RATES: Final[Mapping[str, ShippingRate]] = {
    "standard": ShippingRate("standard", price=490, ordinary=490, free_from=5900),
    "express": ShippingRate("express", price=990, ordinary=490),
}
