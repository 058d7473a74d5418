"""Money is exact."""

from decimal import Decimal

import pytest

from prost.money import CurrencyMismatch, Money


def test_an_amount_is_read_from_its_wire_form():
    assert Money.parse("12.90") == Money(1290, "EUR")
    assert Money.parse("-0.05") == Money(-5)
    assert Money.parse("12") == Money(1200)
    assert Money.parse("12", "JPY") == Money(12, "JPY")
    assert Money.parse("1.234", "KWD") == Money(1234, "KWD")


@pytest.mark.parametrize("text", ["", "1,20", "1.234", "1.", ".5", "+1", " 1", "1e3", "NaN", "٣", "1" * 16])
def test_what_is_not_an_amount_is_refused(text):
    with pytest.raises(ValueError, match="amount"):
        Money.parse(text)


def test_an_amount_is_written_with_all_its_places():
    assert Money(1290).wire() == {"amount": "12.90", "currency": "EUR"}
    assert Money(-5).wire() == {"amount": "-0.05", "currency": "EUR"}
    assert Money(0).wire() == {"amount": "0.00", "currency": "EUR"}
    assert Money(12, "JPY").wire() == {"amount": "12", "currency": "JPY"}
    assert Money(1290).decimal == Decimal("12.90")
    assert str(Money(1290)) == "12.90 EUR"


def test_amounts_are_added_subtracted_multiplied_and_compared():
    assert Money(100) + Money(29) == Money(129)
    assert Money(100) - Money(129) == -Money(29)
    assert Money(33) * 3 == 3 * Money(33) == Money(99)
    assert sum([Money(1), Money(2)], Money(0)) == Money(3)
    assert Money(1) < Money(2) <= Money(2)
    assert max(Money(3), Money(1)) == Money(3)


def test_currencies_do_not_mix():
    with pytest.raises(CurrencyMismatch):
        Money(1) + Money(1, "CHF")
    with pytest.raises(CurrencyMismatch):
        assert Money(1) < Money(2, "CHF")


def test_a_float_is_never_money():
    with pytest.raises(TypeError):
        Money(1.5)
    with pytest.raises(TypeError):
        Money(1) * 1.5


def test_a_share_is_rounded_half_away_from_zero():
    assert Money(99).scaled(1000, 330) == Money(300)
    assert Money(5).scaled(1, 2) == Money(3)
    assert Money(-5).scaled(1, 2) == Money(-3)
    assert Money(11900).scaled(19, 119) == Money(1900)
