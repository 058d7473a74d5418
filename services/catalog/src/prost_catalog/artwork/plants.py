"""Drawings of plants and fruit for labels, each within 50 units around the origin."""

# ruff: noqa: E501, PLR0917 - a drawing is made of coordinates.

from __future__ import annotations

from math import cos, radians, sin
from typing import TYPE_CHECKING, Final

from prost_catalog.artwork.sheet import circle, darken, ellipse, group, line, mix, rect, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def leaf(
    x: float, y: float, turn: float, length: float, width: float, fill: str, vein: str | None = None
) -> str:
    """Draw a pointed leaf that grows from (x, y) upwards, turned clockwise by some degrees."""
    body = shape(
        f"M0 0Q{width:.1f} {-length * 0.5:.1f} 0 {-length:.1f}Q{-width:.1f} {-length * 0.5:.1f} 0 0Z", fill
    )
    if vein:
        body += line(f"M0 0L0 {-length * 0.82:.1f}", vein, max(length / 24, 0.8))
    return group(body, at=(x, y), turn=turn)


def _hops(main: str, second: str, light: str) -> str:
    scales = ""
    for row in range(6):
        width = (20, 25, 25, 21, 15, 8)[row]
        y = -16 + row * 10
        tone = mix(main, light, 0.34 if row % 2 else 0.1)
        for side in (-1, 1):
            scales += shape(
                f"M0 {y - 10}Q{side * width} {y - 12} {side * width} {y + 2}Q{side * width * 0.7:.1f} {y + 14} 0 {y + 15}Z",
                tone if side < 0 else mix(tone, main, 0.45),
            )
    crown = leaf(0, -22, -62, 38, 15, second, main) + leaf(0, -22, 62, 38, 15, second, main)
    return line("M0 -24Q2 -38 12 -48", main, 3.4) + crown + scales


def _ear(main: str, second: str, *, awns: bool) -> str:
    body = line("M0 50L0 -30", second, 2.6)
    for row in range(7):
        y = 12 - row * 10
        for side in (-1, 1):
            body += leaf(0, y, side * 32, 19, 8, main)
            if awns:
                body += line(f"M{side * 9} {y - 15}L{side * 19} {y - 38}", second, 1.3)
    return body + leaf(0, -44, 0, 16, 7, main)


def _barley(main: str, second: str, light: str) -> str:
    left = group(_ear(main, second, awns=True), at=(-14, 3), scale=0.82, turn=-16)
    right = group(_ear(mix(main, light, 0.25), second, awns=True), at=(14, 3), scale=0.82, turn=16)
    return left + right


def _oat(main: str, second: str, light: str) -> str:
    body = line("M0 50Q-3 0 4 -46", second, 2.4)
    for index, (x, y) in enumerate(
        ((-30, -22), (30, -28), (-34, 4), (34, -2), (-26, 28), (27, 24), (6, -40))
    ):
        body += line(f"M0 {y + 10}Q{x * 0.6:.1f} {y - 12} {x} {y - 4}", second, 1.6)
        body += leaf(x, y + 15, 12 if x > 0 else -12, 21, 9, main if index % 2 else mix(main, light, 0.3))
    return body


def _oak(main: str, second: str, light: str) -> str:
    lobes = "M0 48Q-5 34 -6 28Q-24 34 -24 20Q-38 16 -30 4Q-40 -8 -26 -16Q-30 -32 -14 -30Q-10 -46 0 -48"
    mirrored = "Q10 -46 14 -30Q30 -32 26 -16Q40 -8 30 4Q38 16 24 20Q24 34 6 28Q5 34 0 48Z"
    veins = "M0 40L0 -36M0 20L-18 12M0 20L18 12M0 2L-22 -6M0 2L22 -6M0 -14L-15 -23M0 -14L15 -23"
    acorn = ellipse(0, 8, 9, 13, light) + shape("M-11 2Q0 -14 11 2Q0 7 -11 2Z", second)
    return (
        shape(lobes + mirrored, main)
        + line(veins, mix(main, light, 0.45), 1.8)
        + group(acorn, at=(27, 34), turn=-24)
    )


