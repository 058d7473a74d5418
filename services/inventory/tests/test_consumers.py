"""What inventory hears, each event delivered twice."""

from typing import ClassVar
from uuid import UUID

import pytest

from prost.db import uuid7
from prost.events import Event
from prost.spec import ServiceSpec
from prost_inventory.consumers import HANDLERS, on_order_cancelled
from prost_inventory.models import Item
from prost_inventory.use_cases.reservations import deduct_stock, reserve_stock

pytestmark = pytest.mark.usefixtures("sound")


class ProductChanged(Event):
    """As the catalogue publishes it."""

    type: ClassVar[str] = "catalog.product-changed.v1"
    product_id: UUID
    slug: str = "helles"
    name: str = "Helles"
    state: str = "DRAFT"
    version: int = 1
    skus: tuple[str, ...] = ()

    def aggregate_id(self):
        return self.product_id


class ProductChangedBefore(ProductChanged):
    """As it did before it named the variants."""

    skus: ClassVar[tuple[str, ...]] = ()


class OrderCancelled(Event):
    """As orders publish it."""

    type: ClassVar[str] = "orders.order-cancelled.v1"
    order_id: UUID
    reason: str = "changed my mind"

    def aggregate_id(self):
        return self.order_id


def skus():
    return sorted(sku for (sku,) in Item.select(Item.sku).tuples())


def test_every_event_that_is_declared_has_its_handler(service_home):
    assert set(HANDLERS) == set(ServiceSpec.load(service_home).events.consumes)


def test_the_variants_of_a_product_get_their_places_on_the_shelf(shelf, stock, bus):
    shelf("HELLES-050", 10)

    bus.deliver(HANDLERS, ProductChanged(product_id=uuid7(), skus=("HELLES-050", "HELLES-CRATE")))

    assert (stock("HELLES-050"), stock("HELLES-CRATE")) == ((10, 0), (0, 0))


def test_news_that_name_no_variants_change_nothing(shelf, bus):
    shelf("HELLES-050", 10)

    bus.deliver(HANDLERS, ProductChangedBefore(product_id=uuid7()))

    assert skus() == ["HELLES-050"]


def test_a_cancelled_order_gives_back_what_it_holds(shelf, stock, order, bus):
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 900)

    envelope = bus.deliver({OrderCancelled.type: on_order_cancelled}, OrderCancelled(order_id=order))

    (released,) = bus.published("inventory.stock-released.v1")
    assert stock("HELLES") == (10, 0)
    assert released.data["reason"] == "order-cancelled"
    assert released.causation_id == envelope.id


def test_a_cancelled_order_that_was_sent_keeps_its_goods_until_they_are_returned(shelf, stock, order, bus):
    shelf("HELLES", 10)
    reserve_stock(order, [("HELLES", 4)], 900)
    deduct_stock(order)

    bus.deliver({OrderCancelled.type: on_order_cancelled}, OrderCancelled(order_id=order))

    assert stock("HELLES") == (6, 0)
