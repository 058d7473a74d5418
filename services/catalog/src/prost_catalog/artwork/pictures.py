"""The pictures of a product, the dressed vessel alone and the drink served beside it, and that of a shelf.

A picture is a layer on the backdrop of its shelf, so that the backdrop is rendered once for a whole shelf.
"""

# ruff: noqa: E501 - a drawing is made of coordinates.

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

from prost_catalog.artwork import packs
from prost_catalog.artwork.bottles import BUILDS, Drink, bottle
from prost_catalog.artwork.glasses import GLASSES, glass
from prost_catalog.artwork.profiles import profile, sampled
from prost_catalog.artwork.scene import GROUND, backdrop, contact, shaded
from prost_catalog.artwork.sheet import HEIGHT, WIDTH, Sheet, group, luminance, mix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prost_catalog.artwork.prints import Print

_CENTRE: Final = WIDTH / 2
_CHILLED: Final = frozenset({"bier", "alkoholfreies-bier", "wasser", "limonaden", "tee-kaffee", "schaumwein"})
_CLOUDY: Final = frozenset({"milch-pflanzendrinks", "saefte"})
_CLEAR: Final = 0.74
_PACKS: Final[Mapping[str, tuple[float, float]]] = {
    "can": (146, 610), "sleek": (118, 640), "carton": (152, 736), "keg": (200, 560), "crate": (308, 430),
}  # fmt: skip
_SCALES: Final[Mapping[str, float]] = {
    "can": 1.3, "sleek": 1.32, "carton": 1.18, "keg": 1.36, "crate": 1.2, "longneck": 1.14, "nrw": 1.1, "euro": 1.15,
    "steinie": 1.28, "weiss": 1.08, "swing": 1.12, "schlegel": 1.02, "bocksbeutel": 1.16, "spirit-round": 1.17,
    "spirit-tall": 1.06, "spirit-square": 1.22, "spirit-jug": 1.22, "gdb": 1.12, "vdf": 1.14, "soda": 1.17, "milk": 1.22,
}  # fmt: skip
_USUAL_SCALE: Final = 1.07
_SPILL: Final = 12
_GROUP_REACH: Final = 344
_GROUP_OVERLAP: Final = 0.9
_GROUP_TALLEST: Final = 850


@dataclass(frozen=True)
class Subject:
    """What a picture shows: the shelf, the vessel, the drink, the print and the serving glass."""

    key: str
    category: str
    vessel: str
    layout: str
    glass: str
    glass_colour: str | None
    liquid: str
    cap: str
    words: Print

    @property
    def clear(self) -> bool:
        """Whether light passes through the drink."""
        return self.category not in _CLOUDY and luminance(self.liquid) > _CLEAR


@dataclass(frozen=True)
class Layer:
    """A transparent drawing for the strip of the scene from `left`, `width` units wide and of full height."""

    svg: str
    left: int
    width: int


def scenery(category: str) -> str:
    """Draw the backdrop of a shelf."""
    sheet = Sheet()
    return sheet.svg(backdrop(sheet, category))


def front(subject: Subject) -> Layer:
    """Draw the vessel alone, centred on the plinth."""
    sheet = Sheet()
    radius, height, scale = _extent(subject.vessel)
    body = contact(sheet, _CENTRE, radius, height)
    body += group(_vessel(sheet, subject), at=(_CENTRE, GROUND), scale=scale)
    return _layer(sheet, body, *shaded(_CENTRE, radius, height))


