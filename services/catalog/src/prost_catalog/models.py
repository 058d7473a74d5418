"""The catalogue's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peewee import (
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    DecimalField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)
from playhouse.postgres_ext import ArrayField, BinaryJSONField

from prost.db import Model, Timestamped, TimestampField, utcnow
from prost_catalog.domain import ProductState, ReviewState

if TYPE_CHECKING:
    from uuid import UUID


class Media(Model):
    """A stored picture, one row per content, at `/media/catalog/<content_hash>/<width>.<format>`."""

    content_hash = CharField(max_length=64, unique=True)
    color = CharField(max_length=7)
    widths = ArrayField(IntegerField, default=lambda: [320, 640, 1280])
    formats = ArrayField(TextField, default=lambda: ["avif"])

    class Meta:
        """Table options."""

        table_name = "media"


class Category(Model):
    """A shelf of the shop; at most one level below another."""

    slug = CharField(max_length=120, unique=True)
    parent = ForeignKeyField("self", null=True, backref="children", on_delete="RESTRICT")
    name_de = CharField(max_length=80)
    name_en = CharField(max_length=80)
    description_de = TextField(default="")
    description_en = TextField(default="")
    position = IntegerField(default=0)
    image = ForeignKeyField(Media, null=True, on_delete="RESTRICT")

    class Meta:
        """Table options."""

        table_name = "categories"


class Producer(Model):
    """A brewery, winery, distillery or press house."""

    slug = CharField(max_length=120, unique=True)
    name = CharField(max_length=120)
    country = CharField(max_length=2)
    region = CharField(max_length=80, null=True)

    class Meta:
        """Table options."""

        table_name = "producers"


class Style(Model):
    """A kind of drink inside a category, such as Pils or Riesling."""

    slug = CharField(max_length=120, unique=True)
    name_de = CharField(max_length=80)
    name_en = CharField(max_length=80)

    class Meta:
        """Table options."""

        table_name = "styles"


class Product(Timestamped):
    """A drink with the facts that food law wants shown before purchase.

    The database counts the `number`, which is the product's place in the arrays of the search index.
    """

    number = IntegerField(unique=True)
    slug = CharField(max_length=120, unique=True)
    name = CharField(max_length=160)
    state = CharField(max_length=16, default=ProductState.DRAFT)
    version = IntegerField(default=1)
    category = ForeignKeyField(Category, backref="products", on_delete="RESTRICT")
    producer = ForeignKeyField(Producer, backref="products", on_delete="RESTRICT")
    style = ForeignKeyField(Style, null=True, backref="products", on_delete="RESTRICT")
    country = CharField(max_length=2)
    region = CharField(max_length=80, null=True)
    alcohol_by_volume = DecimalField(max_digits=4, decimal_places=1, null=True)
    minimum_age = SmallIntegerField(default=0)
    vat_rate = DecimalField(max_digits=4, decimal_places=2)
    featured = BooleanField(default=False)
    description_de = TextField(default="")
    description_en = TextField(default="")
    tasting_de = TextField(default="")
    tasting_en = TextField(default="")
    ingredients_de = TextField(null=True)
    ingredients_en = TextField(null=True)
    allergens = ArrayField(TextField, default=list)
    serving = BinaryJSONField(null=True, index=False)
    rating_sum = IntegerField(default=0)
    rating_count = IntegerField(default=0)

    class Meta:
        """Table options."""

        table_name = "products"


class Variant(Model):
    """A product in one vessel and pack; `volume_ml` is that of one container, `pack_size` their number."""

    if TYPE_CHECKING:
        product_id: UUID

    product = ForeignKeyField(Product, backref="variants", on_delete="CASCADE")
    sku = CharField(max_length=40, unique=True)
    name_de = CharField(max_length=80)
    name_en = CharField(max_length=80)
    volume_ml = IntegerField()
    pack_size = IntegerField(default=1)
    vessel = CharField(max_length=16)
    deposit_kind = CharField(max_length=16)
    deposit_minor = IntegerField(default=0)
    available = BooleanField(default=True)
    archived = BooleanField(default=False)
    position = IntegerField(default=0)

    class Meta:
        """Table options."""

        table_name = "variants"


class Price(Model):
    """A gross price in euro cents from one instant on; rows are only ever added."""

    variant = ForeignKeyField(Variant, backref="prices", on_delete="CASCADE")
    amount_minor = IntegerField()
    valid_from = TimestampField(default=utcnow)
    set_by = CharField(max_length=120, default="system")

    class Meta:
        """Table options."""

        table_name = "prices"


class ProductImage(Model):
    """A picture of a product; the one with the lowest position leads."""

    product = ForeignKeyField(Product, backref="images", on_delete="CASCADE")
    media = ForeignKeyField(Media, on_delete="RESTRICT")
    alt_de = CharField(max_length=200)
    alt_en = CharField(max_length=200)
    position = IntegerField(default=0)

    class Meta:
        """Table options."""

        table_name = "product_images"


class Review(Model):
    """What one customer says about one product; the customer is NULL once their account is gone."""

    if TYPE_CHECKING:
        product_id: UUID

    product = ForeignKeyField(Product, backref="reviews", on_delete="CASCADE")
    customer_id = CharField(max_length=120, null=True)
    author = CharField(max_length=60, null=True)
    rating = SmallIntegerField()
    title = CharField(max_length=120)
    body = TextField(default="")
    state = CharField(max_length=16, default=ReviewState.PENDING)
    moderated_by = CharField(max_length=120, null=True)
    moderated_at = TimestampField(null=True)
    created_at = TimestampField(default=utcnow)

    class Meta:
        """Table options."""

        table_name = "reviews"


class ProductCard(Model):
    """What lists and search show of a product, written in the transaction that changed it.

    `card` is the JSON object of a list item, `details` the JSON object of what the product page adds and
    `document` what the search index knows; all three are NULL while customers may not see the product.
    `seq` grows in commit order, so it is the feed that every search index follows.
    """

    id = None  # type: ignore[assignment] # Its key is that of the product.
    product = ForeignKeyField(Product, primary_key=True, on_delete="CASCADE")
    seq = BigIntegerField(unique=True)
    card = BlobField(null=True)
    details = BlobField(null=True)
    document = BinaryJSONField(null=True, index=False)

    class Meta:
        """Table options."""

        table_name = "product_cards"