def _grapes(main: str, second: str, light: str) -> str:
    body = ""
    for row, count in enumerate((4, 5, 4, 3, 2, 1)):
        for column in range(count):
            x, y = (column - (count - 1) / 2) * 15, -12 + row * 12
            body += circle(x, y, 8.4, mix(main, light, 0.12 * ((row + column) % 3)))
            body += circle(x - 2.6, y - 2.8, 2.2, light, 'fill-opacity=".75"')
    foliage = shape("M2 -20Q-30 -16 -34 -36Q-22 -34 -18 -48Q-8 -38 4 -46Q6 -34 20 -34Q16 -24 2 -20Z", second)
    return foliage + line("M2 -20Q8 -38 22 -46", darken(second, 0.3), 3) + body


def _sprig(main: str, second: str, light: str) -> str:
    body = line("M-4 50Q4 0 0 -46", second, 2.4)
    for row in range(6):
        y = 36 - row * 15
        for side in (-1, 1):
            body += leaf(
                0, y, side * (58 - row * 4), 32 - row * 2.6, 9, main if side < 0 else mix(main, light, 0.28)
            )
    return body + leaf(0, -32, 3, 18, 7, main)


def _mint(main: str, second: str, light: str) -> str:
    body = line("M0 50L0 -10", second, 3)
    for y, turn, length in ((34, 74, 36), (14, 62, 40), (-4, 42, 40)):
        for side in (-1, 1):
            body += leaf(0, y, side * turn, length, 22, main if side < 0 else mix(main, light, 0.22), light)
    return body + leaf(0, -6, 0, 40, 20, mix(main, light, 0.12), light)


def _mateleaf(main: str, second: str, light: str) -> str:
    return (
        leaf(2, 44, -34, 74, 34, mix(main, second, 0.25), light)
        + leaf(-2, 44, 34, 74, 34, mix(main, light, 0.18), light)
        + leaf(0, 46, 0, 92, 40, main, light)
        + "".join(circle(x, y, 6, second) for x, y in ((-10, 40), (10, 41), (0, 48)))
    )


def _linden(main: str, second: str, light: str) -> str:
    heart = "M0 44Q-44 16 -38 -18Q-30 -44 0 -26Q30 -44 38 -18Q44 16 0 44Z"
    veins = "M0 40L0 -24M0 22L-22 4M0 22L22 4M0 6L-26 -12M0 6L26 -12"
    return shape(heart, main) + line(veins, light, 1.6) + line("M0 -24Q4 -40 14 -48", second, 3)


def _willow(main: str, second: str, light: str) -> str:
    crown = ""
    for index in range(11):
        x = -44 + index * 8.8
        drop = 26 - abs(x) * 0.1 + (index % 3) * 7
        crown += line(
            f"M{x * 0.35:.1f} -30Q{x:.1f} -34 {x:.1f} {drop:.1f}",
            main if index % 2 else mix(main, light, 0.35),
            6,
        )
    return (
        line("M-2 48Q4 10 0 -26", second, 9)
        + crown
        + ellipse(0, -30, 26, 14, main)
        + line("M-40 48L40 48", second, 3)
    )


def _flower(petals: int, length: float, width: float, main: str, second: str, light: str) -> str:
    ring = "".join(leaf(0, 0, index * 360 / petals, length, width, main) for index in range(petals))
    return (
        ring + circle(0, 0, length * 0.28, second) + circle(-2, -2, length * 0.12, light, 'fill-opacity=".6"')
    )


def _daisy(main: str, second: str, light: str) -> str:
    back = group(_flower(10, 40, 15, mix(main, light, 0.25), second, light), at=(0, -4), turn=18)
    return back + group(_flower(10, 46, 15, main, second, light), at=(0, -4))


def _gentian(main: str, second: str, light: str) -> str:
    bell = shape("M-14 26Q-16 -8 -26 -22L-8 -14L0 -32L8 -14L26 -22Q16 -8 14 26Q0 34 -14 26Z", main)
    throat = shape("M-14 -10L0 -20L14 -10Q6 2 0 2Q-6 2 -14 -10Z", mix(main, light, 0.4))
    foliage = leaf(0, 50, -58, 44, 16, second) + leaf(0, 50, 58, 44, 16, second)
    return line("M0 26L0 50", second, 4) + foliage + group(bell + throat, at=(0, -10))


