"""Adds, changes and archives variants, and sets their prices."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from peewee import IntegrityError

from prost.db import database, utcnow
from prost.events import Outbox
from prost.money import Money
from prost_catalog import domain
from prost_catalog.domain import DepositKind, ProductState
from prost_catalog.events import PriceChanged
from prost_catalog.models import Price, Variant
from prost_catalog.use_cases.editing import announce, breach, bump, lock_product

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


def add_variant(product_id: UUID, version: int | None, facts: Mapping[str, Any], set_by: str) -> UUID:
    """Add a variant and its first price, given as `price`, behind the others.

    Raises:
        ProductNotFound, StaleVersion, SkuTaken: as they say.
        Invalid: naming the field that breaks a rule.
    """
    with database.atomic():
        product = lock_product(product_id, version)
        position = Variant.select().where(Variant.product == product_id).count()
        variant = insert_variant(product_id, {"position": position, **facts}, set_by)
        bump(product)
        announce(product)
    variant_id: UUID = variant.id
    return variant_id


def insert_variant(product_id: UUID, facts: Mapping[str, Any], set_by: str) -> Variant:
    """Insert a variant with its first price into a product that the caller's transaction holds."""
    values = {"pack_size": 1, **facts}
    price: Money = values.pop("price")
    _check_deposit(values)
    try:
        with database.atomic():
            variant: Variant = Variant.create(product=product_id, **values)
    except IntegrityError as error:
        if "variants_sku_key" not in str(error):
            raise
        raise domain.SkuTaken(f"Another variant is already called {values['sku']}.") from error
    _append_price(variant, price, set_by)
    return variant


def change_variant(variant_id: UUID, version: int | None, changes: Mapping[str, Any]) -> UUID:
    """Change facts of a variant; returns the id of its product.

    Raises:
        VariantNotFound, StaleVersion: as they say.
        Invalid: naming the field that breaks a rule.
    """
    with database.atomic():
        product_id = _product_of(variant_id)
        product = lock_product(product_id, version)
        variant: Variant = Variant.get_by_id(variant_id)
        for name, value in changes.items():
            setattr(variant, name, value)
        _check_deposit(variant.__data__)
        variant.save()
        bump(product)
        announce(product)
    return product_id


def archive_variant(variant_id: UUID, version: int | None) -> UUID:
    """Take a variant out of the shop for good; orders of the past go on referring to it.

    Raises:
        VariantNotFound, StaleVersion: as they say.
        TransitionRefused: a published product would be left without a variant.
    """
    with database.atomic():
        product_id = _product_of(variant_id)
        product = lock_product(product_id, version)
        others = (Variant.product == product_id) & ~Variant.archived & (Variant.id != variant_id)
        if product.state == ProductState.PUBLISHED and not Variant.select().where(others).exists():
            raise domain.TransitionRefused("A published product keeps its last variant.")
        Variant.update(archived=True, available=False).where(Variant.id == variant_id).execute()
        bump(product)
        announce(product)
    return product_id


def set_price(variant_id: UUID, version: int | None, amount: Money, set_by: str) -> UUID:
    """Let a gross price hold from now on; the same price again is no change. Returns the product's id.

    Raises:
        VariantNotFound, StaleVersion: as they say.
        Invalid: the price is not above zero.
    """
    if amount.minor <= 0:
        raise breach("price.amount", "A price is above zero.")
    with database.atomic():
        product_id = _product_of(variant_id)
        product = lock_product(product_id, version)
        if _append_price(Variant.get_by_id(variant_id), amount, set_by):
            bump(product)
            announce(product)
    return product_id


def _product_of(variant_id: UUID) -> UUID:
    found = (
        Variant.select(Variant.product).where((Variant.id == variant_id) & ~Variant.archived).tuples().first()
    )
    if found is None:
        raise domain.VariantNotFound("There is no such variant.")
    product_id: UUID = found[0]
    return product_id


def _append_price(variant: Variant, amount: Money, set_by: str) -> bool:
    """Add a price after the variant's last one and tell the other services, unless it is the same."""
    last = Price.select().where(Price.variant == variant.id).order_by(Price.valid_from.desc()).first()
    if last is not None and last.amount_minor == amount.minor:
        return False
    valid_from = utcnow()
    if last is not None:
        # Clocks of two machines differ; the history must not.
        valid_from = max(valid_from, last.valid_from + timedelta(microseconds=1))
    Price.create(variant=variant.id, amount_minor=amount.minor, valid_from=valid_from, set_by=set_by)
    Outbox.add(
        PriceChanged(
            product_id=variant.product_id,
            variant_id=variant.id,
            sku=variant.sku,
            amount_minor=amount.minor,
            previous_minor=None if last is None else last.amount_minor,
            currency=amount.currency,
        )
    )
    return True


def _check_deposit(values: Mapping[str, Any]) -> None:
    domain.check_deposit(
        DepositKind(values["deposit_kind"]),
        Money(values["deposit_minor"]),
        values["volume_ml"],
        values["pack_size"],
    )
