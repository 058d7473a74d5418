"""What an order would cost, what it costs with a voucher, and the invoice of it."""

import asyncio
import io
from hashlib import sha256
from uuid import UUID

import pytest
from pypdf import PdfReader

from prost.db import database as db

BORIS = "01990000-0000-7000-8000-00000000000b"
HELLES = UUID("01990000-0000-7000-8000-000000000001")
VODKA = UUID("01990000-0000-7000-8000-000000000002")


@pytest.fixture
def voucher(shop, token):
    """Return a coroutine function that makes a voucher."""
    headers = {"Authorization": f"Bearer {token('admin', subject='sepp')}"}

    async def make(code="PROST-10", **facts):
        body = {"code": code, "kind": "PERCENT", "percent": 10, **facts}
        made = await shop.post("/orders/vouchers", json=body, headers=headers)
        return lambda: shop.get(made.headers["location"], headers=headers)

    return make


@pytest.fixture
def quote(shop, as_anna):
    """Return a coroutine function that asks what Anna's cart would cost."""

    async def ask(headers=None, **body):
        return await shop.post("/orders/quote", json=body, headers=as_anna if headers is None else headers)

    return ask


async def test_a_quote_is_what_the_order_costs_and_places_nothing(quote, buy, voucher):
    await voucher()

    quoted = (await quote(voucher="prost-10", shipping_method="express")).json
    placed = db.execute_sql("SELECT count(*) FROM orders").fetchone()
    ordered = (await buy(voucher="prost-10", shipping_method="express")).json

    assert placed == (0,)
    assert (quoted["subtotal"]["amount"], quoted["discount"]["amount"]) == ("7.74", "0.77")
    assert (quoted["minimum_age"], quoted["voucher"]) == (16, "PROST-10")
    sums = ("subtotal", "discount", "shipping", "deposit", "total", "vat", "voucher")
    assert {name: quoted[name] for name in sums} == {name: ordered[name] for name in sums}


async def test_a_guest_is_quoted_what_is_in_the_cart_of_the_cookie(quote, street):
    street.fill(sha256(b"guest").hexdigest(), (VODKA, 1))

    quoted = await quote(headers={"Cookie": "prost_cart=guest"})

    assert quoted.json["subtotal"]["amount"] == "14.99"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"voucher": "NEVER"}, "body.voucher", "voucher-unknown"),
        ({"voucher": "' OR 1=1"}, "body.voucher", "voucher-unknown"),
        ({"shipping_method": "drone"}, "body.shipping_method", "unknown"),
    ],
)
async def test_a_quote_names_the_field_that_is_wrong(quote, body, field, code):
    refused = await quote(**body)

    assert refused.status_code == 422
    assert [(fault["field"], fault["code"]) for fault in refused.json["errors"]] == [(field, code)]


async def test_nothing_is_quoted_for_an_empty_cart(quote):
    refused = await quote(headers={})

    assert (refused.status_code, refused.json["code"]) == (422, "cart-empty")


async def test_the_ways_of_sending_an_order_are_listed(shop):
    listed = (await shop.get("/orders/shipping-methods")).json["items"]

    assert [(each["method"], each["price"]["amount"]) for each in listed] == [
        ("standard", "4.90"),
        ("express", "9.90"),
    ]
    assert listed[0]["free_from"]["amount"] == "59.00"
    assert listed[1]["free_from"] is None


async def test_of_two_orders_at_once_one_uses_the_last_of_a_voucher(buy, voucher, street, token):
    read = await voucher(total_limit=1)
    street.fill(BORIS, (HELLES, 6))
    boris = {"Authorization": f"Bearer {token('customer', subject=BORIS)}"}

    answers = await asyncio.gather(
        buy(voucher="PROST-10"), buy(key="key-2", headers=boris, voucher="PROST-10")
    )

    assert sorted(answer.status_code for answer in answers) == [201, 422]
    (refused,) = [answer for answer in answers if answer.status_code == 422]
    assert [fault["field"] for fault in refused.json["errors"]] == ["body.voucher"]
    assert (await read()).json["used"] == 1


async def test_an_order_that_is_not_paid_gives_its_voucher_back_with_its_goods(buy, voucher, recover):
    read = await voucher(once_per_customer=True)
    failed = await buy(voucher="PROST-10", payment_method="pm_card_chargeDeclined")
    waiting = (await read()).json["used"]

    await recover(later=900)

    assert (failed.json["state"], waiting) == ("PAYMENT_FAILED", 1)
    assert (await read()).json["used"] == 0


async def test_an_invoice_is_printed_in_the_language_of_its_order(buy, shop, as_anna):
    order = (await buy(headers={**as_anna, "Accept-Language": "en-GB,de;q=0.5"})).json

    printed = await shop.get(f"/orders/{order['id']}/invoice", headers=as_anna)

    text = PdfReader(io.BytesIO(printed.content)).pages[0].extract_text()
    assert printed.headers["content-type"] == "application/pdf"
    assert 'filename="RE-' in printed.headers["content-disposition"]
    assert "Invoice RE-" in text
    assert "Anna Öztürk-Weiß" in text
    assert order["number"] in text


async def test_an_invoice_is_for_whom_it_is_and_for_staff(buy, shop, street, token):
    street.fill(sha256(b"guest").hexdigest(), (HELLES, 6))
    order = (await buy(headers={"Cookie": "prost_cart=guest"})).json
    path = f"/orders/{order['id']}/invoice"
    boris = {"Authorization": f"Bearer {token('customer', subject=BORIS)}"}
    staff = {"Authorization": f"Bearer {token('support', subject='sepp')}"}

    answers = [
        await shop.get(path, headers=boris),
        await shop.get(path),
        await shop.get(f"{path}?key=wrong"),
        await shop.get(f"{path}?key={order['guest_key']}"),
        await shop.get(path, headers={"Cookie": "prost_cart=guest"}),
        await shop.get(path, headers=staff),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 200, 200, 200]


async def test_an_order_that_came_to_nothing_has_no_invoice(buy, shop, as_anna):
    order = (await buy(payment_method="pm_card_chargeDeclined")).json

    missing = await shop.get(f"/orders/{order['id']}/invoice", headers=as_anna)

    assert (missing.status_code, missing.json["code"]) == (404, "document-not-found")
