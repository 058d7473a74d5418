"""Serving glasses, filled: the drink as it should stand on the table."""

# ruff: noqa: ARG001, E501, PLR2004 - a drawing is made of coordinates.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from prost_catalog.artwork.fruit import FRUIT
from prost_catalog.artwork.plants import leaf
from prost_catalog.artwork.profiles import Profile, sampled
from prost_catalog.artwork.sheet import (
    Sheet,
    circle,
    darken,
    ellipse,
    group,
    lighten,
    line,
    luminance,
    mix,
    rect,
    shape,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

_SAG: Final = 8


@dataclass(frozen=True)
class Glass:
    """A glass: the outline of its bowl, how high it is filled, and what makes it that glass."""

    outline: str
    fill: float
    foam: float = 0
    stem: float = 0
    foot: float = 0
    base: float = 14
    wall: float = 6
    bubbles: int = 0
    ice: bool = False
    handle: bool = False
    ribs: bool = False
    garnish: str = ""


GLASSES: Final[Mapping[str, Glass]] = {
    "willi": Glass("M92 440 C92 330 84 160 74 16 Q73 2 62 0", 352, foam=66, bubbles=34),
    "stange": Glass("M54 430 L54 18 Q54 2 44 0", 350, foam=58, bubbles=24),
    "tulip": Glass(
        "M70 470 C66 400 98 340 94 260 C90 190 40 160 22 140 L22 132",
        372,
        foam=74,
        stem=132,
        foot=74,
        bubbles=30,
    ),
    "mug": Glass("M106 400 L110 60 Q110 4 92 0", 318, foam=64, base=24, wall=10, bubbles=40, handle=True),
    "weizen": Glass(
        "M88 560 C98 500 92 440 76 370 C60 290 52 200 58 110 C60 70 66 30 60 4 L56 0",
        446,
        foam=92,
        base=30,
        bubbles=44,
    ),
    "bowl": Glass(
        "M106 400 C122 320 116 230 74 186 C52 166 30 160 20 150 L20 140",
        312,
        foam=58,
        stem=140,
        foot=84,
        bubbles=30,
    ),
    "white": Glass(
        "M62 520 C84 430 90 350 66 296 C48 262 22 254 10 240 L9 230", 372, stem=230, foot=84, wall=3
    ),
    "red": Glass(
        "M72 540 C108 450 122 360 88 292 C64 252 28 248 11 232 L10 222", 366, stem=222, foot=92, wall=3
    ),
    "flute": Glass(
        "M44 560 C54 470 56 360 40 280 C30 236 14 226 8 212 L8 204",
        480,
        stem=204,
        foot=74,
        wall=3,
        bubbles=34,
    ),
    "ribbed": Glass("M82 350 L64 14 Q63 2 54 0", 286, base=22, bubbles=12, ribs=True),
    "shot": Glass("M58 190 L44 10 Q43 0 38 0", 146, base=34, wall=6),
    "nosing": Glass(
        "M38 330 C46 290 78 250 72 196 C66 152 30 140 14 126 L13 120", 216, stem=120, foot=64, wall=3
    ),
    "tumbler": Glass("M98 250 L92 14 Q91 2 80 0", 132, base=32, wall=7, ice=True),
    "gintonic": Glass(
        "M98 430 C118 350 116 270 76 226 C52 204 26 200 12 184 L11 176",
        368,
        stem=176,
        foot=88,
        wall=3,
        ice=True,
        bubbles=20,
        garnish="citrus",
    ),
    "water": Glass("M82 330 L70 12 Q69 0 60 0", 256, base=20, wall=4, bubbles=18),
    "juice": Glass("M86 350 L74 14 Q73 0 62 0", 290, base=18, wall=5, garnish="leaf"),
    "longdrink": Glass(
        "M74 450 L70 14 Q69 0 60 0", 378, base=24, wall=5, ice=True, bubbles=24, garnish="citrus"
    ),
    "milk": Glass("M84 330 C84 250 74 120 72 14 Q71 0 62 0", 270, base=18, wall=5),
}


def glass(sheet: Sheet, name: str, liquid: str, foam: str, chance: Random, *, clear: bool) -> str:
    """Draw a filled glass standing on the origin; `foam` is the colour of its head."""
    spec = GLASSES[name]
    form = sampled(spec.outline)
    body = _foot(sheet, form, spec) + _back(sheet, form, spec)
    body += _drink(sheet, form, spec, liquid, chance, clear=clear)
    if spec.ice:
        body += _ice(form, spec, liquid, chance)
    if spec.foam:
        body += _foam(sheet, form, spec, foam, chance)
    if spec.handle:
        body += _handle(sheet, form)
    return body + _front(sheet, form, spec) + _garnish(form, spec)


def _bottom(form: Profile, spec: Glass) -> float:
    return form.points[-1][1] + (spec.base if not spec.stem else 4)


def _foot(sheet: Sheet, form: Profile, spec: Glass) -> str:
    if not spec.stem:
        return ""
    sheen = sheet.linear(
        [(0, "#8ea3a3", 0.55), (0.3, "#ffffff", 0.85), (0.55, "#dfe9e8", 0.45), (1, "#7f9595", 0.6)],
        (-form.points[-1][0], 0),
        (form.points[-1][0], 0),
    )
    reach = form.points[-1][0]
    stem = shape(
        f"M{-reach:.1f} {-spec.stem:.1f}Q{-reach * 0.4 - 2:.1f} {-spec.stem * 0.5:.1f} {-reach - 3:.1f} -10L{reach + 3:.1f} -10Q{reach * 0.4 + 2:.1f} {-spec.stem * 0.5:.1f} {reach:.1f} {-spec.stem:.1f}Z",
        sheen,
    )
    disc = ellipse(
        0,
        -4,
        spec.foot,
        13,
        sheet.linear(
            [(0, "#9fb2b2", 0.6), (0.35, "#ffffff", 0.8), (1, "#8ea3a3", 0.55)],
            (-spec.foot, 0),
            (spec.foot, 0),
        ),
    )
    return disc + ellipse(0, -6, spec.foot - 6, 9, "#ffffff", 'fill-opacity=".25"') + stem


def _back(sheet: Sheet, form: Profile, spec: Glass) -> str:
    radius = form.radius
    tint = sheet.linear(
        [
            (0, "#7f9595", 0.5),
            (0.1, "#dfe9e8", 0.34),
            (0.5, "#ffffff", 0.16),
            (0.9, "#dfe9e8", 0.34),
            (1, "#7f9595", 0.5),
        ],
        (-radius, 0),
        (radius, 0),
    )
    low = form.points[-1][1]
    return shape(form.outline(bottom=low, sag=_SAG if not spec.stem else 2), tint) + ellipse(
        0, -form.height, form.points[0][0], form.points[0][0] * 0.1, "#ffffff", 'fill-opacity=".22"'
    )


def _drink(sheet: Sheet, form: Profile, spec: Glass, liquid: str, chance: Random, *, clear: bool) -> str:
    radius, low = form.radius, _bottom(form, spec)
    # A stout lets no light through, a pilsner glows.
    light = min(1, 0.25 + 3 * luminance(liquid))
    deep, veil = (mix(liquid, "#4f8196", 0.5), 0.34) if clear else (darken(liquid, 0.28), 1)
    fill = sheet.linear(
        [
            (0, deep, 0.92),
            (0.18, liquid, 0.93 * veil),
            (0.4, lighten(liquid, 0.25 * light), 0.9 * veil),
            (0.7, liquid, 0.94 * veil),
            (1, deep, 0.94),
        ],
        (-radius, 0),
        (radius, 0),
    )
    body = shape(
        form.outline(inset=spec.wall, top=spec.fill, bottom=low, sag=_SAG * 0.7 if not spec.stem else 2), fill
    )
    glow = sheet.linear(
        [(0, lighten(liquid, 0.5), 0.42 * light), (1, lighten(liquid, 0.5), 0)], (0, -spec.fill), (0, -low)
    )
    body += shape(form.outline(inset=spec.wall, top=spec.fill, bottom=low), glow)
    reach = form.radius_at(spec.fill) - spec.wall
    if not spec.foam:
        body += ellipse(0, -spec.fill, reach, max(reach * 0.1, 3), lighten(liquid, 0.34), 'fill-opacity=".9"')
    for _ in range(spec.bubbles):
        height = chance.uniform(low + 10, spec.fill - 6)
        x = chance.uniform(-0.8, 0.8) * (form.radius_at(height) - spec.wall)
        body += circle(
            x, -height, chance.uniform(1.2, 3), "#ffffff", f'fill-opacity="{chance.uniform(0.35, 0.8):.2f}"'
        )
    return body


def _foam(sheet: Sheet, form: Profile, spec: Glass, foam: str, chance: Random) -> str:
    low, high = spec.fill, spec.fill + spec.foam
    radius = form.radius_at(high)
    head = sheet.linear(
        [(0, darken(foam, 0.16), 1), (0.3, lighten(foam, 0.5), 1), (0.7, foam, 1), (1, darken(foam, 0.2), 1)],
        (-radius, 0),
        (radius, 0),
    )
    body = shape(form.outline(inset=spec.wall, top=high, bottom=low, sag=4), head)
    rim = min(high, form.height)
    reach = form.radius_at(rim) - spec.wall
    count = 7
    for index in range(count):
        x = -reach + 2 * reach * (index + 0.5) / count
        body += circle(
            x, -high + 4 + abs(index - 3) * 2, reach / count * 1.3, lighten(foam, 0.4 if index < 4 else 0.15)
        )
    for _ in range(22):
        height = chance.uniform(low + 4, high)
        x = chance.uniform(-0.85, 0.85) * (form.radius_at(height) - spec.wall)
        body += circle(x, -height, chance.uniform(1, 3.4), darken(foam, 0.1), 'fill-opacity=".5"')
    return body


def _ice(form: Profile, spec: Glass, liquid: str, chance: Random) -> str:
    body = ""
    edge = min(form.radius_at(spec.fill - 30) * 0.62, 58)
    spots = ((-0.34, 26, -14), (0.36, 14, 18), (-0.1, 26 + edge, 24), (0.34, 20 + edge, -20))
    for share, drop, turn in spots[: 4 if spec.fill > 200 else 2]:
        x, y = share * form.radius_at(spec.fill - drop), -spec.fill + drop
        cube = rect(-edge / 2, -edge / 2, edge, edge, mix("#ffffff", liquid, 0.25), 9, 'fill-opacity=".5"')
        cube += rect(-edge / 2 + 5, -edge / 2 + 5, edge - 10, edge * 0.4, "#ffffff", 7, 'fill-opacity=".4"')
        cube += line(
            f"M{-edge / 2 + 3:.0f} {edge / 2 - 8:.0f}V{-edge / 2 + 8:.0f}",
            "#ffffff",
            2.4,
            'stroke-opacity=".8"',
        )
        body += group(cube, at=(x, y), turn=turn + chance.uniform(-4, 4))
    return body


def _handle(sheet: Sheet, form: Profile) -> str:
    x = form.radius - 4
    loop = f"M{x} -330C{x + 96} -336 {x + 96} -84 {x - 2} -92"
    return line(loop, "#c4d3d2", 26, 'stroke-opacity=".6"') + line(
        loop, "#ffffff", 9, 'stroke-opacity=".5" transform="translate(-4 -3)"'
    )


def _front(sheet: Sheet, form: Profile, spec: Glass) -> str:
    low, top = _bottom(form, spec), form.height - 10
    fade = sheet.linear(
        [(0, "#ffffff", 0.75), (0.5, "#ffffff", 0.5), (1, "#ffffff", 0.05)], (0, -top), (0, -low)
    )
    body = shape(form.band(-0.84, -0.7, top=top, bottom=low + 12), fade) + shape(
        form.band(-0.64, -0.6, top=top - 14, bottom=low + 40), fade
    )
    body += shape(
        form.band(0.86, 0.92, top=top, bottom=low + 8),
        sheet.linear([(0, "#ffffff", 0.4), (1, "#ffffff", 0.1)], (0, -top), (0, -low)),
    )
    reach = form.points[0][0]
    body += f'<ellipse cx="0" cy="{-form.height:.1f}" rx="{reach:.1f}" ry="{reach * 0.1:.1f}" fill="none" stroke="#ffffff" stroke-width="2.6" stroke-opacity=".75"/>'
    if not spec.stem:
        base = form.points[-1][1]
        body += ellipse(
            0,
            -base - spec.base * 0.45,
            form.radius_at(base + 6) * 0.86,
            spec.base * 0.36,
            "#ffffff",
            'fill-opacity=".38"',
        )
        body += line(
            f"M{-form.radius_at(4) * 0.8:.0f} -3Q0 {_SAG * 2 - 4} {form.radius_at(4) * 0.8:.0f} -3",
            "#ffffff",
            2.4,
            'stroke-opacity=".7"',
        )
    if spec.ribs:
        body += "".join(
            line(
                f"M{share * form.radius_at(330):.0f} -330L{share * form.radius_at(20):.0f} -24",
                "#ffffff",
                2,
                'stroke-opacity=".35"',
            )
            for share in (-0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75)
        )
        body += "".join(
            line(
                f"M{-form.radius_at(y) * 0.94:.0f} {-y}Q0 {-y + 14} {form.radius_at(y) * 0.94:.0f} {-y}",
                "#ffffff",
                1.6,
                'stroke-opacity=".3"',
            )
            for y in range(60, 330, 48)
        )
    return body


def _garnish(form: Profile, spec: Glass) -> str:
    reach = form.points[0][0]
    if spec.garnish == "citrus":
        return group(
            FRUIT["citrus"]("#f0c02f", "#4f8a3f", "#fff6cf"),
            at=(reach - 6, -form.height - 8),
            scale=0.92,
            turn=12,
        )
    if spec.garnish == "leaf":
        sprig = leaf(0, 0, -30, 60, 30, "#4f8f3f", "#cfe3a0") + leaf(0, 0, 26, 52, 26, "#67a850", "#cfe3a0")
        return group(sprig, at=(reach * 0.2, -spec.fill + 6), turn=10)
    return ""
