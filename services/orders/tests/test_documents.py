"""Invoices on a real PostgreSQL: their numbers, and that they stay as they were issued."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import peewee
import pytest

from prost.db import database as db
from prost_orders.domain.documents import DocumentNotFound
from prost_orders.use_cases.documents import current_seller, read_correction, read_invoice, set_seller

SELLER = {
    "name": "Getränke Ada e. K.",
    "street": "Isarweg 2",
    "postal_code": "80469",
    "city": "München",
    "country": "DE",
    "vat_id": None,
    "tax_number": "143/999/99999",
    "trade_register": None,
    "managers": None,
    "email": "ada@example.org",
    "phone": None,
}


def numbers(kind="INVOICE"):
    found = db.execute_sql("SELECT number FROM documents WHERE kind = %s ORDER BY number", (kind,)).fetchall()
    return [number for (number,) in found]


def test_an_order_has_an_invoice_from_its_confirmation_on(sell, move):
    order = sell()
    with pytest.raises(DocumentNotFound):
        read_invoice(order)

    move(order, "CONFIRMED")

    invoice = read_invoice(order)
    assert (invoice["kind"], invoice["language"]) == ("INVOICE", "de")
    assert invoice["buyer"]["name"] == "Zoë Grünwald-Łuczak"
    assert [(line["quantity"], line["goods_minor"], line["deposit_minor"]) for line in invoice["lines"]] == [
        (10, 1290, 80),
        (2, 398, 30),
    ]
    assert invoice["total_minor"] == 1290 + 398 + 80 + 30 + 490
    assert sum(share["gross_minor"] for share in invoice["vat"]) == invoice["total_minor"]


def test_the_numbers_of_a_year_have_no_gap(sell, clock):
    clock.now = datetime(2030, 12, 31, 22, 59, 59, tzinfo=UTC)
    sell(state="CONFIRMED")
    sell(state="REJECTED")
    sell(state="CONFIRMED")
    clock.advance(1)
    # It is midnight in Berlin.
    sell(state="CONFIRMED")

    assert numbers() == ["RE-2030-000001", "RE-2030-000002", "RE-2031-000001"]


def test_a_confirmation_that_is_rolled_back_takes_no_number(sell, move):
    order = sell()

    with db.atomic() as transaction:
        move(order, "CONFIRMED")
        transaction.rollback()
    sell(state="CONFIRMED")

    assert [number[-6:] for number in numbers()] == ["000001"]


def test_confirmations_at_once_get_numbers_without_a_gap(sell, move):
    orders = [sell() for _ in range(20)]
    start = threading.Barrier(20)

    def confirm(order):
        db.connect(reuse_if_open=True)
        start.wait(60)
        try:
            move(order, "CONFIRMED")
        finally:
            db.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(confirm, orders))

    assert [int(number[-6:]) for number in numbers()] == list(range(1, 21))


def test_a_number_beyond_a_million_keeps_its_digits(sell):
    sell(state="CONFIRMED")
    db.execute_sql("UPDATE document_counters SET last = 999999")

    sell(state="CONFIRMED")

    assert sorted(number[8:] for number in numbers()) == ["000001", "1000000"]


@pytest.mark.parametrize("statement", ["UPDATE documents SET content = '{}'", "DELETE FROM documents"])
def test_no_document_is_changed_or_deleted(sell, statement):
    sell(state="CONFIRMED")

    with pytest.raises(peewee.IntegrityError):
        db.execute_sql(statement)


def test_an_invoice_says_what_was_true_when_it_was_issued(sell):
    order = sell(state="CONFIRMED")
    before = read_invoice(order)

    set_seller(SELLER, "sepp")
    db.execute_sql(
        "UPDATE orders SET shipping_address = NULL, email = NULL, anonymized_at = now() WHERE id = %s",
        (order,),
    )

    assert read_invoice(order) == before
    assert before["seller"]["name"] == "Prost Getränke GmbH"
    assert read_invoice(sell(state="CONFIRMED"))["seller"] == SELLER


def test_the_seller_that_was_set_last_is_in_force(database):
    set_seller(SELLER, "sepp")
    set_seller({**SELLER, "name": "Ada & Söhne"}, "sepp")

    assert current_seller()["name"] == "Ada & Söhne"


def test_an_order_that_is_called_off_has_its_invoice_cancelled(sell, move):
    order = sell(state="CONFIRMED")

    move(order, "CANCELLED")

    (number,) = numbers("CANCELLATION")
    cancellation = read_correction(order, number)
    invoice = read_invoice(order)
    assert number[:3] == "RK-"
    assert cancellation["corrects"] == {"number": invoice["number"], "issued_on": invoice["issued_on"]}
    assert cancellation["total_minor"] == invoice["total_minor"]


def test_an_order_that_was_never_confirmed_has_nothing_to_be_cancelled(sell):
    sell(state="CANCELLED")

    assert numbers("CANCELLATION") == []


def test_a_correction_belongs_to_its_order(sell, move):
    order, other = sell(state="CONFIRMED"), sell(state="CONFIRMED")
    move(order, "CANCELLED")
    (number,) = numbers("CANCELLATION")

    with pytest.raises(DocumentNotFound):
        read_correction(other, number)
    with pytest.raises(DocumentNotFound):
        read_correction(order, read_invoice(order)["number"])
