"""What customers may know: whether something can be ordered."""

from typing import Final

from falcon.asgi import Request, Response

from prost.db import database, in_db
from prost.errors import Unavailable
from prost.http import PublicCache, operation
from prost_inventory import schemas as wire
from prost_inventory.domain import MOST_SHOWN, Level

FRESH: Final = PublicCache("availability", max_age=5, ttl=5)

_AVAILABLE: Final = """
SELECT i.sku, i.level, max(s.on_hand - s.reserved)
FROM items i JOIN stock s ON s.sku = i.sku WHERE i.sku = ANY(%s) GROUP BY i.sku
"""
_NOTHING: Final = (Level.OUT, 0)


class AvailabilityResource:
    """Many items at once."""

    @operation(
        summary="Tell which items can be ordered, and how many of each.",
        query=wire.AvailabilityQuery,
        returns=wire.Availability,
        errors=(Unavailable,),
        auth="anonymous",
        cache=FRESH,
        tags=("availability",),
    )
    async def on_get(self, req: Request, resp: Response, *, query: wire.AvailabilityQuery) -> wire.Answer:
        """Answer for each SKU; one that is unknown is out."""
        asked = list(dict.fromkeys(query.skus.split(",")))
        known = await in_db(_read, asked)
        return {"items": [_item(sku, *known.get(sku, _NOTHING)) for sku in asked]}


def _read(skus: list[str]) -> dict[str, tuple[str, int]]:
    rows = database.execute_sql(_AVAILABLE, (skus,)).fetchall()
    return {sku: (level, available) for sku, level, available in rows}


def _item(sku: str, level: str, available: int) -> wire.Answer:
    return {"sku": sku, "state": level.lower(), "quantity": min(available, MOST_SHOWN)}
