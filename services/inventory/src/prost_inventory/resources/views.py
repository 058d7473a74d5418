"""What staff reads: items, their locations and their ledger."""

from typing import Any, Final

from peewee import fn

from prost_inventory.domain import SkuNotFound
from prost_inventory.models import Item, Movement, Stock

_ENTRY: Final = (
    Movement.number,
    Movement.location,
    Movement.kind,
    Movement.delta,
    Movement.order_id,
    Movement.return_id,
    Movement.actor,
    Movement.reason,
    Movement.created_at,
)


def read_items(part: str, *, low: bool, after: str | None, size: int) -> list[dict[str, Any]]:
    """Read a page of items that begins after an SKU: those with `part` in theirs, or only the low ones."""
    rows = _items().order_by(Item.sku).limit(size)
    if part:
        rows = rows.where(Item.sku.contains(part.upper()))
    if low:
        rows = rows.where(Item.level != "IN_STOCK")
    if after is not None:
        rows = rows.where(Item.sku > after)
    return list(rows.dicts())


def read_item(sku: str) -> dict[str, Any]:
    """Read an item with its locations.

    Raises:
        SkuNotFound: there is none.
    """
    item = _items().where(Item.sku == sku).dicts().first()
    if item is None:
        raise SkuNotFound(f"There is no item {sku}.")
    shelves = Stock.select(
        Stock.location, Stock.on_hand, Stock.reserved, (Stock.on_hand - Stock.reserved).alias("available")
    )
    locations = shelves.where(Stock.item == sku).order_by(Stock.location)
    return {**item, "locations": list(locations.dicts())}


def read_movements(sku: str, before: int | None, size: int) -> list[dict[str, Any]]:
    """Read a page of an item's movements, newest first, that begins before one of them.

    Raises:
        SkuNotFound: there is no such item.
    """
    if not Item.select().where(Item.sku == sku).exists():
        raise SkuNotFound(f"There is no item {sku}.")
    rows: Any = (
        Movement.select(*_ENTRY).where(Movement.sku == sku).order_by(Movement.number.desc()).limit(size)
    )
    if before is not None:
        rows = rows.where(Movement.number < before)
    return list(rows.dicts())


def _items() -> Any:
    return (
        Item.select(
            Item.sku,
            Item.level,
            Item.threshold,
            fn.SUM(Stock.on_hand).alias("on_hand"),
            fn.SUM(Stock.reserved).alias("reserved"),
            fn.MAX(Stock.on_hand - Stock.reserved).alias("available"),
        )
        .join(Stock)
        .group_by(Item.sku)
    )
