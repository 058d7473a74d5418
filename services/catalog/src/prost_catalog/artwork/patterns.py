"""Patterns and small landscapes that fill the ground of a label."""

# ruff: noqa: E501 - a drawing is made of coordinates.

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, hypot, radians, sin
from typing import TYPE_CHECKING, Final

from prost_catalog.artwork.emblems import star
from prost_catalog.artwork.plants import leaf
from prost_catalog.artwork.sheet import Sheet, circle, line, mix, polygon, rect, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Ground:
    """The area to fill, centred on x = 0 and hanging from y = 0, and its colours."""

    sheet: Sheet
    width: float
    height: float
    base: str
    first: str
    second: str

    def tiled(self, width: float, height: float, body: str, turn: float = 0) -> str:
        """Fill the area with copies of a tile over the base colour, turned by some degrees."""
        # Copies, since a renderer resamples SVG's own patterns pixel by pixel, at a third of a picture's cost.
        half = self.width / 2
        reach = hypot(half, self.height / 2) if turn else half
        columns, rows = ceil(reach / width), ceil((reach if turn else self.height / 2) / height)
        copies = "".join(
            f'<g transform="translate({column * width:g} {row * height:g})">{body}</g>'
            for row in range(-rows, rows)
            for column in range(-columns, columns)
        )
        clip = self.sheet.clip(f"M{-half:.1f} 0H{half:.1f}V{self.height:.1f}H{-half:.1f}Z")
        turned = f'<g transform="translate(0 {self.height / 2:.1f}) rotate({turn:g})">{copies}</g>'
        return f'{self.plain()}<g clip-path="{clip}">{turned}</g>'

    def plain(self) -> str:
        """Fill the area with the base colour."""
        return rect(-self.width / 2, 0, self.width, self.height, self.base)


def _lozenge(ground: Ground) -> str:
    diamond = shape("M17 0L34 26L17 52L0 26Z", ground.first)
    return ground.tiled(34, 52, diamond, 14)


def _diamond(ground: Ground) -> str:
    body = shape("M20 3L37 20L20 37L3 20Z", ground.first) + shape("M20 12L28 20L20 28L12 20Z", ground.second)
    return ground.tiled(40, 40, body)


def _checks(ground: Ground) -> str:
    body = rect(0, 0, 22, 44, ground.first, attributes='fill-opacity=".55"') + rect(
        0, 0, 44, 22, ground.first, attributes='fill-opacity=".55"'
    )
    return ground.tiled(44, 44, body)


def _dots(ground: Ground) -> str:
    return ground.tiled(36, 36, circle(9, 9, 6.5, ground.first) + circle(27, 27, 6.5, ground.second))


def _stripes(ground: Ground) -> str:
    return ground.tiled(40, 40, rect(0, 0, 12, 40, ground.first) + rect(20, 0, 4, 40, ground.second), 35)


def _stars(ground: Ground) -> str:
    body = (
        star(18, 20, 9, ground.first)
        + star(48, 50, 6, ground.second)
        + circle(50, 14, 2.4, ground.first)
        + circle(14, 52, 2, ground.second)
    )
    return ground.tiled(64, 66, body)


def _scallop(ground: Ground) -> str:
    def scale(x: float, y: float) -> str:
        return (
            circle(x, y, 24, ground.base)
            + circle(x, y, 20.5, ground.first)
            + circle(x, y, 13, ground.base)
            + circle(x, y, 9.5, ground.second)
        )

    return ground.tiled(44, 44, scale(0, 44) + scale(44, 44) + scale(22, 22) + scale(0, 0) + scale(44, 0))


def _tiles(ground: Ground) -> str:
    body = shape("M0 0H24A24 24 0 0 1 0 24Z", ground.first) + shape(
        "M48 48H24A24 24 0 0 1 48 24Z", ground.first
    )
    body += shape("M48 0V24A24 24 0 0 0 24 0Z", ground.second) + shape(
        "M0 48V24A24 24 0 0 0 24 48Z", ground.second
    )
    return ground.tiled(48, 48, body)


def _bauhaus(ground: Ground) -> str:
    quarter = shape("M0 0H56A56 56 0 0 1 0 56Z", ground.first) + circle(84, 28, 20, ground.second)
    lower = (
        shape("M56 56H112V112Z", ground.first)
        + rect(0, 56, 28, 56, ground.second)
        + circle(42, 84, 13, ground.first)
    )
    return ground.tiled(112, 112, quarter + lower)


def _azulejo(ground: Ground) -> str:
    petals = "".join(leaf(30, 30, turn, 27, 11, ground.first) for turn in (45, 135, 225, 315))
    corners = "".join(circle(x, y, 8, ground.second) for x in (0, 60) for y in (0, 60))
    return ground.tiled(
        60,
        60,
        petals
        + corners
        + circle(30, 30, 5, ground.second)
        + line("M0 30H6M54 30H60M30 0V6M30 54V60", ground.first, 2.4),
    )


