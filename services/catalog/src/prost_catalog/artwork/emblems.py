"""Drawings of places, things and creatures for labels, each within 50 units around the origin."""

# ruff: noqa: E501, PLR0917 - a drawing is made of coordinates.

from __future__ import annotations

from math import cos, radians, sin
from typing import TYPE_CHECKING, Final

from prost_catalog.artwork.fruit import FRUIT
from prost_catalog.artwork.plants import PLANTS, leaf
from prost_catalog.artwork.sheet import circle, darken, ellipse, group, line, mix, polygon, rect, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def star(x: float, y: float, radius: float, fill: str, points: int = 5, inner: float = 0.42) -> str:
    """Draw a star with one point up."""
    corners = []
    for index in range(points * 2):
        reach = radius if index % 2 == 0 else radius * inner
        turn = radians(index * 180 / points - 90)
        corners.append((x + reach * cos(turn), y + reach * sin(turn)))
    return shape(polygon(corners), fill)


def _mountain(main: str, second: str, light: str) -> str:
    back = shape("M-50 40L-20 -16L4 22L22 -6L50 40Z", mix(main, light, 0.42))
    front = shape("M-44 44L2 -42L48 44Z", main) + shape("M2 -42L16 -16L8 -8L2 -16L-5 -7L-12 -15Z", light)
    return circle(26, -30, 13, second) + back + front


def _peak(main: str, second: str, light: str) -> str:
    faces = shape("M0 -46L-46 44L-8 44Z", mix(main, light, 0.25)) + shape("M0 -46L-8 44L46 44Z", main)
    snow = shape("M0 -46L-19 -9L-8 -17L-2 -4L8 -16L17 -8Z", light)
    return shape("M-30 44L-44 12L-58 44Z", second, 'fill-opacity=".7"') + faces + snow


def _volcano(main: str, second: str, light: str) -> str:
    cone = shape("M-48 44Q-18 20 -13 -14L13 -14Q18 20 48 44Z", main) + shape(
        "M-13 -14L-7 8L-1 -2L6 12L13 -14Z", second
    )
    plume = "".join(
        circle(x, y, r, mix(second, light, 0.55)) for x, y, r in ((0, -24, 9), (-10, -34, 10), (9, -38, 12))
    )
    return plume + cone + line("M-40 49Q-20 44 0 49Q20 54 40 49", mix(main, light, 0.3), 3)


def _sun(main: str, second: str, light: str) -> str:
    rays = "".join(
        group(shape("M-4.5 -29L0 -48L4.5 -29Z", main if index % 2 else second), turn=index * 22.5)
        for index in range(16)
    )
    return rays + circle(0, 0, 25, main) + circle(0, 0, 18, mix(main, light, 0.3))


def _sunrise(main: str, second: str, light: str) -> str:
    rays = "".join(
        group(shape("M-5 -32L0 -50L5 -32Z", second), at=(0, 14), turn=turn) for turn in range(-80, 81, 20)
    )
    bands = "".join(
        rect(-44 + i * 7, 19 + i * 8, 88 - i * 14, 4, main if i % 2 else second, 2) for i in range(4)
    )
    return (
        rays
        + shape("M-28 14A28 28 0 0 1 28 14Z", main)
        + shape("M-17 14A17 17 0 0 1 17 14Z", mix(main, light, 0.35))
        + bands
    )


def _moon(main: str, second: str, light: str) -> str:
    crescent = shape("M14 -42A43 43 0 1 0 14 42A34 34 0 1 1 14 -42Z", main)
    return crescent + star(24, -8, 12, second) + star(38, 18, 6, light) + star(12, 16, 5, light)


def _comet(main: str, second: str, light: str) -> str:
    tail = "".join(
        line(f"M{-46 + i * 5} {44 - i * 19}Q{-10 + i * 4} {18 - i * 14} 18 -20", tone, 8 - i)
        for i, tone in enumerate((second, main, light))
    )
    return tail + star(22, -22, 28, main, 8, 0.5) + circle(22, -22, 9, light)


def _star(main: str, second: str, light: str) -> str:
    return star(0, 2, 50, second) + star(0, 2, 41, main) + star(0, 2, 20, light)


def _flame(main: str, second: str, light: str) -> str:
    outer = shape(
        "M2 -50Q34 -20 34 12Q34 46 0 48Q-34 46 -34 12Q-34 -8 -18 -22Q-16 -8 -8 -6Q-10 -30 2 -50Z", main
    )
    middle = shape("M2 -18Q22 0 21 20Q20 42 0 44Q-20 42 -20 20Q-20 6 -8 -4Q-4 4 0 4Q4 -6 2 -18Z", second)
    return outer + middle + shape("M1 12Q11 20 10 30Q9 42 0 42Q-9 42 -9 30Q-8 20 1 12Z", light)


