"""Drawings of plants and fruit for labels, each within 50 units around the origin."""

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
    return ring + circle(0, 0, length * 0.28, second) + circle(-2, -2, length * 0.12, light, 'fill-opacity=".6"')


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
    shine = ellipse(-27, 18, 4, 7, light, 'fill-opacity=".65"') + ellipse(15, 22, 4, 6, light, 'fill-opacity=".65"')
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
        shell + ribs + cap + line("M0 -40L4 -50", second, 4) + ellipse(-16, 12, 4, 10, light, 'fill-opacity=".4"')
    )


PLANTS: Final[Mapping[str, Callable[[str, str, str], str]]] = {
    "hops": _hops, "barley": _barley, "oat": _oat, "oak": _oak, "grapes": _grapes, "sprig": _sprig, "mint": _mint,
    "mateleaf": _mateleaf, "linden": _linden, "willow": _willow, "daisy": _daisy, "gentian": _gentian,
    "thistle": _thistle, "heather": _heather, "rose": _rose, "agave": _agave, "palm": _palm, "firs": _firs,
    "apple": _apple, "quince": _quince, "pear": _pear, "apricot": _apricot, "tomato": _tomato, "cherry": _cherry,
    "berries": _berries, "citrus": _citrus, "rhubarb": _rhubarb, "ginger": _ginger, "bean": _bean, "nut": _nut,
}  # fmt: skip
