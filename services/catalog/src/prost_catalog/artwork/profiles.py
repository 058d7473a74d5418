"""The outlines of bottles: half profiles in drawing units, sampled into points."""

# ruff: noqa: E501 - a drawing is made of coordinates.

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from prost_catalog.artwork.sheet import Point, polygon

_STEPS: Final = 14
# Bottles are drawn a little stouter than they are, so that their labels can be read in a grid.
_GIRTH: Final = 1.15

_OUTLINES: Final = {
    "longneck": "M30 800 L30 770 L34 766 L34 750 L29 745 C29 690 36 620 43 570 C52 500 106 510 106 415 L106 24 Q106 4 90 0",
    "nrw": "M31 830 L31 800 L36 795 L36 778 L30 772 C31 700 38 640 46 590 C58 520 113 520 113 425 L113 24 Q113 4 96 0",
    "euro": "M32 780 L32 750 L37 745 L37 728 L31 722 C32 680 34 650 40 610 C52 545 119 520 119 400 L119 24 Q119 4 100 0",
    "steinie": "M31 640 L31 612 L36 608 L36 592 L31 586 C32 550 36 520 44 490 C58 435 122 420 122 320 L122 24 Q122 4 104 0",
    "weiss": "M31 850 L31 820 L36 815 L36 798 L31 792 C31 720 33 670 40 600 C50 545 112 520 114 420 C116 330 108 240 108 150"
    " L108 24 Q108 4 92 0",
    "swing": "M30 790 L30 770 L37 764 L37 738 L31 730 C33 690 38 650 44 610 C54 540 117 530 117 420 L117 24 Q117 4 99 0",
    "bordeaux": "M34 890 L34 872 L31 868 L31 690 C32 630 111 650 111 560 L111 30 Q111 4 94 0",
    "burgundy": "M34 880 L34 862 L31 858 L31 740 C33 610 122 590 122 440 L122 30 Q122 4 102 0",
    "schlegel": "M31 920 L31 903 L28 899 L29 800 C34 640 106 560 106 400 L106 28 Q106 4 90 0",
    "bocksbeutel": "M33 740 L33 724 L30 720 L31 600 C36 520 205 500 205 290 C205 150 170 70 140 28 Q132 2 116 0",
    "sekt": "M34 890 L34 872 L38 868 L38 846 L32 838 L32 760 C35 630 127 600 127 440 L127 34 Q127 4 104 0",
    "cap-sekt": "M35 890 L35 864 L41 858 L41 842 L33 834 L33 760 C36 630 127 600 127 440 L127 34 Q127 4 104 0",
    "spirit-round": "M40 760 L40 744 L37 740 L37 640 C38 590 122 610 124 530 L124 30 Q124 4 106 0",
    "spirit-tall": "M37 880 L37 862 L34 858 L34 720 C36 660 98 660 99 590 L99 26 Q99 4 86 0",
    "spirit-square": "M42 690 L42 672 L39 668 L39 610 C40 585 146 600 148 545 L148 22 Q148 4 134 0",
    "spirit-jug": "M40 640 L40 622 L36 618 L36 530 C40 470 186 450 188 270 C190 130 170 60 150 24 Q142 4 124 0",
    "gdb": "M36 820 L36 790 L40 786 L40 772 L34 766 C34 700 40 650 52 590 C62 540 112 500 112 420 C112 400 104 392 104 372"
    " L104 180 C104 160 112 152 112 134 L112 24 Q112 4 96 0",
    "water-design": "M33 890 L33 860 L37 856 L37 842 L31 836 C32 760 36 700 44 640 C62 520 104 470 106 330 L106 26 Q106 4 90 0",
    "pet": "M36 890 L36 862 L42 858 L42 848 L36 842 L36 826 C42 760 114 740 116 640 C116 620 108 614 108 600 L108 520"
    " C108 505 116 500 116 486 C116 470 109 466 109 452 L109 250 C109 236 116 232 116 218 C116 204 109 200 109 186"
    " C109 172 116 168 116 154 C116 140 110 136 110 122 C112 70 118 40 108 14 Q102 2 90 0",
    "vdf": "M52 790 L52 752 L57 748 L57 736 L50 730 L50 700 C52 620 124 600 125 500 C125 480 119 470 119 456 L119 150"
    " C119 136 125 128 125 112 L125 26 Q125 4 108 0",
    "soda": "M31 760 L31 732 L36 728 L36 712 L30 706 C31 650 38 600 50 540 C64 480 108 450 108 370 L108 24 Q108 4 92 0",
    "milk": "M60 690 L60 660 L66 654 L66 638 L58 630 L58 590 C60 530 132 500 134 410 L134 28 Q134 4 116 0",
}