def served(subject: Subject) -> Layer:
    """Draw the drink in its glass, the vessel standing behind to the left."""
    sheet = Sheet()
    radius, height, scale = (measure * 0.94 for measure in _extent(subject.vessel))
    spec = GLASSES[subject.glass]
    form = sampled(spec.outline)
    size = min(1.5, 0.62 + 310 / form.height)
    reach = max(form.radius, spec.foot) * size
    handle = 84 * size if spec.handle else 0
    span = 2 * (radius + reach) + handle - 14
    left = _CENTRE - span / 2 + radius
    right = _CENTRE + span / 2 - reach - handle
    body = contact(sheet, left, radius, height)
    body += group(_vessel(sheet, subject), at=(left, GROUND - 12), scale=scale)
    body += contact(sheet, right, reach * 0.9, form.height * size * 0.7)
    foam = mix("#fffaf0", subject.liquid, 0.16)
    chance = Random(f"{subject.key} served")  # noqa: S311 - it scatters bubbles.
    poured = glass(sheet, subject.glass, subject.liquid, foam, chance, clear=subject.clear)
    body += group(poured, at=(right, GROUND + 12), scale=size)
    _, end = shaded(right, reach, form.height * size * 0.7)
    return _layer(sheet, body, shaded(left, radius, height)[0], max(end, right + reach + handle))


def group_portrait(subjects: Sequence[Subject]) -> Layer:
    """Draw three vessels as a group, the tallest behind the others and between them."""
    behind, *beside = sorted(subjects, key=lambda subject: -_together(subject.vessel)[1])
    sizes = {subject: _together(subject.vessel) for subject in subjects}
    offsets = {behind: 0.0}
    for side, subject in zip((-1, 1), beside, strict=True):
        offsets[subject] = side * (sizes[behind][0] + sizes[subject][0]) * _GROUP_OVERLAP
    left = min(offset - sizes[subject][0] for subject, offset in offsets.items())
    right = max(offset + sizes[subject][0] for subject, offset in offsets.items())
    size = min(2 * _GROUP_REACH / (right - left), _GROUP_TALLEST / sizes[behind][1])
    sheet, body = Sheet(), ""
    for subject, offset in offsets.items():
        radius, height, scale = (measure * size for measure in sizes[subject])
        at = _CENTRE + (offset - (left + right) / 2) * size
        ground = GROUND - 14 if subject is behind else GROUND + 10
        body += contact(sheet, at, radius, height)
        body += group(_vessel(sheet, subject), at=(at, ground), scale=scale)
    return _layer(sheet, body, 0, WIDTH)


def _layer(sheet: Sheet, body: str, left: float, right: float) -> Layer:
    # Multiples of three units are whole pixels at all three widths but the smallest, which is scaled down.
    start = max(int(left - _SPILL) // 3 * 3, 0)
    end = min(-(-int(right + _SPILL) // 3) * 3, WIDTH)
    return Layer(sheet.svg(body, view=(start, 0, end - start, HEIGHT)), start, end - start)


def _extent(vessel: str) -> tuple[float, float, float]:
    scale = _SCALES.get(vessel, _USUAL_SCALE)
    if vessel in BUILDS:
        form = profile(vessel)
        return form.radius * scale, form.height * scale, scale
    radius, height = _PACKS[vessel]
    return radius * scale, height * scale, scale


def _together(vessel: str) -> tuple[float, float, float]:
    # Alone, small vessels are shown larger than they are; beside others half of that is enough.
    radius, height, scale = _extent(vessel)
    return radius / scale**0.5, height / scale**0.5, scale**0.5


def _vessel(sheet: Sheet, subject: Subject) -> str:
    chance = Random(subject.key)  # noqa: S311 - it scatters drops.
    words = subject.words
    match subject.vessel:
        case "can" | "sleek":
            return packs.can(sheet, subject.vessel, words, subject.layout, chance)
        case "carton":
            return packs.carton(sheet, words, subject.layout)
        case "keg":
            return packs.keg(sheet, words, subject.layout)
        case "crate":
            return packs.crate(sheet, words, subject.cap)
        case _:
            chilled = subject.category in _CHILLED
            drink = Drink(subject.liquid, subject.glass_colour, subject.clear, chilled, subject.cap)
            return bottle(sheet, subject.vessel, drink, words, subject.layout, chance)
