"""Bottles: glass, drink, label and closure under one light from the upper left.

Every vessel stands on the origin, the y axis pointing down, so its lip lies at a negative y.
"""

# ruff: noqa: E501, PLR0917, PLR2004 - a drawing is made of coordinates.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from prost_catalog.artwork.closures import CLOSURES
from prost_catalog.artwork.labels import LAYOUTS
from prost_catalog.artwork.prints import Print
from prost_catalog.artwork.profiles import Profile, profile
from prost_catalog.artwork.sheet import Sheet, circle, darken, ellipse, lighten, line, mix, rect, shape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

_SAG: Final = 9
_WALL: Final = 7


@dataclass(frozen=True)
class Build:
    """How a bottle is dressed: heights above the ground, `share` of the diameter that the label covers."""

    label: tuple[float, float]
    share: float
    closure: str
    neck: tuple[float, float] | None = None
    level: float = 0.86


BUILDS: Final[Mapping[str, Build]] = {
    "longneck": Build((62, 372), 0.96, "crown", (582, 690), 0.8),
    "nrw": Build((66, 380), 0.96, "crown", (602, 716), 0.8),
    "euro": Build((64, 372), 0.96, "crown", (622, 704), 0.84),
    "steinie": Build((54, 296), 0.96, "crown", (502, 570), 0.84),
    "weiss": Build((66, 378), 0.96, "crown", (612, 738), 0.8),
    "swing": Build((64, 384), 0.96, "swing", (624, 700), 0.82),
    "bordeaux": Build((92, 450), 0.9, "capsule"),
    "burgundy": Build((84, 396), 0.9, "capsule"),
    "schlegel": Build((72, 376), 0.94, "capsule"),
    "bocksbeutel": Build((96, 412), 0.62, "capsule"),
    "sekt": Build((78, 392), 0.9, "foil"),
    "cap-sekt": Build((78, 392), 0.9, "crown"),
    "spirit-round": Build((58, 456), 0.86, "cork", None, 0.7),
    "spirit-tall": Build((66, 520), 0.92, "cork", None, 0.72),
    "spirit-square": Build((58, 462), 0.8, "cork", None, 0.84),
    "spirit-jug": Build((66, 372), 0.66, "cork", None, 0.72),
    "gdb": Build((164, 388), 1.0, "screw", None, 0.84),
    "water-design": Build((76, 348), 0.94, "screw", None, 0.86),
    "pet": Build((240, 466), 1.0, "screw", None, 0.86),
    "vdf": Build((146, 466), 1.0, "lid", None, 0.86),
    "soda": Build((58, 348), 0.96, "crown", (566, 660), 0.84),
    "milk": Build((62, 388), 0.94, "lid", None, 0.84),
}


@dataclass(frozen=True)
class Drink:
    """What is in a vessel and how it shows: `glass` is a colour or None, `clear` lets light through."""

    liquid: str
    glass: str | None
    clear: bool
    chilled: bool
    cap: str


def bottle(sheet: Sheet, art: str, drink: Drink, words: Print, layout: str, chance: Random) -> str:
    """Draw a dressed bottle."""
    build, form = BUILDS[art], profile(art)
    outline = form.outline(sag=_SAG)
    body = _glass(sheet, form, drink, build.level * form.height, outline)
    body += _label(sheet, form, build, words, layout)
    if build.neck is not None:
        body += _neck(sheet, form, build.neck, words)
    if drink.chilled:
        body += _droplets(form, build, chance)
    body += _shine(sheet, form, build, clear=drink.glass is None)
    return body + CLOSURES[build.closure](sheet, form, drink.cap, words)


def _glass(sheet: Sheet, form: Profile, drink: Drink, level: float, outline: str) -> str:
    radius = form.radius
    span = ((-radius, 0.0), (radius, 0.0))
    if drink.glass is None:
        wall = mix(drink.liquid, "#8fa6a4", 0.72)
        tint = mix("#f4f9f8", drink.liquid, 0.12)
        body = shape(
            outline,
            sheet.linear(
                [
                    (0, wall, 0.75),
                    (0.12, tint, 0.5),
                    (0.5, "#ffffff", 0.32),
                    (0.88, tint, 0.5),
                    (1, wall, 0.8),
                ],
                *span,
            ),
        )
        deep, veil = (
            (mix(drink.liquid, "#4f8196", 0.5), 0.34) if drink.clear else (darken(drink.liquid, 0.3), 1)
        )
        drink_shape = form.outline(inset=_WALL, top=level, bottom=13, sag=_SAG * 0.8)
        body += shape(
            drink_shape,
            sheet.linear(
                [
                    (0, deep, 0.9),
                    (0.2, drink.liquid, 0.94 * veil),
                    (0.42, lighten(drink.liquid, 0.22), 0.92 * veil),
                    (0.72, drink.liquid, 0.95 * veil),
                    (1, deep, 0.92),
                ],
                *span,
            ),
        )
        reach = form.radius_at(level) - _WALL
        body += ellipse(
            0, -level, reach, max(reach * 0.1, 3), lighten(drink.liquid, 0.45), 'fill-opacity=".8"'
        )
        body += line(
            f"M{-radius * 0.8:.0f} -5Q0 {2 * _SAG - 4} {radius * 0.8:.0f} -5",
            "#ffffff",
            3,
            'stroke-opacity=".6"',
        )
        return body
    dark, glow = darken(drink.glass, 0.62), mix(lighten(drink.glass, 0.12), drink.liquid, 0.24)
    body = shape(
        outline,
        sheet.linear(
            [
                (0, dark, 1),
                (0.1, drink.glass, 1),
                (0.3, glow, 1),
                (0.52, drink.glass, 1),
                (0.84, darken(drink.glass, 0.42), 1),
                (0.95, mix(drink.glass, dark, 0.3), 1),
                (1, dark, 1),
            ],
            *span,
        ),
    )
    body += shape(
        form.outline(top=form.height, bottom=level),
        sheet.linear(
            [
                (0, lighten(drink.glass, 0.45), 0.1),
                (0.35, lighten(drink.glass, 0.5), 0.42),
                (1, drink.glass, 0.05),
            ],
            *span,
        ),
    )
    depth = sheet.linear([(0, dark, 0), (1, dark, 0.6)], (0, -0.3 * form.height), (0, 0))
    return body + shape(form.outline(top=0.3 * form.height, sag=_SAG), depth)


