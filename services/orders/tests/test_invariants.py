"""What should not be of vouchers, invoices and returns is found."""

import pytest

from prost.db import database as db
from prost.db import uuid7
from prost_orders.domain.vouchers import VoucherKind
from prost_orders.use_cases.invariants import invariants
from prost_orders.use_cases.returns import Withdrawal, withdraw
from prost_orders.use_cases.vouchers import NewVoucher, create_voucher


@pytest.fixture
def violations(database):
    """Return a function that tells what one invariant finds."""
    return lambda name: [each["order_id"] for each in invariants() if each["invariant"] == name]


def test_a_confirmed_order_without_an_invoice_is_found(sell, violations):
    order = sell(state="CONFIRMED")
    before = violations("a-confirmed-order-has-an-invoice")

    db.execute_sql("ALTER TABLE documents DISABLE TRIGGER documents_stay")
    db.execute_sql("DELETE FROM documents")

    assert (before, violations("a-confirmed-order-has-an-invoice")) == ([], [order])


def test_a_return_that_is_not_settled_in_half_an_hour_is_found(sell, violations, clock):
    order = sell(state="CONFIRMED")
    withdraw(order, Withdrawal(None, None), uuid7(), uuid7())
    before = violations("returns-are-settled-in-time")

    clock.advance(1801)

    assert (before, violations("returns-are-settled-in-time")) == ([], [order])


def test_a_voucher_that_did_not_come_back_is_found(sell, move, violations):
    create_voucher(NewVoucher(VoucherKind.FIXED, 100, 0, "ONE", False, None, None, None, True), "sepp")
    order, kept = sell(voucher="ONE"), sell(voucher="ONE")
    move(order, "EXPIRED")
    before = violations("a-voucher-is-used-by-orders-that-live")

    db.execute_sql("UPDATE voucher_redemptions SET returned_at = now() WHERE order_id = %s", (kept,))
    db.execute_sql("UPDATE voucher_redemptions SET returned_at = NULL WHERE order_id = %s", (order,))

    assert before == []
    assert sorted(violations("a-voucher-is-used-by-orders-that-live")) == sorted([order, kept])
