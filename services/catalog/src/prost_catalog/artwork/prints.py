"""The words, colours and edges of a label, before they are laid out."""

# ruff: noqa: E501, PLR0917, PLR2004 - a drawing is made of coordinates.

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from prost_catalog.artwork.emblems import EMBLEMS
from prost_catalog.artwork.lettering import companion, fitted
from prost_catalog.artwork.patterns import PATTERNS, Ground
from prost_catalog.artwork.sheet import Sheet, contrast, darken, group, lighten, readable, rect, shape

_MOTIF: Final = 100
_VISIBLE: Final = 1.5
_LEAF: Final = "#4c8a41"
_FRUIT: Final = frozenset(
    {
        "apple",
        "apricot",
        "berries",
        "cherry",
        "citrus",
        "ginger",
        "pear",
        "quince",
        "rhubarb",
        "rose",
        "tomato",
    }
)
_FOLIAGE: Final = {"hops": "#7d9f3c", "mint": "#3f9a5c", "cow": "#8a5638"}


@dataclass(frozen=True)
class Print:
    """The words and colours of a label; the palette is paper, ink, accent and second colour, `tint` the product's."""

    wordmark: str
    title: str
    caption: str
    facts: str
    place: str
    face: str
    motif: str
    pattern: str
    paper: str
    ink: str
    second: str
    tint: str

    @property
    def quiet(self) -> str:
        """The face of the small print."""
        return companion(self.face)

    @property
    def on_tint(self) -> str:
        """The colour that reads best on the tint."""
        return readable(self.tint, self.paper, self.ink)

    @property
    def strong(self) -> str:
        """The tint where it reads on paper, otherwise a darker shade of it."""
        return self.tint if contrast(self.tint, self.paper) > 3 else darken(self.tint, 0.42)

    def emblem(self, x: float, y: float, size: float) -> str:
        """Draw the motif on paper, centred on a point and `size` units wide; what grows keeps its natural colour."""
        if self.motif in _FOLIAGE:
            return self.emblem_in(x, y, size, _FOLIAGE[self.motif], _LEAF, self.paper)
        if self.motif in _FRUIT:
            fruit = self.tint if contrast(self.tint, self.paper) > _VISIBLE else darken(self.tint, 0.14)
            return self.emblem_in(x, y, size, fruit, _LEAF, lighten(self.tint, 0.82))
        return self.emblem_in(x, y, size, self.strong, self.ink, self.paper)

    def emblem_in(self, x: float, y: float, size: float, main: str, second: str, light: str) -> str:
        """Draw the motif in the given colours."""
        return group(EMBLEMS[self.motif](main, second, light), at=(x, y), scale=size / _MOTIF)

    def ground(self, sheet: Sheet, width: float, height: float, base: str, first: str, second: str) -> str:
        """Draw the producer's pattern over an area hanging from the origin."""
        return PATTERNS[self.pattern](Ground(sheet, width, height, base, first, second))

    def small(self, content: str, width: float, size: float, fill: str, y: float) -> str:
        """Write a line of small print in spaced capitals, centred."""
        return fitted(content.upper(), self.quiet, width, size, fill, y=y, tracking=0.09)


def box(width: float, height: float, radius: float, inset: float = 0) -> str:
    """Return the path data of a box with round corners."""
    w, h, r = width / 2 - inset, height - inset, radius
    return (
        f"M{-w + r:.1f} {inset:.1f}H{w - r:.1f}Q{w:.1f} {inset:.1f} {w:.1f} {inset + r:.1f}V{h - r:.1f}Q{w:.1f} {h:.1f} {w - r:.1f} {h:.1f}"
        f"H{-w + r:.1f}Q{-w:.1f} {h:.1f} {-w:.1f} {h - r:.1f}V{inset + r:.1f}Q{-w:.1f} {inset:.1f} {-w + r:.1f} {inset:.1f}Z"
    )


def oval(width: float, height: float, inset: float = 0) -> str:
    """Return the path data of an oval."""
    rx, ry = width / 2 - inset, height / 2 - inset
    return f"M{-rx:.1f} {height / 2:.1f}A{rx:.1f} {ry:.1f} 0 0 1 {rx:.1f} {height / 2:.1f}A{rx:.1f} {ry:.1f} 0 0 1 {-rx:.1f} {height / 2:.1f}Z"


def arch(width: float, height: float, inset: float = 0) -> str:
    """Return the path data of a box with a round top."""
    w, top, foot = width / 2 - inset, width / 2, height - inset
    return f"M{-w:.1f} {foot:.1f}V{top:.1f}A{w:.1f} {w:.1f} 0 0 1 {w:.1f} {top:.1f}V{foot:.1f}Z"


def crest(width: float, height: float, inset: float = 0) -> str:
    """Return the path data of a coat of arms."""
    w, top, foot = width / 2 - inset, inset, height - inset * 1.2
    return (
        f"M{-w:.1f} {top + 10:.1f}Q{-w * 0.5:.1f} {top + 16:.1f} 0 {top:.1f}Q{w * 0.5:.1f} {top + 16:.1f} {w:.1f} {top + 10:.1f}"
        f"V{height * 0.62:.1f}C{w:.1f} {height * 0.82:.1f} {w * 0.5:.1f} {height * 0.92:.1f} 0 {foot:.1f}"
        f"C{-w * 0.5:.1f} {height * 0.92:.1f} {-w:.1f} {height * 0.82:.1f} {-w:.1f} {height * 0.62:.1f}Z"
    )


def ribbon(width: float, height: float, y: float, fill: str, *, tails: bool = True) -> str:
    """Draw a band across a label, its ends folded back unless told otherwise."""
    w, h = width / 2, height / 2
    body = ""
    if tails:
        fold = darken(fill, 0.35)
        for side in (-1, 1):
            body += shape(
                f"M{side * (w - 8):.1f} {y - h + 8:.1f}L{side * (w + 16):.1f} {y - h + 8:.1f}L{side * (w + 6):.1f} {y + 8:.1f}L{side * (w + 16):.1f} {y + h + 8:.1f}L{side * (w - 8):.1f} {y + h + 8:.1f}Z",
                fold,
            )
    return body + rect(-w, y - h, width, height, fill, 2)