def _cylinder(sheet: Sheet, radius: float, strength: float = 1) -> str:
    stops = [
        (0, "#140a04", 0.55),
        (0.09, "#140a04", 0.26),
        (0.24, "#ffffff", 0.1),
        (0.33, "#ffffff", 0.2),
        (0.44, "#ffffff", 0.02),
        (0.62, "#140a04", 0.05),
        (0.86, "#140a04", 0.3),
        (0.95, "#140a04", 0.44),
        (1, "#140a04", 0.34),
    ]
    return sheet.linear(
        [(offset, colour, round(opacity * strength, 3)) for offset, colour, opacity in stops],
        (-radius, 0),
        (radius, 0),
    )


def _label(sheet: Sheet, form: Profile, build: Build, words: Print, layout: str) -> str:
    low, high = build.label
    radius = form.radius_at((low + high) / 2)
    width, height = 2 * radius * build.share, high - low
    edge, print_ = LAYOUTS[layout](sheet, words, width, height)
    clip = sheet.clip(edge)
    shadow = shape(edge, "#000000", 'fill-opacity=".28" transform="translate(2 4)"')
    inside = f'<g clip-path="{clip}">{print_}{rect(-width / 2, 0, width, height, _cylinder(sheet, radius, 0.85 if build.share < 0.95 else 1))}</g>'
    clipped = f' clip-path="{sheet.clip(form.outline())}"' if build.share == 1 else ""
    return f'<g{clipped}><g transform="translate(0 {-high:.1f})">{shadow}{inside}</g></g>'


def _neck(sheet: Sheet, form: Profile, zone: tuple[float, float], words: Print) -> str:
    low, high = zone
    edge = form.outline(top=high, bottom=low, sag=4)
    reach = form.radius_at(low)
    middle = (low + high) / 2
    body = shape(edge, words.strong) + shape(form.outline(top=low + 11, bottom=low + 5, sag=3), words.second)
    body += shape(form.outline(top=high - 5, bottom=high - 9, sag=2), words.second)
    size = min(form.radius_at(middle) * 1.5, (high - low) * 0.56)
    body += circle(0, -middle, size * 0.62, words.paper) + words.emblem(0, -middle, size * 0.92)
    return body + shape(edge, _cylinder(sheet, reach))


def _droplets(form: Profile, build: Build, chance: Random) -> str:
    body = ""
    low, high = build.label
    for _ in range(64):
        height = chance.uniform(18, form.height * 0.9)
        side = chance.uniform(-0.84, 0.84)
        if low - 6 < height < high + 6 or (build.neck and build.neck[0] - 5 < height < build.neck[1] + 5):
            continue
        x, size = side * form.radius_at(height), chance.uniform(1.2, 3.6)
        body += ellipse(x, -height, size, size * 1.25, "#ffffff", 'fill-opacity=".2"')
        body += circle(x - size * 0.3, -height - size * 0.4, size * 0.36, "#ffffff", 'fill-opacity=".85"')
        body += ellipse(
            x + size * 0.2, -height + size * 0.8, size * 0.7, size * 0.34, "#1a0e06", 'fill-opacity=".28"'
        )
    return body


def _shine(sheet: Sheet, form: Profile, build: Build, *, clear: bool) -> str:
    top = form.height - 46
    low, high = build.label
    fade = sheet.linear(
        [
            (0, "#ffffff", 0.1),
            (0.25, "#ffffff", 0.62 if clear else 0.5),
            (0.75, "#ffffff", 0.46),
            (1, "#ffffff", 0),
        ],
        (0, -top),
        (0, -14),
    )
    soft = sheet.linear(
        [(0, "#ffffff", 0.04), (0.5, "#ffffff", 0.3), (1, "#ffffff", 0.05)], (0, -top), (0, -14)
    )
    body = shape(form.band(-0.79, -0.64, top=top, bottom=high + 8), fade)
    body += shape(form.band(-0.58, -0.54, top=top - 20, bottom=high + 20), soft)
    body += shape(form.band(0.86, 0.93, top=top, bottom=12), soft)
    if low > 30:
        body += shape(form.band(-0.79, -0.64, top=low - 8, bottom=16), soft)
    return body