def _spring(main: str, second: str, light: str) -> str:
    jets = "".join(
        line(f"M0 26Q{side * reach * 0.4:.0f} {-top} {side * reach} {26 - top * 0.2:.0f}", tone, 4)
        for side in (-1, 1)
        for reach, top, tone in ((14, 60, main), (26, 42, mix(main, light, 0.3)), (38, 18, second))
    )
    bowl = shape("M-44 26Q0 36 44 26Q36 46 0 47Q-36 46 -44 26Z", main)
    return jets + shape("M0 -48Q14 -26 0 -20Q-14 -26 0 -48Z", second) + bowl


def _lighthouse(main: str, second: str, light: str) -> str:
    beam = shape("M0 -32L-50 -48L-50 -20Z", light, 'fill-opacity=".65"') + shape(
        "M0 -32L50 -48L50 -20Z", light, 'fill-opacity=".65"'
    )
    tower = shape("M-11 -22L11 -22L17 40L-17 40Z", light)
    stripes = "".join(
        shape(
            f"M{-12 - i * 1.9:.1f} {-14 + i * 20}L{12 + i * 1.9:.1f} {-14 + i * 20}L{13 + i * 1.9:.1f} {-4 + i * 20}L{-13 - i * 1.9:.1f} {-4 + i * 20}Z",
            main,
        )
        for i in range(3)
    )
    head = (
        rect(-8, -40, 16, 16, second, 2)
        + shape("M-12 -40L0 -52L12 -40Z", main)
        + rect(-14, -25, 28, 4, main, 2)
    )
    return beam + tower + stripes + head + line("M-46 44Q-30 36 -15 44Q0 52 15 44Q30 36 46 44", second, 5)


def _boat(main: str, second: str, light: str) -> str:
    sails = shape("M-3 -48L-3 18L-38 18Q-14 -6 -3 -48Z", main) + shape(
        "M3 -36L3 18L32 18Q20 -10 3 -36Z", mix(main, light, 0.45)
    )
    hull = shape("M-42 23L42 23Q34 40 20 40L-24 40Q-36 38 -42 23Z", second)
    return sails + hull + line("M-48 47Q-32 40 -16 47Q0 54 16 47Q32 40 48 47", mix(second, light, 0.3), 4)


def _towers(main: str, second: str, light: str) -> str:
    def spire(x: float) -> str:
        windows = rect(x - 4, 4, 8, 14, light, 4) + rect(x - 4, 24, 8, 12, light, 4)
        return shape(f"M{x - 12} -8L{x} -50L{x + 12} -8Z", second) + rect(x - 12, -8, 24, 54, main) + windows

    nave = (
        shape("M-16 14L0 -8L16 14L16 46L-16 46Z", mix(main, light, 0.18))
        + circle(0, 18, 8, light)
        + circle(0, 18, 4, second)
    )
    return spire(-25) + spire(25) + nave + rect(-46, 46, 92, 4, second, 2)


def _castle(main: str, second: str, light: str) -> str:
    def battlement(x: float, y: float, width: float) -> str:
        teeth = "".join(rect(x + i * width / 5, y - 6, width / 5, 7, main) for i in (0, 2, 4))
        return rect(x, y, width, 46 - y, main) + teeth

    keep = battlement(-14, -28, 28) + battlement(-40, 0, 26) + battlement(14, -8, 26)
    openings = (
        rect(-6, 24, 12, 22, light, 6)
        + rect(-3, -14, 6, 11, light, 3)
        + rect(-30, 12, 5, 9, light, 2)
        + rect(25, 6, 5, 9, light, 2)
    )
    return (
        shape("M0 -34L0 -52L20 -46L0 -40Z", second) + keep + openings + shape("M-50 50Q0 34 50 50Z", second)
    )


def _key(main: str, second: str, light: str) -> str:
    def key(tone: str) -> str:
        bow = circle(0, -32, 15, tone) + circle(0, -32, 8, light)
        return bow + rect(-4, -20, 8, 68, tone, 3) + rect(4, 26, 13, 7, tone, 2) + rect(4, 38, 16, 7, tone, 2)

    return group(key(second), turn=32) + group(key(main), turn=-32)


