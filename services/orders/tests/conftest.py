"""What the tests of orders share: orders as they are placed, and tokens for their callers."""

import json
from uuid import UUID

import pytest

from prost.db import database as db
from prost.db import utcnow, uuid7
from prost_orders.domain.numbers import new_number
from prost_orders.domain.pricing import PricedLine, quote
from prost_orders.domain.shipping import SHIPPING_RATES
from prost_orders.use_cases.vouchers import find_voucher

BEER, MILK = UUID(int=1), UUID(int=2)
HELLES = PricedLine(BEER, quantity=10, unit_price=129, unit_deposit=8, vat_rate=1900)
MILCH = PricedLine(MILK, quantity=2, unit_price=199, unit_deposit=15, vat_rate=700)
ADDRESS = {
    "name": "Zoë Grünwald-Łuczak",
    "street": "Straße des 17. Juni 135",
    "postal_code": "10623",
    "city": "Berlin",
    "country": "DE",
}


@pytest.fixture
def as_staff(token):
    """Give the headers with which those who keep the catalogue call."""
    return {"Authorization": f"Bearer {token('catalog-manager', subject='sepp')}"}


@pytest.fixture
def sell(database):
    """Return a function that writes an order as it is placed, and takes it to a state."""

    def write(
        *lines, customer="ada", email=None, method="standard", voucher=None, terms=None, state="PLACED"
    ):
        lines = lines or (HELLES, MILCH)
        if voucher is not None:
            terms = find_voucher(voucher, customer, email)
        cost = quote(lines, SHIPPING_RATES[method], terms)
        order_id, now = uuid7(), utcnow()
        row = {
            "id": order_id,
            "number": new_number(),
            "customer_id": customer,
            "guest_hash": None if customer else "0" * 64,
            "email": email,
            "state": "PLACED",
            "payment_state": "NONE",
            "payment_method": "pm_card_visa",
            "shipping_method": method,
            "shipping_address": json.dumps(ADDRESS),
            "voucher_code": cost.voucher,
            "subtotal_minor": cost.goods,
            "discount_minor": cost.discount,
            "shipping_minor": cost.shipping,
            "shipping_refundable_minor": cost.shipping_refundable,
            "deposit_minor": cost.deposit,
            "total_minor": cost.total,
            "vat": json.dumps(
                [
                    {
                        "rate": f"{share.rate / 100:.2f}",
                        "gross_minor": share.gross,
                        "net_minor": share.net,
                        "vat_minor": share.vat,
                    }
                    for share in cost.vat
                ]
            ),
            "minimum_age": 16,
            "placed_at": now,
            "updated_at": now,
        }
        with db.atomic():
            _insert("orders", row)
            for position, (line, quoted) in enumerate(zip(lines, cost.lines, strict=True)):
                _insert(
                    "order_lines",
                    {
                        "order_id": order_id,
                        "position": position,
                        "variant_id": line.variant_id,
                        "product_id": UUID(int=line.variant_id.int + 100),
                        "sku": f"SKU-{line.variant_id.int}",
                        "slug": "augustiner-helles",
                        "name": "Augustiner Lagerbier Hell",
                        "variant": json.dumps({"de": "0,5 l Mehrwegflasche", "en": "0.5 l reusable bottle"}),
                        "quantity": line.quantity,
                        "unit_price_minor": line.unit_price,
                        "deposit_minor": line.unit_deposit,
                        "discount_minor": quoted.discount,
                        "vat_rate": f"{line.vat_rate / 100:.2f}",
                    },
                )
        if state != "PLACED":
            _move(order_id, state)
        return order_id

    return write


@pytest.fixture
def move(database):
    """Return a function that takes an order to a state, as the saga does in the end."""
    return _move


def _move(order_id, state):
    now = utcnow()
    confirmed = now if state == "CONFIRMED" else None
    db.execute_sql(
        "UPDATE orders SET state = %s, updated_at = %s, confirmed_at = coalesce(confirmed_at, %s),"
        " payment_state = CASE WHEN %s = 'CONFIRMED' THEN 'CAPTURED' ELSE payment_state END WHERE id = %s",
        (state, now, confirmed, state, order_id),
    )


def _insert(table, row):
    statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})"  # noqa: S608
    db.execute_sql(statement, tuple(row.values()))
