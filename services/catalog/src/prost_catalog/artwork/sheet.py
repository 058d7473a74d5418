"""The sheet that a picture is drawn on: gradients by id, colours that mix, paths that close."""

# ruff: noqa: PLR0917, PLR2004 - a drawing is made of coordinates.

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH: Final = 960
HEIGHT: Final = 1200

Stop = tuple[float, str, float]
"""Offset from 0 to 1, colour `#rrggbb`, opacity from 0 to 1."""

Point = tuple[float, float]


@dataclass
class Sheet:
    """Collects the definitions of one drawing; every method returns what refers to its definition."""

    defs: list[str] = field(default_factory=list)

    def _define(self, template: str) -> str:
        name = f"d{len(self.defs)}"
        self.defs.append(template.replace("@", name, 1))
        return f"url(#{name})"

    def linear(self, stops: Iterable[Stop], start: Point, end: Point) -> str:
        """Define a linear gradient between two points of the current user space."""
        return self._define(
            f'<linearGradient id="@" gradientUnits="userSpaceOnUse" x1="{start[0]:.1f}" y1="{start[1]:.1f}"'
            f' x2="{end[0]:.1f}" y2="{end[1]:.1f}">{_stops(stops)}</linearGradient>'
        )

    def radial(self, stops: Iterable[Stop]) -> str:
        """Define a radial gradient over the bounding box of what it fills."""
        return self._define(f'<radialGradient id="@">{_stops(stops)}</radialGradient>')

    def clip(self, shape: str) -> str:
        """Define a clip from the path data of its shape."""
        return self._define(f'<clipPath id="@"><path d="{shape}"/></clipPath>')

    def curve(self, data: str) -> str:
        """Define a path for text to run along and return its bare id."""
        return self._define(f'<path id="@" d="{data}"/>')[5:-1]

    def svg(self, body: str, view: tuple[int, int, int, int] = (0, 0, WIDTH, HEIGHT)) -> str:
        """Wrap a body and all definitions into a document that shows `view`: left, top, width, height."""
        left, top, width, height = view
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}">'
            f"<defs>{''.join(self.defs)}</defs>{body}</svg>"
        )


def _stops(stops: Iterable[Stop]) -> str:
    return "".join(
        f'<stop offset="{offset:g}" stop-color="{colour}" stop-opacity="{opacity:g}"/>'
        for offset, colour, opacity in stops
    )


def group(body: str, *, at: Point = (0, 0), scale: float = 1, turn: float = 0, attributes: str = "") -> str:
    """Place a body: move, then turn, then scale."""
    parts = [f"translate({at[0]:.1f} {at[1]:.1f})" if at != (0, 0) else ""]
    parts += [f"rotate({turn:g})" if turn else "", f"scale({scale:.4f})" if scale != 1 else ""]
    transform = " ".join(part for part in parts if part)
    return f"<g {attributes}{f' transform={chr(34)}{transform}{chr(34)}' if transform else ''}>{body}</g>"


def shape(data: str, fill: str, attributes: str = "") -> str:
    """Fill a path."""
    return f'<path d="{data}" fill="{fill}" {attributes}/>'


def line(data: str, stroke: str, width: float, attributes: str = "") -> str:
    """Stroke a path with round ends and joins."""
    return (
        f'<path d="{data}" fill="none" stroke="{stroke}" stroke-width="{width:g}"'
        f' stroke-linecap="round" stroke-linejoin="round" {attributes}/>'
    )


def circle(x: float, y: float, radius: float, fill: str, attributes: str = "") -> str:
    """Fill a circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" {attributes}/>'


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, attributes: str = "") -> str:
    """Fill an ellipse."""
    return f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="{fill}" {attributes}/>'


def rect(
    x: float, y: float, width: float, height: float, fill: str, radius: float = 0, attributes: str = ""
) -> str:
    """Fill a rectangle with round corners."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius:.1f}"'
        f' fill="{fill}" {attributes}/>'
    )


def polygon(points: Sequence[Point]) -> str:
    """Join points to closed path data."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def mix(first: str, second: str, share: float) -> str:
    """Blend two colours `#rrggbb`, with this share (0 to 1) of the second."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def lighten(colour: str, share: float) -> str:
    """Blend a colour towards white."""
    return mix(colour, "#ffffff", share)


def darken(colour: str, share: float) -> str:
    """Blend a colour towards a warm black."""
    return mix(colour, "#120a06", share)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 for black to 1 for white."""
    linear = [
        channel / 3294.6 if channel <= 10 else ((channel / 255 + 0.055) / 1.055) ** 2.4
        for channel in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def readable(on: str, *candidates: str) -> str:
    """Return the candidate that reads best on a ground."""
    return max(candidates, key=lambda candidate: contrast(on, candidate))


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