def _kettle(main: str, second: str, light: str) -> str:
    body = shape("M-38 46Q-50 2 -16 -8L16 -8Q50 2 38 46Z", main) + shape(
        "M-30 40Q-40 8 -14 -2L-8 -2Q-28 10 -22 40Z", light, 'fill-opacity=".4"'
    )
    neck = shape("M-16 -10Q-10 -34 8 -38Q26 -44 42 -32L42 -22Q26 -32 16 -28Q12 -24 16 -10Z", second)
    return (
        neck + body + rect(-20, -12, 40, 6, second, 3) + circle(0, 20, 11, second) + circle(0, 20, 6, light)
    )


def _wheel(main: str, second: str, light: str) -> str:
    teeth = "".join(group(rect(-6, -49, 12, 15, main, 2), turn=index * 30) for index in range(12))
    spokes = "".join(group(rect(-3, -30, 6, 60, second, 2), turn=index * 45) for index in range(4))
    return (
        teeth
        + circle(0, 0, 40, main)
        + circle(0, 0, 29, light)
        + spokes
        + circle(0, 0, 11, second)
        + circle(0, 0, 5, light)
    )


def _bell(main: str, second: str, light: str) -> str:
    body = shape("M-34 30Q-24 20 -23 -6Q-22 -36 0 -37Q22 -36 23 -6Q24 20 34 30Q0 40 -34 30Z", main)
    shine = shape("M-16 22Q-17 -14 -9 -29Q-19 -23 -19 -4Q-20 14 -24 22Z", light, 'fill-opacity=".6"')
    return circle(0, 41, 8, second) + body + shine + line("M-8 -40A8 8 0 1 1 8 -40", second, 4)


def _jar(main: str, second: str, light: str) -> str:
    glass = shape(
        "M-28 -26Q-38 -20 -38 -8L-38 34Q-38 48 -24 48L24 48Q38 48 38 34L38 -8Q38 -20 28 -26Z",
        mix(light, main, 0.25),
    )
    tea = shape("M-38 2Q-18 -5 0 2Q18 9 38 2L38 34Q38 48 24 48L-24 48Q-38 48 -38 34Z", main)
    mother = ellipse(0, 5, 31, 8, second) + "".join(
        circle(x, y, 3, light, 'fill-opacity=".7"') for x, y in ((-16, 26), (8, 34), (20, 22), (-4, 20))
    )
    return (
        glass
        + tea
        + mother
        + shape("M-32 -26Q0 -50 32 -26Q0 -20 -32 -26Z", second)
        + line("M-28 -27Q0 -20 28 -27", light, 3)
    )


def _feather(main: str, second: str, light: str) -> str:
    vane = shape("M-14 44Q-34 0 14 -48Q44 -14 2 30Z", main) + shape(
        "M-14 44Q2 0 14 -48Q44 -14 2 30Z", mix(main, light, 0.35)
    )
    barbs = line("M-8 24L-22 14M-3 8L-18 -4M3 -8L-8 -22M-6 26L10 18M1 10L22 2M7 -6L28 -14", second, 1.4)
    return vane + barbs + line("M-20 50Q-2 6 14 -46", second, 2.6)


def _bird(main: str, second: str, light: str) -> str:
    body = shape("M-46 10Q-20 -4 -8 -18Q6 -34 24 -28L40 -22L27 -16Q28 8 4 22Q-14 30 -30 22Z", main)
    wing = shape("M-26 14Q-6 -12 14 -8Q8 16 -26 14Z", mix(main, light, 0.32))
    branch = (
        line("M-40 40Q0 30 44 40", second, 4)
        + leaf(-22, 36, -30, 17, 8, second)
        + leaf(24, 35, 36, 17, 8, second)
    )
    return branch + line("M-2 22L0 36M8 20L10 35", second, 2.4) + body + wing + circle(22, -21, 2.6, light)


def _lark(main: str, second: str, light: str) -> str:
    wings = shape("M-2 6Q-30 -6 -46 -40Q-10 -38 8 -4Z", main) + shape(
        "M4 6Q16 -26 46 -40Q42 -8 14 12Z", mix(main, light, 0.3)
    )
    body = shape("M-30 40Q-14 18 0 8Q14 -6 26 2L36 6L27 10Q18 28 -4 30Z", mix(main, second, 0.35))
    return (
        wings
        + body
        + circle(23, 5, 2.2, light)
        + line("M-46 47L46 47M-36 47L-32 36M-22 47L-22 38M30 47L34 36", second, 2.4)
    )


def _falcon(main: str, second: str, light: str) -> str:
    wings = shape("M0 -8Q-18 -44 -50 -36Q-40 -30 -42 -20Q-34 -20 -34 -8Q-26 -8 -24 6Q-10 12 0 10Z", main)
    mirrored = group(wings, attributes='transform="scale(-1 1)"')
    body = shape("M-10 -14Q0 -38 10 -14Q14 10 6 24L10 46L0 40L-10 46L-6 24Q-14 10 -10 -14Z", second)
    return wings + mirrored + body + circle(0, -22, 7, second) + shape("M-2 -20L7 -17L-1 -14Z", light)


