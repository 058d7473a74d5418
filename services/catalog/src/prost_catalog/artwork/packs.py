"""Vessels that are all print: cans, cartons, kegs, and the crate that carries bottles home."""

# ruff: noqa: E501 - a drawing is made of coordinates.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prost_catalog.artwork.closures import metal
from prost_catalog.artwork.labels import LAYOUTS
from prost_catalog.artwork.lettering import cased, fitted
from prost_catalog.artwork.prints import Print
from prost_catalog.artwork.sheet import Sheet, circle, darken, ellipse, lighten, line, mix, rect, shape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

_FULL_BLEED: Final = frozenset({"poster", "block", "stripe", "band", "vertical"})
_CANS: Final[Mapping[str, tuple[float, float]]] = {"can": (146, 610), "sleek": (118, 640)}


def _shade(sheet: Sheet, radius: float) -> str:
    return sheet.linear(
        [
            (0, "#140a04", 0.56),
            (0.1, "#140a04", 0.2),
            (0.22, "#ffffff", 0.16),
            (0.3, "#ffffff", 0.34),
            (0.38, "#ffffff", 0.08),
            (0.6, "#140a04", 0.04),
            (0.85, "#140a04", 0.28),
            (0.94, "#140a04", 0.46),
            (1, "#140a04", 0.3),
        ],
        (-radius, 0),
        (radius, 0),
    )


def can(sheet: Sheet, art: str, words: Print, layout: str, chance: Random) -> str:
    """Draw a printed can."""
    radius, height = _CANS[art]
    neck, foot = radius - 17, radius - 15
    wall = f"M{-radius} {-height + 52}V-30Q{-radius} -14 {-foot} -6Q0 16 {foot} -6Q{radius} -14 {radius} -30V{-height + 52}Q{radius - 2} {-height + 30} {neck} {-height + 16}Q0 {-height + 26} {-neck} {-height + 16}Q{-radius + 2} {-height + 30} {-radius} {-height + 52}Z"
    steel = metal(sheet, radius, "#c4c9cc")
    body = shape(wall, steel)
    top, low = height - 56, 34.0
    room = top - low
    zone = f"M{-radius} {-top}Q0 {-top + 14} {radius} {-top}V{-low}Q0 {-low + 16} {-radius} {-low}Z"
    printed = _wrap(sheet, words, layout, 2 * radius, room + 16)
    body += f'<g clip-path="{sheet.clip(wall)}"><g clip-path="{sheet.clip(zone)}"><g transform="translate(0 {-top})">{printed}</g></g></g>'
    body += shape(wall, _shade(sheet, radius))
    body += _beads(radius, top, low, chance)
    lid = ellipse(0, -height + 16, neck, 9, metal(sheet, neck, "#d5d9dc")) + ellipse(
        0, -height + 15, neck - 8, 5.4, "#8d9498"
    )
    tab = ellipse(2, -height + 15, 20, 3, "#e8ecee")
    rim = line(
        f"M{-neck} {-height + 16}Q0 {-height + 36} {neck} {-height + 16}", "#eef1f2", 3, 'stroke-opacity=".8"'
    )
    return body + lid + tab + rim


def _wrap(sheet: Sheet, words: Print, layout: str, width: float, height: float) -> str:
    if layout in _FULL_BLEED:
        return LAYOUTS[layout](sheet, words, width, height)[1]
    body = words.ground(
        sheet, width, height, words.tint, mix(words.tint, words.ink, 0.28), mix(words.tint, words.paper, 0.22)
    )
    label_width, label_height = width * 0.86, min(height * 0.68, width * 1.22)
    edge, print_ = LAYOUTS[layout](sheet, words, label_width, label_height)
    return (
        body
        + f'<g transform="translate(0 {(height - label_height) / 2:.1f})"><g clip-path="{sheet.clip(edge)}">{print_}</g></g>'
    )


def _beads(radius: float, top: float, low: float, chance: Random) -> str:
    body = ""
    for _ in range(34):
        x, y, size = chance.uniform(-0.86, 0.86) * radius, -chance.uniform(low, top), chance.uniform(1.4, 4)
        body += ellipse(x, y, size, size * 1.2, "#ffffff", 'fill-opacity=".22"') + circle(
            x - size * 0.3, y - size * 0.4, size * 0.36, "#ffffff", 'fill-opacity=".9"'
        )
        body += ellipse(
            x + size * 0.2, y + size * 0.8, size * 0.7, size * 0.34, "#120a06", 'fill-opacity=".25"'
        )
    return body