def _leaf(ground: Ground) -> str:
    body = (
        leaf(14, 40, -24, 34, 13, ground.first)
        + leaf(46, 66, 30, 34, 13, ground.second)
        + leaf(48, 20, 150, 16, 7, ground.first)
    )
    return ground.tiled(64, 70, body)


def _grain(ground: Ground) -> str:
    body = "".join(leaf(16, y, turn, 20, 8, ground.first) for y in (26, 52) for turn in (-36, 36))
    return ground.tiled(32, 52, body + line("M16 0V52", ground.second, 1.6))


def _waves(ground: Ground) -> str:
    crest = "M-10 {0}Q10 {1} 30 {0}T70 {0}"
    body = line(crest.format(10, -6), ground.first, 5) + line(crest.format(27, 11), ground.second, 3.4)
    return ground.tiled(40, 34, body)


def _contour(ground: Ground) -> str:
    lines = ""
    for index in range(int(ground.height / 24) + 4):
        y = -20 + index * 24
        swing = 22 * cos(index * 0.7)
        w = ground.width / 2
        lines += line(
            f"M{-w:.0f} {y:.0f}C{-w * 0.4:.0f} {y - swing - 16:.0f} {w * 0.2:.0f} {y + swing + 22:.0f} {w:.0f} {y - 8:.0f}",
            ground.first if index % 3 else ground.second,
            3,
        )
    return ground.plain() + lines


def _rays(ground: Ground) -> str:
    reach = ground.width + ground.height
    x, y = 0.0, ground.height * 0.46
    body = ""
    for index in range(18):
        first, second = radians(index * 20), radians(index * 20 + 10)
        points = [
            (x, y),
            (x + reach * cos(first), y + reach * sin(first)),
            (x + reach * cos(second), y + reach * sin(second)),
        ]
        body += shape(polygon(points), ground.first)
    return ground.plain() + body


def _hills(ground: Ground) -> str:
    w, h = ground.width / 2, ground.height
    body = ""
    for index, tone in enumerate(
        (mix(ground.first, ground.base, 0.55), mix(ground.first, ground.base, 0.25), ground.first)
    ):
        y = h * (0.56 + index * 0.13)
        side = 1 if index % 2 else -1
        body += shape(
            f"M{-w:.0f} {y + side * 26:.0f}C{-w * 0.4:.0f} {y - 70:.0f} {w * 0.3:.0f} {y + 60:.0f} {w:.0f} {y - side * 30:.0f}V{h:.0f}H{-w:.0f}Z",
            tone,
        )
    return ground.plain() + circle(w * 0.42, h * 0.3, min(w, h) * 0.2, ground.second) + body


def _slope(ground: Ground) -> str:
    w, h = ground.width / 2, ground.height
    rows = "".join(
        line(
            f"M{-w:.0f} {h * 0.5 + index * 16:.0f}Q{w * 0.1:.0f} {h * 0.36 + index * 25:.0f} {w:.0f} {h * 0.2 + index * 30:.0f}",
            ground.second,
            3,
        )
        for index in range(int(h / 20))
    )
    hill = shape(
        f"M{-w:.0f} {h * 0.48:.0f}Q{w * 0.1:.0f} {h * 0.34:.0f} {w:.0f} {h * 0.18:.0f}V{h:.0f}H{-w:.0f}Z",
        ground.first,
    )
    return ground.plain() + hill + rows


def _facets(ground: Ground) -> str:
    body = shape("M0 0L40 0L14 30Z", mix(ground.first, ground.base, 0.25)) + shape(
        "M40 0L60 36L14 30Z", ground.first
    )
    body += shape("M14 30L60 36L30 70L0 60Z", ground.second) + shape(
        "M60 36L60 70L30 70Z", mix(ground.second, ground.base, 0.4)
    )
    return ground.tiled(60, 70, body)


PATTERNS: Final[Mapping[str, Callable[[Ground], str]]] = {
    "lozenge": _lozenge, "diamond": _diamond, "checks": _checks, "dots": _dots, "stripes": _stripes, "stars": _stars,
    "scallop": _scallop, "tiles": _tiles, "bauhaus": _bauhaus, "azulejo": _azulejo, "leaf": _leaf, "grain": _grain,
    "waves": _waves, "contour": _contour, "rays": _rays, "hills": _hills, "slope": _slope, "facets": _facets,
}  # fmt: skip
"""Every pattern by its name."""


def points_on_ring(radius: float, count: int) -> list[tuple[float, float]]:
    """Spread points evenly on a circle around the origin, the first at the top."""
    return [
        (radius * sin(radians(index * 360 / count)), -radius * cos(radians(index * 360 / count)))
        for index in range(count)
    ]
