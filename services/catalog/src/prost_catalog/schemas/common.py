"""The pieces that the catalogue's wire models are made of."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from prost.wire import Wire

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"

Slug = Annotated[str, Field(pattern=SLUG, max_length=120, examples=["weissbier"])]
Sku = Annotated[str, Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", max_length=40, examples=["AUG-HELL-050"])]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["DE"])]
DepositName = Literal["reusable", "one_way", "none"]
VesselName = Literal["bottle", "can", "crate", "keg", "carton"]
AllergenName = Literal[
    "gluten_barley",
    "gluten_wheat",
    "gluten_rye",
    "gluten_oats",
    "gluten_spelt",
    "sulphites",
    "milk",
    "eggs",
    "fish",
    "soy",
    "nuts",
    "peanuts",
    "sesame",
    "celery",
    "mustard",
    "lupin",
    "crustaceans",
    "molluscs",
]
Timestamp = Annotated[
    str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-22T15:04:05.000Z"])
]


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank")
    return text


def _digits(value: Any) -> Any:
    # What int() takes beyond digits, such as " 1_0 ", is no number in a query string.
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("is not a whole number")
    return value


def _true_or_false(value: Any) -> Any:
    if isinstance(value, str) and value not in {"true", "false"}:
        raise ValueError('is "true" or "false"')
    return value


Text = Annotated[str, AfterValidator(_not_blank), StringConstraints(min_length=1)]
PageSize = Annotated[int, BeforeValidator(_digits), Field(ge=1, le=100)]
Flag = Annotated[bool, BeforeValidator(_true_or_false)]
PageToken = Annotated[str, Field(max_length=1024, pattern=r"^[A-Za-z0-9_-]+$")]


class Localized(Wire):
    """A text in the shop's two languages."""

    de: str
    en: str


class ImageSource(Wire):
    """One file of a picture; `width` in pixels."""

    url: str
    type: str
    width: int


class Image(Wire):
    """A picture with what to show until it is there."""

    alt: Localized
    color: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    sources: list[ImageSource]


class Serving(Wire):
    """How a drink is served: temperatures in degrees Celsius, and the glass."""

    temperature_min_c: Annotated[int, Field(ge=-20, le=100)] | None = None
    temperature_max_c: Annotated[int, Field(ge=-20, le=100)] | None = None
    glass: Localized | None = None
