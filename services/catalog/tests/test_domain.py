"""The rules of the trade, without any server."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prost.errors import Invalid
from prost.money import Money
from prost_catalog import domain
from prost_catalog.domain import DepositKind, PricePoint, ProductState, ReviewState, Vessel

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def day(number):
    return NOON + timedelta(days=number)


def test_the_price_per_litre_of_a_crate_counts_all_bottles():
    assert domain.price_per_litre(Money(1990), 500, 20) == Money(199)


def test_the_price_per_litre_is_rounded_half_up():
    assert domain.price_per_litre(Money(1), 200, 1) == Money(5)
    assert domain.price_per_litre(Money(99), 330, 1) == Money(300)
    assert domain.price_per_litre(Money(101), 8000, 1) == Money(13)


@given(st.integers(1, 10**7), st.integers(10, 100_000), st.integers(1, 100))
def test_the_price_per_litre_is_never_off_by_more_than_half_a_cent(minor, volume_ml, pack_size):
    shown = domain.price_per_litre(Money(minor), volume_ml, pack_size).minor

    exact = Decimal(minor * 1000) / (volume_ml * pack_size)
    assert abs(shown - exact) <= Decimal("0.5")


def test_a_first_price_is_no_reduction():
    assert domain.current_price([PricePoint(Money(129), day(0))]) == domain.CurrentPrice(Money(129))


def test_a_raised_price_is_no_reduction():
    history = [PricePoint(Money(99), day(0)), PricePoint(Money(129), day(5))]

    assert domain.current_price(history) == domain.CurrentPrice(Money(129))


def test_a_reduction_shows_the_price_before_and_the_lowest_of_the_thirty_days_before():
    history = [
        PricePoint(Money(129), day(0)),
        PricePoint(Money(99), day(50)),
        PricePoint(Money(139), day(60)),
        PricePoint(Money(119), day(70)),
    ]

    assert domain.current_price(history) == domain.CurrentPrice(Money(119), Money(139), Money(99))


def test_a_price_that_ended_thirty_days_before_the_reduction_does_not_count():
    history = [
        PricePoint(Money(49), day(0)),
        PricePoint(Money(129), day(10)),
        PricePoint(Money(119), day(40)),
    ]

    assert domain.current_price(history).lowest_30_days == Money(129)


def test_a_price_that_was_running_when_the_thirty_days_began_counts():
    history = [
        PricePoint(Money(49), day(0)),
        PricePoint(Money(129), day(11)),
        PricePoint(Money(119), day(40)),
    ]

    assert domain.current_price(history).lowest_30_days == Money(49)


@given(st.lists(st.tuples(st.integers(1, 10_000), st.integers(1, 60)), min_size=1, max_size=20))
def test_the_reference_of_a_reduction_is_never_above_the_price_before(steps):
    moment, history = NOON, []
    for minor, days in steps:
        moment += timedelta(days=days)
        history.append(PricePoint(Money(minor), moment))

    current = domain.current_price(history)

    assert current.amount == history[-1].amount
    assert (current.previous is None) == (current.lowest_30_days is None)
    assert current.previous is None or current.amount < current.previous
    assert current.previous is None or current.lowest_30_days <= current.previous


def test_a_crate_of_twenty_carries_the_deposit_of_its_bottles_and_its_own():
    assert domain.deposit_for(DepositKind.REUSABLE, Vessel.CRATE, 20, Money(8)) == Money(310)


def test_one_way_containers_carry_the_statutory_deposit_each():
    assert domain.deposit_for(DepositKind.ONE_WAY, Vessel.CAN, 6, Money(0)) == Money(150)


def test_wine_bottles_carry_no_deposit():
    assert domain.deposit_for(DepositKind.NONE, Vessel.BOTTLE, 6, Money(8)) == Money(0)


@pytest.mark.parametrize(
    ("kind", "minor", "volume_ml", "pack_size"),
    [
        (DepositKind.NONE, 8, 500, 1),
        (DepositKind.REUSABLE, 0, 500, 1),
        (DepositKind.ONE_WAY, 25, 500, 2),
        (DepositKind.ONE_WAY, 25, 99, 1),
        (DepositKind.ONE_WAY, 25, 3001, 1),
    ],
)
def test_an_unlawful_deposit_is_refused(kind, minor, volume_ml, pack_size):
    with pytest.raises(Invalid) as refused:
        domain.check_deposit(kind, Money(minor), volume_ml, pack_size)

    assert refused.value.errors[0].field == "body.deposit"


@pytest.mark.parametrize(
    ("strength", "age"),
    [(None, 0), ("0.5", 0), ("1.2", 0), ("1.3", 16), ("14.5", 16), ("22.0", 16), ("22.1", 18), ("40.0", 18)],
)
def test_the_lowest_age_follows_from_the_strength(strength, age):
    assert domain.lowest_age(None if strength is None else Decimal(strength)) == age


def test_an_age_below_the_lowest_is_refused():
    with pytest.raises(Invalid) as refused:
        domain.check_minimum_age(16, Decimal("40.0"))

    assert refused.value.errors[0].field == "body.minimum_age"


def test_a_drink_of_half_a_percent_is_alcohol_free():
    assert domain.is_alcohol_free(Decimal("0.5"))
    assert domain.is_alcohol_free(None)
    assert not domain.is_alcohol_free(Decimal("0.6"))


def test_an_archived_product_comes_back_as_a_draft_only():
    assert domain.move_product(ProductState.ARCHIVED, ProductState.DRAFT) is ProductState.DRAFT
    with pytest.raises(domain.TransitionRefused):
        domain.move_product(ProductState.ARCHIVED, ProductState.PUBLISHED)


def test_a_decided_review_never_waits_again():
    with pytest.raises(domain.TransitionRefused):
        domain.move_review(ReviewState.REJECTED, ReviewState.PENDING)


def test_a_slug_spells_umlauts_out_and_drops_what_has_no_letter():
    assert domain.slugify("Früh Kölsch, 0,5 l (Mehrweg)") == "frueh-koelsch-0-5-l-mehrweg"
    assert domain.slugify("Weißbier") == "weissbier"
    assert domain.slugify("啤酒") == ""
