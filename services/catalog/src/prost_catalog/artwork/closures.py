"""What keeps a bottle shut: crown caps, swing tops, capsules, foils, corks and screw caps."""

# ruff: noqa: ARG001, E501 - a drawing is made of coordinates.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prost_catalog.artwork.sheet import Sheet, circle, darken, ellipse, lighten, line, rect, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prost_catalog.artwork.prints import Print
    from prost_catalog.artwork.profiles import Profile

_GOLD: Final = "#c9a04a"
_STEEL: Final = "#c9ced2"
_WOOD: Final = "#b98a55"


def metal(sheet: Sheet, radius: float, colour: str) -> str:
    """Define the sheen of a round metal part of this radius."""
    dark, bright = darken(colour, 0.55), lighten(colour, 0.5)
    return sheet.linear(
        [
            (0, dark, 1),
            (0.14, colour, 1),
            (0.3, bright, 1),
            (0.4, colour, 1),
            (0.68, darken(colour, 0.22), 1),
            (0.86, colour, 1),
            (1, dark, 1),
        ],
        (-radius, 0),
        (radius, 0),
    )


def _crown(sheet: Sheet, form: Profile, colour: str, words: Print) -> str:
    reach, top = form.points[0][0] + 8, -form.height - 8
    skirt = f"M{-reach + 5:.1f} {top + 8:.1f}Q0 {top - 5:.1f} {reach - 5:.1f} {top + 8:.1f}L{reach:.1f} {top + 30:.1f}"
    count = 9
    step = 2 * reach / count
    for index in range(count):
        x = reach - step * index
        skirt += f"Q{x - step / 2:.1f} {top + 39:.1f} {x - step:.1f} {top + 30:.1f}"
    flutes = "".join(
        line(
            f"M{-reach + step * index + (1.6 if index < count / 2 else -1.6):.1f} {top + 14:.1f}L{-reach + step * index:.1f} {top + 30:.1f}",
            darken(colour, 0.5),
            2,
            'stroke-opacity=".55"',
        )
        for index in range(1, count)
    )
    dome = f"M{-reach + 5:.1f} {top + 9:.1f}Q0 {top - 6:.1f} {reach - 5:.1f} {top + 9:.1f}Q0 {top + 3:.1f} {-reach + 5:.1f} {top + 9:.1f}Z"
    return shape(skirt + "Z", metal(sheet, reach, colour)) + flutes + shape(dome, lighten(colour, 0.35))


def _swing(sheet: Sheet, form: Profile, colour: str, words: Print) -> str:
    top, reach = -form.height, form.points[0][0]
    wire = f"M{-reach - 9:.0f} {top + 62}L{-reach - 5:.0f} {top - 8}Q{-reach:.0f} {top - 30} 0 {top - 31}Q{reach:.0f} {top - 30} {reach + 5:.0f} {top - 8}L{reach + 9:.0f} {top + 62}"
    lever = f"M{-reach - 9:.0f} {top + 62}Q{-reach - 22:.0f} {top + 90} {-reach - 12:.0f} {top + 118}M{reach + 9:.0f} {top + 62}L{-reach - 9:.0f} {top + 66}"
    porcelain = f"M{-reach - 1:.0f} {top - 2}Q{-reach - 1:.0f} {top - 27} 0 {top - 29}Q{reach + 1:.0f} {top - 27} {reach + 1:.0f} {top - 2}Z"
    body = rect(-reach - 3, top - 4, 2 * reach + 6, 9, "#b5382c", 4) + shape(
        porcelain, metal(sheet, reach, "#efe9dd")
    )
    body += circle(0, top - 16, 7, colour)
    return (
        body
        + line(wire, "#6d7276", 5)
        + line(wire, "#e6eaec", 1.6, 'transform="translate(-1 0)"')
        + line(lever, "#7d8387", 4.4)
    )


def _capsule(sheet: Sheet, form: Profile, colour: str, words: Print) -> str:
    top, foot = form.height + 3, form.height - 150
    reach = form.radius_at(foot) + 2
    edge = form.outline(inset=-1.6, top=form.height, bottom=foot, sag=4)
    band = form.outline(inset=-1.8, top=foot + 13, bottom=foot + 5, sag=4)
    lip = ellipse(0, -top + 3, form.points[0][0] + 1, 4.5, lighten(colour, 0.25))
    return shape(edge, metal(sheet, reach + 3, colour)) + shape(band, _GOLD) + lip


