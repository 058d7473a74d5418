"""Makes, changes, publishes and withdraws products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peewee import IntegrityError

from prost.db import database
from prost_catalog import domain
from prost_catalog.domain import ProductState
from prost_catalog.models import Category, Producer, Product, Style, Variant
from prost_catalog.use_cases.editing import announce, breach, bump, lock_product
from prost_catalog.use_cases.variants import insert_variant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

_SHELVES: dict[str, Any] = {"category": Category, "producer": Producer, "style": Style}


def create_product(facts: Mapping[str, Any], variants: Sequence[Mapping[str, Any]], set_by: str) -> UUID:
    """Make a draft with its variants and their first prices; category, producer and style come as slugs.

    Raises:
        Invalid: naming the field that breaks a rule.
        SlugTaken, SkuTaken: another product or variant was first.
    """
    values = _with_shelves(facts)
    values["slug"] = values.get("slug") or domain.slugify(values["name"])
    if not values["slug"]:
        raise breach("slug", "No slug can be made of this name.")
    domain.check_minimum_age(values["minimum_age"], values.get("alcohol_by_volume"))
    with database.atomic():
        product = _saved(values["slug"], lambda: Product.create(**values))
        for position, variant in enumerate(variants):
            insert_variant(product.id, {"position": position, **variant}, set_by)
        announce(product)
    product_id: UUID = product.id
    return product_id


def change_product(product_id: UUID, version: int | None, changes: Mapping[str, Any]) -> None:
    """Change facts of a product.

    Raises:
        ProductNotFound, StaleVersion, SlugTaken: as they say.
        Invalid: naming the field that breaks a rule.
    """
    with database.atomic():
        product = lock_product(product_id, version)
        for name, value in _with_shelves(changes).items():
            setattr(product, name, value)
        domain.check_minimum_age(product.minimum_age, product.alcohol_by_volume)
        _saved(product.slug, lambda: bump(product))
        announce(product)


def move_product(product_id: UUID, version: int | None, wanted: ProductState) -> None:
    """Publish, withdraw or archive a product; its own state again is no change.

    Raises:
        ProductNotFound, StaleVersion, TransitionRefused: as they say.
    """
    with database.atomic():
        product = lock_product(product_id, version)
        state = domain.move_product(ProductState(product.state), wanted)
        if state == product.state:
            return
        if state is ProductState.PUBLISHED and not _has_variants(product_id):
            raise domain.TransitionRefused("A product without a variant cannot be published.")
        product.state = state
        bump(product)
        announce(product)


def _has_variants(product_id: UUID) -> bool:
    live = Variant.select().where((Variant.product == product_id) & ~Variant.archived)
    return bool(live.exists())


def _with_shelves(facts: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(facts)
    for name, model in _SHELVES.items():
        slug = values.get(name)
        if slug is not None:
            values[name] = model.get_or_none(model.slug == slug)
            if values[name] is None:
                raise breach(name, f"There is no {name} with this slug.")
    return values


def _saved(slug: str, save: Callable[[], Any]) -> Any:
    try:
        with database.atomic():
            return save()
    except IntegrityError as error:
        if "products_slug_key" not in str(error):
            raise
        raise domain.SlugTaken(f"Another product is already at {slug}.") from error