def _heron(main: str, second: str, light: str) -> str:
    neck = line("M-2 14Q-20 -6 -6 -22Q4 -32 2 -42", main, 6)
    head = (
        circle(4, -42, 6, main)
        + shape("M7 -46L40 -38L8 -39Z", second)
        + line("M0 -46Q-12 -50 -20 -44", main, 2.4)
    )
    body = shape("M-10 12Q14 -2 38 26Q16 30 0 26Q-12 24 -10 12Z", mix(main, light, 0.22)) + shape(
        "M0 16Q18 10 32 26Q16 28 4 24Z", main
    )
    legs = line("M6 26L4 48M14 27L20 48", second, 2.4)
    reeds = (
        line("M-36 50Q-34 10 -42 -14M-28 50Q-27 22 -22 4", second, 2.4)
        + ellipse(-42, -17, 3.4, 9, second)
        + line("M-48 49L48 49", main, 3)
    )
    return reeds + legs + neck + body + head + circle(5, -43, 1.5, light)


def _fox(main: str, second: str, light: str) -> str:
    face = shape("M0 44L-40 -4L-36 -46L-14 -24Q0 -29 14 -24L36 -46L40 -4Z", main)
    cheeks = shape("M0 44L-40 -4Q-18 -2 -10 14Z", light) + shape("M0 44L40 -4Q18 -2 10 14Z", light)
    ears = shape("M-32 -34L-19 -22L-31 -10Z", second) + shape("M32 -34L19 -22L31 -10Z", second)
    eyes = ellipse(-14, 2, 3.4, 4, second) + ellipse(14, 2, 3.4, 4, second)
    return face + cheeks + ears + eyes + shape("M-7 34Q0 29 7 34Q4 44 0 45Q-4 44 -7 34Z", second)


def _wolfmoon(main: str, second: str, light: str) -> str:
    wolf = shape(
        "M-26 50Q-24 22 -10 10Q-10 -4 2 -14L4 -30L11 -20L21 -34L17 -14Q22 -4 18 4Q28 24 24 50Z", second
    )
    return (
        circle(4, -6, 42, main)
        + circle(-8, -18, 6, mix(main, light, 0.3))
        + circle(22, 8, 8, mix(main, light, 0.3))
        + wolf
    )


def _cow(main: str, second: str, light: str) -> str:
    horns = line("M-24 -28Q-36 -38 -30 -48M24 -28Q36 -38 30 -48", mix(second, light, 0.3), 6)
    ears = ellipse(-36, -14, 13, 7, main, 'transform="rotate(18 -36 -14)"') + ellipse(
        36, -14, 13, 7, main, 'transform="rotate(-18 36 -14)"'
    )
    head = shape("M-26 -26Q0 -38 26 -26Q30 4 20 22L-20 22Q-30 4 -26 -26Z", main) + shape(
        "M-9 -31Q0 -34 9 -31Q7 2 0 8Q-7 2 -9 -31Z", light
    )
    muzzle = (
        ellipse(0, 26, 25, 17, mix(light, second, 0.25))
        + ellipse(-9, 24, 3, 4.4, darken(second, 0.3))
        + ellipse(9, 24, 3, 4.4, darken(second, 0.3))
    )
    eyes = circle(-16, -8, 3.6, darken(main, 0.6)) + circle(16, -8, 3.6, darken(main, 0.6))
    bell = shape("M-9 45Q0 38 9 45L11 52L-11 52Z", second)
    return horns + ears + head + muzzle + eyes + bell


EMBLEMS: Final[Mapping[str, Callable[[str, str, str], str]]] = {
    **PLANTS,
    **FRUIT,
    "mountain": _mountain, "peak": _peak, "volcano": _volcano, "sun": _sun, "sunrise": _sunrise, "moon": _moon,
    "comet": _comet, "star": _star, "flame": _flame, "spring": _spring, "lighthouse": _lighthouse, "boat": _boat,
    "towers": _towers, "castle": _castle, "key": _key, "kettle": _kettle, "wheel": _wheel, "bell": _bell, "jar": _jar,
    "feather": _feather, "bird": _bird, "lark": _lark, "falcon": _falcon, "heron": _heron, "fox": _fox,
    "wolfmoon": _wolfmoon, "cow": _cow,
}  # fmt: skip
"""Every drawing by its name; each takes a main, a second and a light colour."""
