"""Wire types that pydantic models share."""

from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from prost.money import Money

__all__ = ["MoneyIn", "MoneyOut"]

_WIRE = {"amount", "currency"}
_DEFAULT_CURRENCY = Money(0).currency


def _schema(amount: str, currency: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "title": "Money",
        "properties": {
            "amount": {"type": "string", "pattern": amount, "examples": ["12.90"]},
            "currency": {"type": "string", **currency},
        },
        "required": ["amount", "currency"],
        "additionalProperties": False,
    }


def _read(value: object) -> Money:
    if isinstance(value, Money):
        return value
    if (
        not isinstance(value, dict)
        or set(value) != _WIRE
        or not all(isinstance(v, str) for v in value.values())
    ):
        raise ValueError('money is written {"amount": "12.90", "currency": "EUR"}')
    return Money.parse(value["amount"], value["currency"])


def _read_payable(value: object) -> Money:
    money = _read(value)
    if money.minor < 0:
        raise ValueError("an amount is not negative here")
    if money.currency != _DEFAULT_CURRENCY:
        raise ValueError(f"the currency is {_DEFAULT_CURRENCY}")
    return money


_AS_WIRE = PlainSerializer(Money.wire, return_type=dict[str, str])

MoneyOut = Annotated[
    Money,
    PlainValidator(_read),
    _AS_WIRE,
    WithJsonSchema(_schema(r"^-?\d{1,15}(\.\d{1,3})?$", {"pattern": "^[A-Z]{3}$"})),
]
"""An amount that a service answers: any currency, either sign."""

MoneyIn = Annotated[
    Money,
    PlainValidator(_read_payable),
    _AS_WIRE,
    WithJsonSchema(_schema(r"^[0-9]{1,15}(\.[0-9]{1,2})?$", {"const": _DEFAULT_CURRENCY})),
]
"""An amount that a service is sent: not negative, in the currency of the shop."""