def carton(sheet: Sheet, words: Print, layout: str) -> str:
    """Draw a gable-top carton, its side panel in shade."""
    left, right, side, height = -150.0, 92.0, 156.0, 560.0
    front = f"M{left} {-height}H{right}V0H{left}Z"
    flank = f"M{right} {-height}L{side} {-height - 10}V-14L{right} 0Z"
    width = right - left
    middle = (left + right) / 2
    printed = LAYOUTS[layout if layout in _FULL_BLEED else "poster"](sheet, words, width, height)[1]
    body = (
        shape(flank, darken(words.strong, 0.2))
        + f'<g clip-path="{sheet.clip(front)}"><g transform="translate({middle} {-height})">{printed}</g></g>'
    )
    wash = sheet.linear(
        [(0, "#ffffff", 0.16), (0.5, "#ffffff", 0), (1, "#140a04", 0.13)], (left, -height), (right, 0)
    )
    body += shape(front, wash) + shape(
        flank, sheet.linear([(0, "#140a04", 0.28), (1, "#140a04", 0.5)], (right, 0), (side, 0))
    )
    roof = f"M{left} {-height}L{left + 16} {-height - 118}H{right + 10}L{right} {-height}Z"
    body += shape(roof, lighten(words.strong, 0.12)) + shape(
        roof, sheet.linear([(0, "#140a04", 0.2), (1, "#ffffff", 0.12)], (0, -height - 118), (0, -height))
    )
    gable = (
        f"M{right} {-height}L{right + 10} {-height - 118}L{side - 12} {-height - 112}L{side} {-height - 10}Z"
    )
    fold = f"M{right} {-height}L{right + 24} {-height - 60}L{side} {-height - 10}Z"
    body += shape(gable, darken(words.strong, 0.42)) + shape(fold, darken(words.strong, 0.24))
    fin = f"M{left + 16} {-height - 118}V{-height - 172}H{right + 10}L{side - 12} {-height - 164}V{-height - 112}L{right + 10} {-height - 118}Z"
    body += shape(fin, words.paper) + line(
        f"M{left + 16} {-height - 132}H{right + 8}", mix(words.paper, words.ink, 0.25), 2
    )
    body += shape(
        f"M{right + 10} {-height - 118}V{-height - 172}L{side - 12} {-height - 164}V{-height - 112}Z",
        "#140a04",
        'fill-opacity=".2"',
    )
    cap = (
        ellipse(middle, -height - 58, 40, 13, darken(words.strong, 0.3))
        + f'<g transform="translate({middle} {-height - 64})">{rect(-34, -30, 68, 34, metal(sheet, 34, words.paper), 8)}{ellipse(0, -29, 32, 9, lighten(words.paper, 0.4))}</g>'
    )
    return body + cap


def keg(sheet: Sheet, words: Print, layout: str) -> str:
    """Draw a five-litre party keg."""
    radius, height = 200.0, 560.0
    wall = f"M{-radius} {-height + 40}V-40Q{-radius} -18 {-radius + 20} -10Q0 18 {radius - 20} -10Q{radius} -18 {radius} -40V{-height + 40}Q{radius} {-height + 14} {radius - 24} {-height + 4}Q0 {-height + 20} {-radius + 24} {-height + 4}Q{-radius} {-height + 14} {-radius} {-height + 40}Z"
    printed = _wrap(sheet, words, layout, 2 * radius, height - 90)
    zone = f"M{-radius} {-height + 50}Q0 {-height + 70} {radius} {-height + 50}V-46Q0 -24 {-radius} -46Z"
    body = (
        shape(wall, metal(sheet, radius, "#c0c5c8"))
        + f'<g clip-path="{sheet.clip(zone)}"><g transform="translate(0 {-height + 46})">{printed}</g></g>'
    )
    body += shape(wall, _shade(sheet, radius)) + ellipse(
        0, -height + 10, radius - 26, 16, metal(sheet, radius, "#d9dde0")
    )
    return body + ellipse(0, -height + 9, 40, 7, "#4a4f53") + ellipse(0, -height + 7, 24, 4.4, words.strong)


def crate(sheet: Sheet, words: Print, cap: str, necks: int = 5) -> str:
    """Draw a crate of bottles from the front."""
    half, height = 300.0, 330.0
    body = ""
    for row, (lift, tone) in enumerate(((66, darken(cap, 0.35)), (34, darken(cap, 0.15)), (0, cap))):
        for index in range(necks):
            x = -half + 66 + index * (2 * half - 132) / (necks - 1)
            y = -height - lift
            glass = sheet.linear(
                [(0, "#2a1206", 1), (0.35, "#7a3f18", 1), (1, "#2a1206", 1)], (x - 26, 0), (x + 26, 0)
            )
            body += rect(x - 24, y - 64 + row * 4, 48, 110, glass, 18) + rect(
                x - 26, y - 88 + row * 4, 52, 30, metal(sheet, 26, tone), 5
            )
    face = f"M{-half} {-height}H{half}L{half - 12} -8Q{half - 13} 0 {half - 24} 0H{-half + 24}Q{-half + 13} 0 {-half + 12} -8Z"
    body += shape(face, words.strong) + shape(
        face,
        sheet.linear(
            [(0, "#ffffff", 0.22), (0.4, "#ffffff", 0.02), (1, "#140a04", 0.35)], (-half, -height), (half, 0)
        ),
    )
    body += rect(-half - 8, -height - 14, 2 * half + 16, 34, lighten(words.strong, 0.12), 8)
    body += rect(-92, -height + 40, 184, 46, darken(words.strong, 0.5), 23)
    for x in (-half + 58, half - 58):
        body += rect(x - 26, -height + 46, 52, height - 90, darken(words.strong, 0.28), 10)
    body += fitted(cased(words.wordmark, words.face), words.face, 300, 92, words.paper, y=-118)
    return body + words.small(words.place, 260, 22, words.paper, -72)
