"""What other services sell by: facts of variants from the database, never from what is kept."""

from collections.abc import Mapping
from typing import Any, Final

from falcon.asgi import Request, Response

from prost.db import database, in_db
from prost.errors import Unavailable
from prost.http import operation
from prost_catalog.schemas import offers as wire
from prost_catalog.use_cases.projection import picture

_AS_THEY_ARE: Final = (
    "variant_id",
    "product_id",
    "sku",
    "slug",
    "name",
    "price_minor",
    "deposit_minor",
    "deposit_kind",
    "vat_rate",
    "minimum_age",
    "volume_ml",
    "pack_size",
    "sellable",
)
_OFFERS: Final = """
SELECT v.id::text AS variant_id, p.id::text AS product_id, v.sku, p.slug, p.name, v.name_de, v.name_en,
       price.amount_minor AS price_minor, v.deposit_minor, v.deposit_kind, p.vat_rate::text AS vat_rate,
       p.minimum_age, v.volume_ml, v.pack_size,
       p.state = 'PUBLISHED' AND v.available AND NOT v.archived AS sellable,
       image.alt_de, image.alt_en, image.content_hash, image.color, image.widths, image.formats
FROM unnest(%s::uuid[]) WITH ORDINALITY AS asked (id, place)
JOIN variants v ON v.id = asked.id
JOIN products p ON p.id = v.product_id
CROSS JOIN LATERAL (
    SELECT amount_minor FROM prices WHERE variant_id = v.id ORDER BY valid_from DESC LIMIT 1
) price
LEFT JOIN LATERAL (
    SELECT i.alt_de, i.alt_en, m.content_hash, m.color, m.widths, m.formats
    FROM product_images i JOIN media m ON m.id = i.media_id
    WHERE i.product_id = p.id ORDER BY i.position, i.id LIMIT 1
) image ON true
ORDER BY asked.place
"""


class OffersResource:
    """Offers of variants."""

    @operation(
        summary="Tell what variants cost, and whether they are sold.",
        body=wire.OffersIn,
        returns=wire.Offers,
        errors=(Unavailable,),
        auth="service",
        tags=("offers",),
    )
    async def on_post(self, _req: Request, _resp: Response, *, body: wire.OffersIn) -> dict[str, Any]:
        """Answer with the offers that there are."""
        asked = list(dict.fromkeys(map(str, body.variant_ids)))
        return {"items": await in_db(_read, asked)}


def _read(variant_ids: list[str]) -> list[dict[str, Any]]:
    cursor = database.execute_sql(_OFFERS, (variant_ids,))
    names = [column.name for column in cursor.description]
    return [_offer(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _offer(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _AS_THEY_ARE},
        "variant": {"de": row["name_de"], "en": row["name_en"]},
        "image": None if row["content_hash"] is None else picture(row, row["alt_de"], row["alt_en"]),
    }
