"""Drawings of fruit, roots and seeds for labels, each within 50 units around the origin."""

# ruff: noqa: E501 - a drawing is made of coordinates.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prost_catalog.artwork.plants import leaf
from prost_catalog.artwork.sheet import circle, darken, ellipse, group, line, mix, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _fruit(outline: str, main: str, second: str, light: str, *, stem: str = "M0 -26Q2 -38 10 -46") -> str:
    return (
        shape(outline, main)
        + shape(outline, mix(main, light, 0.3), 'transform="translate(-9 -4) scale(.62)" fill-opacity=".55"')
        + line(stem, darken(second, 0.35), 3.4)
        + leaf(4, -32, 66, 34, 15, second, light)
        + ellipse(-17, -8, 5, 10, light, 'fill-opacity=".55" transform="rotate(18 -17 -8)"')
    )


def _apple(main: str, second: str, light: str) -> str:
    outline = "M0 -22Q-22 -36 -36 -16Q-46 14 -20 42Q-10 50 0 43Q10 50 20 42Q46 14 36 -16Q22 -36 0 -22Z"
    return _fruit(outline, main, second, light)


def _quince(main: str, second: str, light: str) -> str:
    outline = "M0 -28Q-20 -34 -28 -14Q-46 4 -34 30Q-22 50 0 44Q22 50 34 30Q46 4 28 -14Q20 -34 0 -28Z"
    return _fruit(outline, main, second, light)


def _pear(main: str, second: str, light: str) -> str:
    outline = "M0 -34Q-15 -34 -16 -14Q-18 0 -30 12Q-40 44 0 47Q40 44 30 12Q18 0 16 -14Q15 -34 0 -34Z"
    return _fruit(outline, main, second, light, stem="M0 -33Q0 -42 8 -50")


def _apricot(main: str, second: str, light: str) -> str:
    outline = "M0 -27Q-38 -32 -40 6Q-38 44 0 46Q38 44 40 6Q38 -32 0 -27Z"
    return _fruit(outline, main, second, light) + line(
        "M0 -27Q-16 8 0 44", darken(main, 0.22), 2, 'stroke-opacity=".7"'
    )


def _tomato(main: str, second: str, light: str) -> str:
    outline = "M0 -20Q-40 -32 -44 8Q-40 44 0 45Q40 44 44 8Q40 -32 0 -20Z"
    calyx = "".join(leaf(0, -22, turn, 27, 8, second) for turn in (-110, -60, 60, 110, 180))
    return (
        shape(outline, main)
        + ellipse(-20, -2, 6, 11, light, 'fill-opacity=".55"')
        + line("M0 -22L4 -42", second, 4)
        + calyx
    )


def _cherry(main: str, second: str, light: str) -> str:
    stems = line("M-18 14Q-8 -24 16 -46M20 20Q24 -18 16 -46", darken(second, 0.2), 3)
    fruit = circle(-20, 26, 20, main) + circle(22, 30, 19, mix(main, light, 0.12))
    shine = ellipse(-27, 18, 4, 7, light, 'fill-opacity=".65"') + ellipse(
        15, 22, 4, 6, light, 'fill-opacity=".65"'
    )
    return stems + leaf(16, -46, -106, 46, 18, second, light) + fruit + shine


def _berries(main: str, second: str, light: str) -> str:
    body = line("M4 -46Q-6 0 2 40", second, 2.6)
    for row in range(5):
        for side in (-1, 1):
            x, y = side * (19 - row * 3.2), -16 + row * 14
            body += line(f"M0 {y - 10}L{x:.1f} {y}", second, 1.6) + circle(
                x, y, 10.5, mix(main, light, 0.07 * ((row + side) % 3))
            )
            body += circle(x - 3, y - 3.4, 2.4, light, 'fill-opacity=".75"')
    return leaf(4, -42, -98, 42, 20, second, light) + leaf(4, -42, 98, 36, 18, second, light) + body