@dataclass(frozen=True)
class Profile:
    """A sampled half outline: points from the lip down to the base, as (radius, height above the ground)."""

    points: tuple[Point, ...]

    @property
    def height(self) -> float:
        """The height of the lip."""
        return self.points[0][1]

    @property
    def radius(self) -> float:
        """The largest radius."""
        return max(radius for radius, _ in self.points)

    def radius_at(self, height: float) -> float:
        """Return the radius at a height, held constant beyond the ends."""
        for (upper_radius, upper), (lower_radius, lower) in pairwise(self.points):
            if lower <= height <= upper and upper != lower:
                return lower_radius + (upper_radius - lower_radius) * (height - lower) / (upper - lower)
        return self.points[0][0] if height > self.height else self.points[-1][0]

    def outline(
        self, *, inset: float = 0, top: float | None = None, bottom: float = 0, sag: float = 0
    ) -> str:
        """Return closed path data between two heights, the y axis pointing down and the ground at zero.

        `inset` thins the shape; `sag` bows both ends downwards, as seen from slightly above.
        """
        high = self.height if top is None else top
        within = [(radius, height) for radius, height in self.points if bottom < height < high]
        side = [(self.radius_at(high), high), *within, (self.radius_at(bottom), bottom)]
        right = [(max(radius - inset, 1), -height) for radius, height in side]
        (foot_x, foot_y), (lip_x, lip_y) = right[-1], right[0]
        down = "L".join(f"{x:.1f} {y:.1f}" for x, y in right)
        up = "L".join(f"{-x:.1f} {y:.1f}" for x, y in reversed(right))
        lip_sag = sag * lip_x / self.radius
        return (
            f"M{down}Q0 {foot_y + 2 * sag:.1f} {-foot_x:.1f} {foot_y:.1f}L{up}"
            f"Q0 {lip_y + 2 * lip_sag:.1f} {lip_x:.1f} {lip_y:.1f}Z"
        )

    def band(self, inner: float, outer: float, *, top: float, bottom: float) -> str:
        """Return a strip that follows the wall, between two shares of the radius (-1 left, 1 right)."""
        heights = [bottom + (top - bottom) * step / 40 for step in range(41)]
        near = [(inner * self.radius_at(height), -height) for height in heights]
        far = [(outer * self.radius_at(height), -height) for height in reversed(heights)]
        return polygon([*near, *far])


@cache
def profile(name: str) -> Profile:
    """Return the profile of a bottle."""
    return Profile(tuple((radius * _GIRTH, height) for radius, height in sampled(_OUTLINES[name]).points))


@cache
def sampled(outline: str) -> Profile:
    """Sample a half outline, written as path data from the lip down with the y axis pointing up."""
    tokens = re.sub(r"([MLCQ])", r" \1 ", outline).split()
    points: list[Point] = []
    position = 0
    while position < len(tokens):
        command = tokens[position]
        count = {"M": 1, "L": 1, "Q": 2, "C": 3}[command]
        numbers = [float(token) for token in tokens[position + 1 : position + 1 + 2 * count]]
        control = list(zip(numbers[::2], numbers[1::2], strict=True))
        if count == 1:
            points.append(control[0])
        else:
            start = points[-1]
            points += [_bezier([start, *control], step / _STEPS) for step in range(1, _STEPS + 1)]
        position += 1 + 2 * count
    return Profile(tuple(points))


def _bezier(control: list[Point], share: float) -> Point:
    while len(control) > 1:
        control = [
            (ax + (bx - ax) * share, ay + (by - ay) * share) for (ax, ay), (bx, by) in pairwise(control)
        ]
    return control[0]
