"""What orders cost and what goes back of it, by example and for whatever is in the basket."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prost_orders.domain.pricing import (
    PricedLine,
    ShippingRate,
    VatShare,
    quote,
    rate_from,
    rate_text,
    refund,
)
from prost_orders.domain.shipping import SHIPPING_RATES
from prost_orders.domain.vouchers import Voucher, VoucherKind, VoucherRefused

BEER, MILK, WINE = (UUID(int=number) for number in (1, 2, 3))
STANDARD, EXPRESS = SHIPPING_RATES["standard"], SHIPPING_RATES["express"]
TEN_OFF = Voucher("TEN", VoucherKind.FIXED, 1000)

lines_of = st.lists(
    st.builds(
        PricedLine,
        variant_id=st.uuids(),
        quantity=st.integers(1, 99),
        unit_price=st.integers(0, 50_000),
        unit_deposit=st.sampled_from([0, 8, 15, 25, 150, 310]),
        vat_rate=st.sampled_from([0, 700, 1900]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda line: line.variant_id,
)
rates = st.sampled_from([STANDARD, EXPRESS, ShippingRate("pickup", 0, 0)])
vouchers = st.none() | st.one_of(
    st.builds(Voucher, st.just("P"), st.just(VoucherKind.PERCENT), st.integers(1, 100)),
    st.builds(Voucher, st.just("F"), st.just(VoucherKind.FIXED), st.integers(1, 1_000_000)),
    st.just(Voucher("S", VoucherKind.FREE_SHIPPING)),
)


def beer(quantity=1, unit_price=129):
    return PricedLine(BEER, quantity, unit_price, unit_deposit=8, vat_rate=1900)


def milk(quantity=1, unit_price=199):
    return PricedLine(MILK, quantity, unit_price, unit_deposit=15, vat_rate=700)


def test_goods_deposit_and_shipping_add_up():
    cost = quote([beer(6), milk(2)], STANDARD, None)

    assert (cost.goods, cost.discount, cost.shipping, cost.deposit, cost.total) == (1172, 0, 490, 78, 1740)


def test_the_vat_of_shipping_follows_the_goods():
    cost = quote([beer(1, 3000), milk(1, 1000)], STANDARD, None)

    # 490 is shared 3 to 1: 367.5 and 122.5, of which the lower rate comes first by its key.
    assert cost.vat == (VatShare(1900, 3375, 2836, 539), VatShare(700, 1138, 1064, 74))


def test_deposit_bears_the_vat_of_its_goods_and_no_discount():
    cost = quote([beer(10, 100)], STANDARD, Voucher("ALL", VoucherKind.PERCENT, 100))

    assert (cost.discount, cost.deposit, cost.total) == (1000, 80, 570)
    assert cost.vat == (VatShare(1900, 570, 479, 91),)


def test_a_discount_is_spread_by_largest_remainder():
    thirds = [PricedLine(each, 1, 1000, 0, 1900) for each in (WINE, MILK, BEER)]

    cost = quote(thirds, STANDARD, TEN_OFF)

    assert [(line.variant_id, line.discount) for line in cost.lines] == [
        (WINE, 333),
        (MILK, 333),
        (BEER, 334),
    ]


def test_a_discount_never_exceeds_the_goods():
    cost = quote([beer(2)], STANDARD, TEN_OFF)

    assert (cost.discount, cost.total) == (258, 506)


def test_half_a_cent_of_a_percentage_is_rounded_for_the_customer():
    assert quote([beer(1, 150)], STANDARD, Voucher("P", VoucherKind.PERCENT, 1)).discount == 2


@pytest.mark.parametrize(("price", "shipping"), [(5899, 490), (5900, 0)])
def test_standard_delivery_is_free_from_so_much_worth_of_goods(price, shipping):
    assert quote([beer(1, price)], STANDARD, None).shipping == shipping
    assert quote([beer(1, price)], EXPRESS, None).shipping == 990


def test_a_discount_does_not_cost_the_free_delivery():
    assert quote([beer(1, 5900)], STANDARD, TEN_OFF).total == 5900 - 1000 + 8


def test_free_shipping_takes_off_what_ordinary_delivery_costs():
    free = Voucher("SHIP", VoucherKind.FREE_SHIPPING)

    standard, express = quote([beer()], STANDARD, free), quote([beer()], EXPRESS, free)

    assert (standard.shipping, standard.discount) == (0, 0)
    assert (express.shipping, express.shipping_refundable) == (500, 0)


@pytest.mark.parametrize("short", [1, 1000])
def test_the_minimum_counts_goods_alone(short):
    voucher = replace(TEN_OFF, minimum=2000)

    assert quote([beer(1, 2000)], STANDARD, voucher).voucher == "TEN"
    with pytest.raises(VoucherRefused) as refused:
        quote([PricedLine(BEER, 1, 2000 - short, 5000, 1900)], STANDARD, voucher)
    assert [(e.field, e.code) for e in refused.value.errors] == [("body.voucher", "voucher-minimum-not-met")]


def test_the_rate_of_the_catalogue_is_read_and_written_back():
    assert (rate_from("19.00"), rate_from("7"), rate_from("5.50")) == (1900, 700, 550)
    assert (rate_text(1900), rate_text(700), rate_text(0)) == ("19.00", "7.00", "0.00")


@given(lines_of, rates, vouchers)
def test_whatever_is_in_the_basket_everything_adds_up(lines, shipping, voucher):
    cost = quote(lines, shipping, voucher)

    assert cost.total == cost.goods - cost.discount + cost.shipping + cost.deposit
    assert cost.goods == sum(line.goods for line in cost.lines)
    assert cost.discount == sum(line.discount for line in cost.lines)
    assert cost.deposit == sum(line.deposit for line in cost.lines)
    assert cost.total == sum(share.gross for share in cost.vat)
    assert all(share.gross == share.net + share.vat for share in cost.vat)
    assert [share.rate for share in cost.vat] == sorted({line.vat_rate for line in lines}, reverse=True)


@given(lines_of, rates, vouchers)
def test_nothing_is_negative_and_no_line_is_discounted_below_nothing(lines, shipping, voucher):
    cost = quote(lines, shipping, voucher)

    assert min(cost.goods, cost.discount, cost.shipping, cost.deposit, cost.shipping_refundable) >= 0
    assert all(0 <= line.discount <= line.goods for line in cost.lines)
    assert all(min(share.gross, share.net, share.vat) >= 0 for share in cost.vat)
    assert cost.shipping_refundable <= cost.shipping


@given(lines_of, rates, vouchers)
def test_the_order_of_the_lines_changes_nothing(lines, shipping, voucher):
    there, back = quote(lines, shipping, voucher), quote(lines[::-1], shipping, voucher)

    assert replace(back, lines=back.lines[::-1]) == there


@given(lines_of, rates, vouchers)
def test_with_a_voucher_an_order_never_costs_more(lines, shipping, voucher):
    assert quote(lines, shipping, voucher).total <= quote(lines, shipping, None).total


@given(lines_of, rates, st.integers(1, 99))
def test_a_higher_percentage_never_costs_more(lines, shipping, percent):
    lower = quote(lines, shipping, Voucher("P", VoucherKind.PERCENT, percent))
    higher = quote(lines, shipping, Voucher("P", VoucherKind.PERCENT, percent + 1))

    assert higher.total <= lower.total


@given(lines_of, vouchers)
def test_more_of_something_never_costs_less_but_for_free_delivery(lines, voucher):
    more = [replace(lines[0], quantity=lines[0].quantity + 1), *lines[1:]]
    without, added = quote(lines, EXPRESS, voucher), quote(more, EXPRESS, voucher)

    assert added.total >= without.total
    assert added.discount >= without.discount


@given(lines_of, rates, vouchers, st.data())
def test_however_it_comes_back_all_of_it_pays_back_what_was_paid(lines, shipping, voucher, data):
    cost = quote(lines, shipping, voucher)
    once = refund(
        cost.lines, cost.shipping_refundable, {}, {line.variant_id: line.quantity for line in lines}
    )
    first = {line.variant_id: data.draw(st.integers(0, line.quantity)) for line in lines}
    rest = {line.variant_id: line.quantity - first[line.variant_id] for line in lines}

    one = refund(cost.lines, cost.shipping_refundable, {}, first)
    two = refund(cost.lines, cost.shipping_refundable, first, rest)

    assert once.total == cost.total - (cost.shipping - cost.shipping_refundable)
    assert one.total + two.total == once.total
    assert once.complete
    assert two.complete


@given(lines_of, rates, vouchers, st.data())
def test_a_refund_adds_up_and_is_never_negative(lines, shipping, voucher, data):
    cost = quote(lines, shipping, voucher)
    before = {line.variant_id: data.draw(st.integers(0, line.quantity)) for line in lines}
    now = {
        key: data.draw(st.integers(0, line.quantity - before[key]))
        for line in lines
        for key in [line.variant_id]
    }

    back = refund(cost.lines, cost.shipping_refundable, before, now)

    assert 0 <= back.total == sum(share.gross for share in back.vat)
    assert all(min(share.gross, share.net, share.vat) >= 0 for share in back.vat)
    assert all(0 <= line.discount <= line.goods for line in back.lines)
    assert {line.variant_id: line.quantity for line in back.lines} == {key: n for key, n in now.items() if n}


def test_what_comes_back_is_less_its_share_of_the_discount_and_with_its_deposit():
    cost = quote([beer(10, 100), milk(10, 100)], STANDARD, TEN_OFF)

    back = refund(cost.lines, cost.shipping_refundable, {}, {BEER: 4})

    assert (back.total, back.shipping, back.complete) == (4 * 100 - 200 + 4 * 8, 0, False)
    assert back.vat == (VatShare(1900, 232, 195, 37),)


def test_ordinary_delivery_is_paid_back_with_the_last_of_the_goods():
    cost = quote([beer(2)], EXPRESS, None)

    first = refund(cost.lines, cost.shipping_refundable, {}, {BEER: 1})
    last = refund(cost.lines, cost.shipping_refundable, {BEER: 1}, {BEER: 1})

    assert (first.shipping, first.total) == (0, 137)
    assert (last.shipping, last.total) == (490, 137 + 490)


@given(lines_of, rates)
def test_the_vat_of_all_refunds_is_that_of_the_invoice(lines, shipping):
    cost = quote(lines, STANDARD, None)
    steps, before = [], {}
    for line in lines:
        steps.append(refund(cost.lines, cost.shipping_refundable, before, {line.variant_id: line.quantity}))
        before[line.variant_id] = line.quantity

    paid_back = {share.rate: 0 for share in cost.vat}
    for step in steps:
        for share in step.vat:
            paid_back[share.rate] += share.vat
    assert paid_back == {share.rate: share.vat for share in cost.vat}