def _citrus(main: str, second: str, light: str) -> str:
    wedges = ""
    for index in range(9):
        turn = index * 40
        wedges += group(
            shape("M0 -5L11.5 -33Q0 -42 -11.5 -33Z", mix(main, light, 0.12 if index % 2 else 0)), turn=turn
        )
    slice_ = circle(0, 0, 46, main) + circle(0, 0, 41, light) + wedges
    return (
        leaf(34, -26, 58, 34, 17, second, light)
        + slice_
        + ellipse(-16, -22, 8, 4, light, 'fill-opacity=".6" transform="rotate(-36 -16 -22)"')
    )


def _rhubarb(main: str, second: str, light: str) -> str:
    body = ""
    for lean, tone in ((-16, mix(main, light, 0.2)), (16, mix(main, light, 0.08)), (0, main)):
        body += shape(
            f"M{lean * 0.4 - 6:.1f} 50Q{lean * 0.6 - 5:.1f} 10 {lean - 4} -12L{lean + 5} -12Q{lean * 0.6 + 8:.1f} 10 {lean * 0.4 + 7:.1f} 50Z",
            tone,
        )
        crown = shape("M0 4Q-22 2 -20 -14Q-26 -26 -10 -30Q-2 -42 8 -32Q24 -30 20 -14Q22 0 0 4Z", second)
        body += group(
            crown + line("M0 2L0 -24M0 -6L-10 -16M0 -6L10 -16", light, 1.3),
            at=(lean * 1.25, -10),
            scale=0.86,
            turn=lean,
        )
    return body


def _ginger(main: str, second: str, light: str) -> str:
    root = "M-44 20Q-48 4 -30 4Q-26 -14 -10 -8Q-12 -34 6 -32Q20 -30 14 -6Q32 -20 42 -6Q48 10 26 14Q24 36 4 30Q-6 44 -18 30Q-38 36 -44 20Z"
    rings = "M-32 8Q-28 18 -32 28M-14 -4Q-10 10 -16 26M4 -18Q12 -16 16 -18M12 0Q16 10 10 24M28 -8Q32 0 28 8"
    return (
        shape(root, main)
        + line(rings, darken(main, 0.28), 2)
        + leaf(4, -32, 18, 20, 8, second)
        + ellipse(2, -20, 3, 6, light, 'fill-opacity=".5"')
    )


def _bean(main: str, second: str, light: str) -> str:
    pod = shape("M-40 26Q-34 -14 8 -38Q36 -50 42 -38Q46 -26 30 -6Q0 36 -30 40Q-42 40 -40 26Z", main)
    seeds = "".join(
        ellipse(x, y, 10.5, 9, light, f'transform="rotate(-40 {x} {y})"')
        for x, y in ((-20, 18), (0, 0), (20, -20))
    )
    return leaf(36, -38, 96, 30, 13, second) + pod + seeds


def _nut(main: str, second: str, light: str) -> str:
    shell = shape("M0 -34Q40 -20 36 14Q28 44 0 48Q-28 44 -36 14Q-40 -20 0 -34Z", main)
    ribs = line("M0 -34Q-14 8 0 46M0 -34Q-32 0 -20 38M0 -34Q32 0 20 38", darken(main, 0.25), 1.8)
    cap = shape(
        "M-34 -4Q-36 -36 0 -40Q36 -36 34 -4Q24 -14 17 -4Q9 -14 0 -4Q-9 -14 -17 -4Q-24 -14 -34 -4Z", second
    )
    return (
        shell
        + ribs
        + cap
        + line("M0 -40L4 -50", second, 4)
        + ellipse(-16, 12, 4, 10, light, 'fill-opacity=".4"')
    )


FRUIT: Final[Mapping[str, Callable[[str, str, str], str]]] = {
    "apple": _apple,
    "quince": _quince,
    "pear": _pear,
    "apricot": _apricot,
    "tomato": _tomato,
    "cherry": _cherry,
    "berries": _berries,
    "citrus": _citrus,
    "rhubarb": _rhubarb,
    "ginger": _ginger,
    "bean": _bean,
    "nut": _nut,
}
"""Every drawing by its name; each takes a main, a second and a light colour."""
