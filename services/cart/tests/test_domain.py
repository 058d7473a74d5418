"""What a cart costs, without any I/O."""

from dataclasses import replace

import pytest

from prost.money import Money
from prost_cart.domain import (
    NotSellable,
    Offer,
    Totals,
    UnknownVariant,
    Vat,
    price_per_litre,
    require_sellable,
    total,
)
from prost_cart.views import euros

HELLES = Offer(
    variant_id="a",
    product_id="p",
    sku="HELLES",
    slug="helles",
    name="Helles",
    variant={"de": "Flasche", "en": "Bottle"},
    image=None,
    price=129,
    deposit=8,
    deposit_kind="reusable",
    vat_rate="19.00",
    minimum_age=16,
    volume_ml=500,
    pack_size=1,
    sellable=True,
)


def test_an_empty_cart_costs_nothing():
    assert total([]) == Totals(0, 0, ())


def test_a_deposit_is_apart_and_taxed_like_its_goods():
    milk = replace(HELLES, price=1000, deposit=15, vat_rate="7.00")

    found = total([(HELLES, 3), (milk, 2)])

    assert found == Totals(
        goods=2387,
        deposit=54,
        vat=(Vat("19.00", 411, 345, 66), Vat("7.00", 2030, 1897, 133)),
    )


def test_tax_is_rounded_once_for_a_rate_and_not_for_each_line():
    # 19/119 of 3 cents are 0.48 and round down; of 9 cents they are 1.44.
    cheap = replace(HELLES, price=3, deposit=0)

    assert total([(cheap, 1), (cheap, 1), (cheap, 1)]).vat == (Vat("19.00", 9, 8, 1),)


def test_half_a_cent_of_tax_is_rounded_up():
    # 7/107 of 1.07 x 50 cents are 3.5 cents.
    assert total([(replace(HELLES, price=53, deposit=0, vat_rate="7.00"), 1)]).vat[0].vat == 3
    assert total([(replace(HELLES, price=1, deposit=0, vat_rate="50.00"), 3)]).vat[0].vat == 1


def test_nothing_taxed_has_no_tax():
    assert total([(replace(HELLES, vat_rate="0.00"), 2)]).vat == (Vat("0.00", 274, 274, 0),)


@pytest.mark.parametrize(
    ("price", "volume_ml", "pack_size", "expected"),
    [(129, 500, 1, 258), (1890, 500, 20, 189), (2999, 700, 1, 4284), (1, 2000, 1, 1)],
)
def test_the_price_per_litre_leaves_the_deposit_out(price, volume_ml, pack_size, expected):
    offer = replace(HELLES, price=price, volume_ml=volume_ml, pack_size=pack_size, deposit=310)

    assert price_per_litre(offer) == expected


def test_only_what_is_offered_and_sellable_can_be_bought():
    with pytest.raises(UnknownVariant) as unknown:
        require_sellable(None)
    with pytest.raises(NotSellable) as refused:
        require_sellable(replace(HELLES, sellable=False))

    assert require_sellable(HELLES) is HELLES
    assert [each.value.errors[0].field for each in (unknown, refused)] == ["body.variant_id"] * 2


@pytest.mark.parametrize("minor", [0, 1, 9, 10, 99, 100, 101, 1290, 123456789])
def test_euros_are_written_as_money_writes_itself(minor):
    assert euros(minor) == Money(minor).wire()
