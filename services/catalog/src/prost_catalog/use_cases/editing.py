"""What every change of a product has in common: the lock, the version, the card and the news."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prost.errors import FieldError, Invalid
from prost.events import Outbox
from prost_catalog import domain
from prost_catalog.events import ProductChanged
from prost_catalog.models import Product, Variant
from prost_catalog.use_cases.cards import refresh_cards

if TYPE_CHECKING:
    from uuid import UUID


def lock_product(product_id: UUID, version: int | None) -> Product:
    """Hold a product against other writers until the transaction ends; None as version takes any.

    Raises:
        ProductNotFound: there is none.
        StaleVersion: it is not at the version that the caller has read.
    """
    # A weaker lock than FOR UPDATE, which would wait for those who merely refer to the product.
    strength: Any = "FOR NO KEY UPDATE"
    held = Product.select().where(Product.id == product_id).for_update(strength)
    product: Product | None = held.get_or_none()
    if product is None:
        raise domain.ProductNotFound("There is no such product.")
    if version is not None and version != product.version:
        raise domain.StaleVersion("The product was changed since you read it.")
    return product


def bump(product: Product) -> None:
    """Write what was set on a locked product as its next version."""
    product.version += 1
    product.save()


def announce(product: Product) -> None:
    """Refresh a product's card and tell the other services, in the transaction of the change."""
    refresh_cards([product.id])
    live = Variant.select(Variant.sku).where((Variant.product == product.id) & ~Variant.archived)
    rows: Any = live.order_by(Variant.position, Variant.id).tuples()
    Outbox.add(
        ProductChanged(
            product_id=product.id,
            slug=product.slug,
            name=product.name,
            state=product.state,
            version=product.version,
            skus=tuple(sku for (sku,) in rows),
        )
    )


def breach(field: str, message: str) -> Invalid:
    """Say that a field of the body breaks a rule that only the database can tell."""
    return Invalid(message, errors=[FieldError(f"body.{field}", message)])
