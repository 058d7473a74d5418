"""The wire of who sells, as documents say."""

from typing import Annotated

from pydantic import Field, StringConstraints

from prost.wire import Wire
from prost_orders.schemas.placing import Email

Fact = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")
]
DocumentNumber = Annotated[str, Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", max_length=40)]


class Seller(Wire):
    """Who sells: what the law wants to read on an invoice and in the letters of a company."""

    name: Fact
    street: Fact
    postal_code: Fact
    city: Fact
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "DE"
    vat_id: Fact | None = None
    tax_number: Fact | None = None
    trade_register: Fact | None = None
    managers: Fact | None = None
    email: Email
    phone: Fact | None = None
