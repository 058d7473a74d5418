"""From a product of the seed to what its pictures show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prost_catalog.artwork.pictures import Subject
from prost_catalog.artwork.prints import Print
from prost_catalog.artwork.sheet import contrast, darken

if TYPE_CHECKING:
    from prost_catalog.seed.source import ProductSource

_AMBER: Final = "#6a3410"
_GREEN: Final = "#2f5a34"
_DARK_GREEN: Final = "#24402a"
_MOSELLE: Final = "#56793f"
_BEER: Final = frozenset({"bier", "alkoholfreies-bier"})
_GREEN_BEER: Final = frozenset({"pils", "pils-alkoholfrei", "boehmisches-lager"})
_CLEAR_WINE: Final = frozenset({"rose", "orange", "apfelwein", "sauvignon-blanc"})
_PALE: Final = 1.5
_GREEN_SPIRITS: Final = frozenset({"kraeuterlikoer"})


def glass_colour(product: ProductSource) -> str | None:
    """Return the colour of the bottle's glass, None where it is clear."""
    style, category = product.style.slug, product.style.category
    art = product.packs[0].container.art
    if category in _BEER or (art == "longneck" and category == "limonaden"):
        return _GREEN if style in _GREEN_BEER else _AMBER
    if category == "schaumwein":
        return _DARK_GREEN
    if category == "wein" and style not in _CLEAR_WINE:
        return _MOSELLE if art == "schlegel" else _DARK_GREEN
    if style in _GREEN_SPIRITS:
        return _GREEN
    return None


def facts(product: ProductSource) -> str:
    """Return the line of facts that the law wants on a label."""
    litres = f"{product.packs[0].volume_ml / 1000:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    if product.abv is None:
        return f"{litres} l"
    return f"{litres} l · {product.abv} % vol".replace(".", ",")


def subject(product: ProductSource) -> Subject:
    """Compose what the pictures of a product show."""
    producer = product.producer
    paper, ink, accent, second = producer.palette
    tint = product.tint or accent
    style = product.style.name.de
    caption = style if style.casefold() != product.label.casefold() else producer.region
    words = Print(
        wordmark=producer.wordmark,
        title=product.label,
        caption=caption,
        facts=facts(product),
        place=producer.region,
        face=producer.design.face,
        motif=product.motif,
        pattern=producer.design.pattern,
        paper=paper,
        ink=ink,
        second=second,
        tint=tint,
    )
    cap = tint if contrast(tint, "#ffffff") > _PALE else darken(tint, 0.2)
    return Subject(
        key=product.slug,
        category=product.style.category,
        vessel=product.packs[0].container.art,
        layout=producer.design.layout,
        glass=product.style.glass,
        glass_colour=glass_colour(product),
        liquid=product.liquid,
        cap=cap,
        words=words,
    )
