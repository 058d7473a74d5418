"""Lettering: texts measured in the package's own typefaces and fitted to their place."""

# ruff: noqa: E501, PLR0917 - a drawing is made of coordinates.

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final

from PIL import ImageFont

if TYPE_CHECKING:
    from pathlib import Path

_MEASURE: Final = 200
_CAPITALS: Final = frozenset({"condensed", "geometric", "block", "deco"})
_COMPANIONS: Final = {
    "fraktur": "garamond",
    "fat": "geometric",
    "serif": "garamond",
    "garamond": "garamond",
    "geometric": "geometric",
    "condensed": "condensed",
    "slab": "condensed",
    "script": "geometric",
    "brush": "condensed",
    "deco": "geometric",
    "modern": "modern",
    "block": "modern",
}


@cache
def font_folder() -> Path:
    """Return the folder with the typefaces, as files that a renderer can open."""
    with as_file(files(__package__) / "fonts") as folder:
        return folder


@cache
def _font(face: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_folder() / f"{face}.ttf", _MEASURE, layout_engine=ImageFont.Layout.BASIC)


def companion(face: str) -> str:
    """Name the quiet face that goes with a display face."""
    return _COMPANIONS[face]


def cased(text: str, face: str) -> str:
    """Set a text in capitals where the face is made for them."""
    return text.upper() if face in _CAPITALS else text


def measure(text: str, face: str, size: float, tracking: float = 0) -> float:
    """Return the width of a text; tracking is the extra space per letter as a share of the size."""
    return float(_font(face).getlength(text)) * size / _MEASURE + tracking * size * max(len(text) - 1, 0)


def fit(text: str, face: str, width: float, size: float, tracking: float = 0) -> float:
    """Return the largest size up to `size` at which a text is no wider than `width`."""
    return min(size, size * width / max(measure(text, face, size, tracking), 1))


def text(
    content: str,
    face: str,
    size: float,
    fill: str,
    *,
    x: float = 0,
    y: float = 0,
    tracking: float = 0,
    anchor: str = "middle",
    attributes: str = "",
) -> str:
    """Write one line with its baseline at `y`."""
    spacing = f' letter-spacing="{tracking * size:.2f}"' if tracking else ""
    # A renderer adds the spacing after the last letter too; half of it keeps a centred line centred.
    shift = tracking * size / 2 if anchor == "middle" else 0
    return (
        f'<text x="{x + shift:.1f}" y="{y:.1f}" font-family="Prost {face.capitalize()}" font-size="{size:.1f}"'
        f' fill="{fill}" text-anchor="{anchor}"{spacing} {attributes}>{escape(content)}</text>'
    )


def fitted(
    content: str,
    face: str,
    width: float,
    size: float,
    fill: str,
    *,
    x: float = 0,
    y: float = 0,
    tracking: float = 0,
) -> str:
    """Write one centred line no wider than `width` and no larger than `size`."""
    return text(content, face, fit(content, face, width, size, tracking), fill, x=x, y=y, tracking=tracking)


def stacked(
    content: str,
    face: str,
    width: float,
    height: float,
    fill: str,
    *,
    y: float,
    x: float = 0,
    anchor: str = "middle",
    leading: float = 0.98,
) -> str:
    """Write a text in one line or two, as large as it fits, vertically centred on `y`."""
    content = cased(content, face)
    lines, size = best_lines(content, face, width, height, leading)
    step = size * leading
    first = y + size * 0.35 - step * (len(lines) - 1) / 2
    return "".join(
        text(row, face, size, fill, x=x, y=first + index * step, anchor=anchor)
        for index, row in enumerate(lines)
    )


def best_lines(
    content: str, face: str, width: float, height: float, leading: float = 0.98
) -> tuple[list[str], float]:
    """Break a text where it can be set largest within width and height; returns the lines and their size."""
    words = content.replace("-", "- ").split()
    options = [[content]]
    options += [
        [" ".join(words[:cut]).replace("- ", "-"), " ".join(words[cut:]).replace("- ", "-")]
        for cut in range(1, len(words))
    ]

    def size_of(lines: list[str]) -> float:
        room = height / (leading * (len(lines) - 1) + 1)
        return min(fit(row, face, width, room) for row in lines)

    best = max(options, key=size_of)
    return best, size_of(best)


def along(content: str, face: str, size: float, fill: str, curve: str, tracking: float = 0) -> str:
    """Write a text centred along the path with this id."""
    return (
        f'<text font-family="Prost {face.capitalize()}" font-size="{size:.1f}" fill="{fill}" text-anchor="middle"'
        f' letter-spacing="{tracking * size:.2f}"><textPath href="#{curve}" startOffset="50%">'
        f"{escape(content)}</textPath></text>"
    )
