"""The tables of inventory, for reading: what changes them are the functions of the migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peewee import BigIntegerField, CompositeKey, ForeignKeyField, IntegerField, TextField, UUIDField

from prost.db import Model, TimestampField

if TYPE_CHECKING:
    from uuid import UUID


class Item(Model):
    """What is bought and sold under one SKU, and the level that was announced last."""

    id = UUIDField(unique=True)
    sku = TextField(primary_key=True)
    threshold = IntegerField(default=12)
    level = TextField()
    created_at = TimestampField()

    class Meta:
        """Table name."""

        table_name = "items"


class Stock(Model):
    """How much of an item lies at a location; the database counts it, from movements and holds."""

    id = None  # type: ignore[assignment] # Item and location name it.
    item = ForeignKeyField(Item, column_name="sku", backref="stock", on_delete="RESTRICT")
    location = TextField()
    on_hand = IntegerField()
    reserved = IntegerField()

    class Meta:
        """Table name and key."""

        table_name = "stock"
        primary_key = CompositeKey("item", "location")


class Reservation(Model):
    """What has become of an order's lines."""

    id = None  # type: ignore[assignment] # The order names it.
    order_id = UUIDField(primary_key=True)
    state = TextField()
    expires_at = TimestampField()
    reason = TextField(null=True)
    created_at = TimestampField()
    updated_at = TimestampField()

    class Meta:
        """Table name."""

        table_name = "reservations"


class Hold(Model):
    """One line of a reservation, and where it lies."""

    if TYPE_CHECKING:
        order_id: UUID

    id = None  # type: ignore[assignment] # Order and SKU name it.
    order = ForeignKeyField(Reservation, column_name="order_id", backref="holds", on_delete="RESTRICT")
    sku = TextField()
    location = TextField()
    quantity = IntegerField()

    class Meta:
        """Table name and key."""

        table_name = "holds"
        primary_key = CompositeKey("order", "sku")


class Movement(Model):
    """An entry of the ledger: `delta` came to a shelf or left it. Later entries have higher numbers."""

    id = None  # type: ignore[assignment] # SKU and number name it.
    sku = TextField()
    number = BigIntegerField()
    location = TextField()
    kind = TextField()
    delta = IntegerField()
    order_id = UUIDField(null=True)
    return_id = UUIDField(null=True)
    actor = TextField(null=True)
    reason = TextField(null=True)
    created_at = TimestampField()

    class Meta:
        """Table name and key."""

        table_name = "movements"
        primary_key = CompositeKey("sku", "number")


class Return(Model):
    """One line of what came back from an order."""

    id = None  # type: ignore[assignment] # Order, SKU and return name it.
    order_id = UUIDField()
    return_id = UUIDField()
    sku = TextField()
    quantity = IntegerField()
    disposition = TextField()
    created_at = TimestampField()

    class Meta:
        """Table name and key."""

        table_name = "returns"
        primary_key = CompositeKey("order_id", "sku", "return_id")