def _foil(sheet: Sheet, form: Profile, colour: str, words: Print) -> str:
    foot = form.height - 270
    reach = form.radius_at(foot)
    skin = form.outline(inset=-2, top=form.height, bottom=foot, sag=-16)
    dome = shape(
        f"M-42 {-form.height + 6:.0f}Q-44 {-form.height - 18:.0f} 0 {-form.height - 20:.0f}Q44 {-form.height - 18:.0f} 42 {-form.height + 6:.0f}Z",
        metal(sheet, 43, colour),
    )
    folds = "".join(
        line(
            f"M{x:.0f} {-form.height + 58:.0f}Q{x * 1.05 + bend:.0f} {-form.height + 120:.0f} {x * 1.1:.0f} {-form.height + 168:.0f}",
            lighten(colour, 0.5) if bend > 0 else darken(colour, 0.4),
            2,
            'stroke-opacity=".5"',
        )
        for x, bend in ((-24, 3), (-13, -4), (-3, 4), (8, -3), (19, 3), (26, -3))
    )
    wire = line(
        f"M-45 {-form.height + 42:.0f}Q0 {-form.height + 52:.0f} 45 {-form.height + 42:.0f}",
        darken(colour, 0.5),
        3,
        'stroke-opacity=".7"',
    )
    collar_low, collar_high = foot + 44, foot + 96
    collar = shape(form.outline(inset=-3, top=collar_high, bottom=collar_low, sag=7), words.paper)
    collar += shape(form.outline(inset=-3, top=collar_low + 9, bottom=collar_low + 4, sag=7), words.second)
    seal = circle(0, -(collar_low + collar_high) / 2 + 5, 24, words.strong) + circle(
        0, -(collar_low + collar_high) / 2 + 5, 20, words.paper
    )
    mark = words.emblem(0, -(collar_low + collar_high) / 2 + 5, 30)
    shade = shape(
        form.outline(inset=-3, top=form.height, bottom=foot, sag=-16),
        sheet.linear(
            [(0, "#100804", 0.4), (0.3, "#ffffff", 0.14), (0.5, "#ffffff", 0), (1, "#100804", 0.42)],
            (-reach, 0),
            (reach, 0),
        ),
    )
    return shape(skin, metal(sheet, reach * 0.8, colour)) + folds + wire + dome + collar + shade + seal + mark


def _cork(sheet: Sheet, form: Profile, colour: str, words: Print) -> str:
    top, reach = -form.height, form.points[0][0]
    stopper = rect(
        -reach - 7,
        top - 52,
        2 * reach + 14,
        44,
        metal(
            sheet,
            reach + 7,
            _WOOD if words.face not in {"condensed", "block", "modern"} else darken(colour, 0.35),
        ),
        6,
    )
    grain = "".join(
        line(
            f"M{-reach - 2} {top - 42 + i * 10}H{reach + 2}", darken(_WOOD, 0.4), 1.2, 'stroke-opacity=".35"'
        )
        for i in range(4)
    )
    ring = rect(-reach - 4, top - 9, 2 * reach + 8, 11, metal(sheet, reach + 4, _GOLD), 3)
    strip = form.outline(inset=-1.5, top=form.height - 20, bottom=form.height - 92, sag=3)
    return (
        stopper
        + grain
        + ring
        + shape(strip, metal(sheet, form.radius_at(form.height - 60) + 2, words.strong))
        + ellipse(0, top - 51, reach + 5, 4, "#ffffff", 'fill-opacity=".22"')
    )


def _screw(sheet: Sheet, form: Profile, colour: str, words: Print) -> str:
    top, reach = -form.height, form.points[0][0] + 6
    body = rect(-reach, top - 10, 2 * reach, 40, metal(sheet, reach, colour), 6)
    ridges = "".join(
        line(f"M{x:.1f} {top - 2}V{top + 22}", darken(colour, 0.5), 1.6, 'stroke-opacity=".45"')
        for x in (-reach + 6 + i * (2 * reach - 12) / 11 for i in range(12))
    )
    ring = rect(-reach, top + 33, 2 * reach, 7, metal(sheet, reach, darken(colour, 0.15)), 2)
    return body + ridges + ring + ellipse(0, top - 8, reach - 4, 4, lighten(colour, 0.5), 'fill-opacity=".6"')


def _lid(sheet: Sheet, form: Profile, colour: str, words: Print) -> str:
    top, reach = -form.height, form.points[0][0] + 5
    body = rect(-reach, top - 12, 2 * reach, 46, metal(sheet, reach, colour), 7)
    return (
        body
        + rect(-reach - 1.5, top + 24, 2 * reach + 3, 9, metal(sheet, reach + 1, darken(colour, 0.12)), 4)
        + ellipse(0, top - 11, reach - 5, 4.5, lighten(colour, 0.5), 'fill-opacity=".55"')
    )


CLOSURES: Final[Mapping[str, Callable[[Sheet, Profile, str, Print], str]]] = {
    "crown": _crown, "swing": _swing, "capsule": _capsule, "foil": _foil, "cork": _cork, "screw": _screw, "lid": _lid,
}  # fmt: skip
"""Every closure by its name; each draws over the lip of a bottle of this profile, in a colour."""
