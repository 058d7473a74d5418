"""Exact amounts of money, kept in integer minor units."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["CurrencyMismatch", "Money"]

_AMOUNT = re.compile(r"(-?)(\d{1,15})(?:\.(\d{1,3}))?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
# ISO 4217 exponents that differ from two.
_EXPONENTS = {
    "BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0,
    "KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0,
    "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip


class CurrencyMismatch(TypeError):
    """Two amounts in different currencies were added, subtracted or compared."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency: `minor` in its smallest unit, `currency` by its ISO 4217 code."""

    minor: int
    currency: str = "EUR"

    def __post_init__(self) -> None:
        """Refuse what is not money. Raises TypeError and ValueError."""
        if type(self.minor) is not int:
            raise TypeError(f"minor units are an int, not {type(self.minor).__name__}")
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError("a currency is three capital letters, as in ISO 4217")

    @classmethod
    def parse(cls, amount: str, currency: str = "EUR") -> "Money":
        """Read a plain decimal such as "12.90". Raises ValueError, also when it has too many places."""
        match = _AMOUNT.fullmatch(amount)
        if match is None:
            raise ValueError('an amount is a plain decimal number, such as "12.90"')
        sign, whole, fraction = match[1], match[2], match[3] or ""
        places = _EXPONENTS.get(currency, 2)
        if len(fraction) > places:
            raise ValueError(f"an amount in {currency} has at most {places} decimal places")
        minor = int(whole + fraction.ljust(places, "0"))
        return cls(-minor if sign else minor, currency)

    @property
    def decimal(self) -> Decimal:
        """Return the amount in major units, with all places of its currency."""
        return Decimal(self.minor).scaleb(-_EXPONENTS.get(self.currency, 2))

    def wire(self) -> dict[str, str]:
        """Return the JSON form: {"amount": "12.90", "currency": "EUR"}."""
        return {"amount": f"{self.decimal:f}", "currency": self.currency}

    def scaled(self, numerator: int, denominator: int) -> "Money":
        """Return numerator/denominator of the amount, half a minor unit rounded away from zero.

        A price per litre is `price.scaled(1000, volume_ml)`; the tax inside a gross price at 19 % is
        `price.scaled(19, 119)`.
        """
        product, divisor = self.minor * numerator, denominator
        if divisor < 0:
            product, divisor = -product, -divisor
        magnitude = (2 * abs(product) + divisor) // (2 * divisor)
        return Money(-magnitude if product < 0 else magnitude, self.currency)

    def _with(self, other: object, combine: Callable[[int, int], int]) -> "Money":
        return Money(combine(self.minor, self._same_currency(other)), self.currency)

    def _same_currency(self, other: object) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"expected Money, not {type(other).__name__}")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        """Add an amount of the same currency."""
        return self._with(other, int.__add__)

    def __sub__(self, other: "Money") -> "Money":
        """Subtract an amount of the same currency."""
        return self._with(other, int.__sub__)

    def __mul__(self, count: int) -> "Money":
        """Multiply by a whole number."""
        if type(count) is not int:
            raise TypeError("money is multiplied by an int; use scaled() for a fraction")
        return Money(self.minor * count, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> "Money":
        """Return the opposite amount."""
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        """Tell whether there is any money."""
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        """Compare amounts of the same currency."""
        return self.minor < self._same_currency(other)

    def __le__(self, other: "Money") -> bool:
        """Compare amounts of the same currency."""
        return self.minor <= self._same_currency(other)

    def __gt__(self, other: "Money") -> bool:
        """Compare amounts of the same currency."""
        return self.minor > self._same_currency(other)

    def __ge__(self, other: "Money") -> bool:
        """Compare amounts of the same currency."""
        return self.minor >= self._same_currency(other)

    def __str__(self) -> str:
        """Return the amount for people and logs: "12.90 EUR"."""
        return f"{self.decimal:f} {self.currency}"
