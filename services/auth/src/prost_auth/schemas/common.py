"""The pieces that the wire models are made of."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr

from prost.wire import Wire
from prost_auth.domain.emails import MAX_OCTETS
from prost_auth.domain.passwords import LONGEST, SHORTEST


def _digits(value: Any) -> Any:
    # What int() takes beyond digits, such as " 1_0 ", is no number in a query string.
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("is not a whole number")
    return value


LanguageName = Literal["de", "en"]
RoleName = Literal["customer", "support", "catalog-manager", "admin"]
StateName = Literal["ACTIVE", "LOCKED", "DELETED"]
Email = Annotated[str, Field(min_length=3, max_length=MAX_OCTETS, examples=["anna@example.com"])]
NewPassword = Annotated[SecretStr, Field(min_length=SHORTEST, max_length=LONGEST)]
GivenPassword = Annotated[SecretStr, Field(min_length=1, max_length=LONGEST)]
Code = Annotated[str, Field(min_length=6, max_length=40, pattern=r"^[0-9A-Za-z -]+$", examples=["123456"])]
OneTimeTokenText = Annotated[str, Field(min_length=1, max_length=200)]
PageSize = Annotated[int, BeforeValidator(_digits), Field(ge=1, le=100)]
PageToken = Annotated[str, Field(max_length=1024, pattern=r"^[A-Za-z0-9_-]+$")]
Timestamp = datetime


class PageQuery(Wire):
    """Which page of a list, newest first."""

    page_size: PageSize = 20
    page_token: PageToken | None = None
