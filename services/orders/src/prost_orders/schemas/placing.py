"""The wire of placing an order."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from prost.wire import Wire

SHIPS_TO: Final = frozenset({"DE"})

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=254,
        pattern=r"^[^@\s<>,;\x00-\x1f]{1,64}@[^@\s<>,;\x00-\x1f]+\.[^@\s<>,;.\x00-\x1f]+$",
    ),
]


PaymentMethod = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,80}$")]


class Address(Wire):
    """Where an order goes."""

    name: Text
    street: Text
    postal_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z][0-9A-Z -]{2,9}$")]
    city: Text
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class NewOrder(Wire):
    """What is ordered is in the cart, and what it costs is in the catalogue: neither is asked for here."""

    shipping_address: Address
    shipping_method: Annotated[str, Field(min_length=1, max_length=40)]
    payment_method: PaymentMethod
    age_confirmed: bool = False
    email: Email | None = None
    voucher: Annotated[str, Field(min_length=1, max_length=60)] | None = None


class NewPayment(Wire):
    """By what an order is paid, when a payment of it has failed; what it costs stays what it was."""

    payment_method: PaymentMethod
