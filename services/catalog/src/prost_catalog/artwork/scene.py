"""The set: one wall, one plinth and one light for all pictures, tinted by the shelf."""

# ruff: noqa: E501 - a drawing is made of coordinates.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prost_catalog.artwork.sheet import (
    HEIGHT,
    WIDTH,
    Sheet,
    circle,
    darken,
    ellipse,
    lighten,
    mix,
    rect,
    shape,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUND: Final = 1102
"""Where vessels stand."""

TINTS: Final[Mapping[str, str]] = {
    "bier": "#e9c384",
    "alkoholfreies-bier": "#a5cfc4",
    "wein": "#d9aeaa",
    "schaumwein": "#e8d7b9",
    "spirituosen": "#a3b6bc",
    "wasser": "#9cc6e2",
    "saefte": "#f4c096",
    "limonaden": "#f4dc82",
    "tee-kaffee": "#c3cda6",
    "milch-pflanzendrinks": "#cfc9e4",
}

_PLINTH: Final = 390


def backdrop(sheet: Sheet, category: str) -> str:
    """Draw wall, arch of light and plinth in the tint of a shelf."""
    tint = TINTS[category]
    light, deep = lighten(tint, 0.62), mix(tint, "#7a4a3a", 0.22)
    body = rect(
        0,
        0,
        WIDTH,
        HEIGHT,
        sheet.linear([(0, lighten(tint, 0.34), 1), (0.62, tint, 1), (1, deep, 1)], (160, 0), (800, HEIGHT)),
    )
    body += _window(category, light)
    body += shape(f"M-60 {HEIGHT}V250L420 0H560L-60 420Z", "#ffffff", 'fill-opacity=".1"')
    body += shape(f"M300 {HEIGHT}L960 150V330L470 {HEIGHT}Z", "#ffffff", 'fill-opacity=".08"')
    floor = sheet.linear([(0, mix(tint, "#ffffff", 0.28), 1), (1, deep, 1)], (0, 1062), (0, HEIGHT))
    body += rect(0, 1060, WIDTH, HEIGHT - 1060, floor) + rect(
        0, 1060, WIDTH, 3, lighten(tint, 0.5), attributes='fill-opacity=".5"'
    )
    # One soft shade serves every vessel, since they all stand in the middle.
    shade = sheet.radial([(0, "#3a1e10", 0.24), (0.55, "#3a1e10", 0.12), (1, "#3a1e10", 0)])
    body += ellipse(560, 660, 250, 560, shade)
    return body + _plinth(sheet, tint)


def _window(category: str, light: str) -> str:
    if category in {"wasser", "schaumwein", "limonaden"}:
        return circle(480, 560, 400, light, 'fill-opacity=".5"') + circle(
            480, 560, 330, light, 'fill-opacity=".5"'
        )
    if category in {"spirituosen", "tee-kaffee", "wein"}:
        return shape("M120 1060V470A360 360 0 0 1 840 470V1060Z", light, 'fill-opacity=".5"') + shape(
            "M190 1060V486A290 290 0 0 1 770 486V1060Z", light, 'fill-opacity=".42"'
        )
    return shape(
        "M100 1060V150Q100 100 150 100H810Q860 100 860 150V1060Z", light, 'fill-opacity=".38"'
    ) + circle(480, 580, 340, light, 'fill-opacity=".62"')


def _plinth(sheet: Sheet, tint: str) -> str:
    top, bottom = GROUND, HEIGHT - 24
    side = sheet.linear(
        [
            (0, darken(tint, 0.28), 1),
            (0.28, lighten(tint, 0.34), 1),
            (0.6, tint, 1),
            (1, darken(tint, 0.38), 1),
        ],
        (480 - _PLINTH, 0),
        (480 + _PLINTH, 0),
    )
    face = sheet.linear(
        [(0, lighten(tint, 0.7), 1), (0.7, lighten(tint, 0.4), 1), (1, lighten(tint, 0.1), 1)],
        (480 - _PLINTH, 0),
        (480 + _PLINTH, 0),
    )
    shadow = sheet.radial([(0, "#2a140a", 0.4), (0.75, "#2a140a", 0.18), (1, "#2a140a", 0)])
    body = ellipse(510, bottom + 14, _PLINTH + 110, 58, shadow)
    body += shape(f"M{480 - _PLINTH} {top}V{bottom}A{_PLINTH} 46 0 0 0 {480 + _PLINTH} {bottom}V{top}Z", side)
    body += ellipse(480, top, _PLINTH, 46, face)
    return (
        body
        + f'<path d="M{480 - _PLINTH} {top}A{_PLINTH} 46 0 0 0 {480 + _PLINTH} {top}" fill="none" stroke="#ffffff" stroke-width="2.4" stroke-opacity=".6"/>'
    )


def contact(sheet: Sheet, x: float, radius: float, height: float) -> str:
    """Draw the shade of a vessel on the plinth, its light coming from the left."""
    dark = sheet.radial([(0, "#24120a", 0.62), (0.6, "#24120a", 0.3), (1, "#24120a", 0)])
    soft = sheet.radial([(0, "#24120a", 0.36), (0.55, "#24120a", 0.18), (1, "#24120a", 0)])
    reach = _reach(radius, height)
    return ellipse(x + reach * 0.42, GROUND + 7, reach, 25, soft) + ellipse(
        x + 5, GROUND + 5, radius * 1.16, 17, dark
    )


def shaded(x: float, radius: float, height: float) -> tuple[float, float]:
    """Return how far left and right the shade of a vessel goes."""
    return x - 1.2 * radius, x + 1.42 * _reach(radius, height)


def _reach(radius: float, height: float) -> float:
    return radius + height * 0.12