def _thistle(main: str, second: str, light: str) -> str:
    tuft = "".join(leaf(0, -6, turn, 40, 9, mix(main, light, abs(turn) / 130)) for turn in range(-52, 53, 13))
    bulb = shape("M-19 -4Q-22 22 0 26Q22 22 19 -4Q0 6 -19 -4Z", second)
    net = line("M-14 2L8 22M-4 2L14 16M14 2L-8 22M4 2L-14 16", light, 1.2, 'stroke-opacity=".7"')
    foliage = leaf(0, 48, -66, 40, 13, second) + leaf(0, 48, 66, 40, 13, second)
    return tuft + line("M0 24L0 50", second, 4) + foliage + bulb + net


def _heather(main: str, second: str, light: str) -> str:
    body = ""
    for lean, height in ((-24, 78), (0, 92), (22, 74)):
        body += line(f"M0 50Q{lean * 0.3:.1f} 10 {lean} {50 - height}", second, 2.4)
        for step in range(9):
            share = 0.3 + step * 0.078
            x, y = lean * share * share, 50 - height * share
            for side in (-1, 1):
                body += ellipse(x + side * 6, y, 5, 4, mix(main, light, 0.1 * (step % 4)))
    return body


def _rose(main: str, second: str, light: str) -> str:
    petals = ""
    for ring, (radius, size, count) in enumerate(((24, 18, 7), (15, 15, 5), (6, 11, 3))):
        for index in range(count):
            turn = radians(index * 360 / count + ring * 24)
            tone = mix(main, light, 0.1 + 0.13 * ring + (0.08 if index % 2 else 0))
            petals += circle(radius * cos(turn), -8 + radius * sin(turn), size, tone)
    spiral = line("M-5 -8Q0 -16 6 -9Q8 2 -4 2Q-14 -2 -9 -14Q2 -26 14 -14", main, 2)
    return leaf(0, 22, -128, 42, 16, second) + leaf(0, 22, 128, 42, 16, second) + petals + spiral


def _agave(main: str, second: str, light: str) -> str:
    body = ""
    for index, turn in enumerate((-78, 78, -58, 58, -38, 38, -19, 19, 0)):
        body += leaf(0, 44, turn, 62 + index * 3.6, 15, mix(main, light, 0.06 * index), second)
    return body + ellipse(0, 45, 26, 7, darken(main, 0.3))


def _palm(main: str, second: str, light: str) -> str:
    trunk = shape("M-5 50Q2 10 0 -18L6 -18Q12 14 9 50Z", second)
    fronds = ""
    for turn, length in ((-105, 44), (-70, 48), (-32, 40), (32, 40), (70, 48), (105, 44)):
        fronds += leaf(3, -18, turn, length, 15, main if turn < 0 else mix(main, light, 0.2), light)
    return trunk + fronds + "".join(circle(3 + x, -14 + y, 4.4, second) for x, y in ((-5, 2), (5, 2), (0, 6)))


def _firs(main: str, second: str, light: str) -> str:
    def fir(tone: str) -> str:
        tiers = "".join(
            shape(
                f"M0 {-50 + row * 17}L{15 + row * 5} {-16 + row * 17}Q0 {-24 + row * 17} {-15 - row * 5} {-16 + row * 17}Z",
                tone,
            )
            for row in (3, 2, 1, 0)
        )
        return rect(-4, 30, 8, 18, second) + tiers

    return (
        group(fir(mix(main, light, 0.4)), at=(-29, 12), scale=0.68)
        + group(fir(mix(main, light, 0.25)), at=(29, 8), scale=0.76)
        + fir(main)
    )


PLANTS: Final[Mapping[str, Callable[[str, str, str], str]]] = {
    "hops": _hops, "barley": _barley, "oat": _oat, "oak": _oak, "grapes": _grapes, "sprig": _sprig, "mint": _mint,
    "mateleaf": _mateleaf, "linden": _linden, "willow": _willow, "daisy": _daisy, "gentian": _gentian,
    "thistle": _thistle, "heather": _heather, "rose": _rose, "agave": _agave, "palm": _palm, "firs": _firs,
}  # fmt: skip
