"""What inventory's tests share: shelves with goods on them, and tokens for its callers."""

import pytest

from prost.db import uuid7
from prost_inventory.models import Stock
from prost_inventory.use_cases.goods import adjust_stock, learn_skus
from prost_inventory.use_cases.invariants import invariants


@pytest.fixture
def shelf(database):
    """Return a function that puts so many of an item on a shelf."""

    def put(sku, on_hand=0, location="main"):
        learn_skus([sku])
        if on_hand:
            adjust_stock(sku, on_hand, None, "anna", "delivered", location)
        return sku

    return put


@pytest.fixture
def stock():
    """Return a function that tells what lies on a shelf: on hand and reserved."""

    def of(sku, location="main"):
        row = Stock.get((Stock.item == sku) & (Stock.location == location))
        return row.on_hand, row.reserved

    return of


@pytest.fixture
def order():
    """Give the id of an order."""
    return uuid7()


@pytest.fixture
def sound(database):
    """Hold a test to the invariants once it is over."""
    yield
    assert invariants() == []


@pytest.fixture
def as_orders(token):
    """Give the headers with which the service of orders calls."""
    return {"Authorization": f"Bearer {token.of_service('orders')}"}


@pytest.fixture
def as_staff(token):
    """Give the headers with which staff calls."""
    return {"Authorization": f"Bearer {token('support', subject='sepp')}"}
