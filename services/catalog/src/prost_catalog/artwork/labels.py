"""How a label is laid out: one lockup per producer, one title and tint per product."""

# ruff: noqa: ARG001, E501, PLR2004 - a drawing is made of coordinates.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prost_catalog.artwork.lettering import along, best_lines, cased, fit, fitted, stacked, text
from prost_catalog.artwork.prints import Print, arch, box, crest, oval, ribbon
from prost_catalog.artwork.sheet import (
    Sheet,
    circle,
    contrast,
    group,
    line,
    mix,
    readable,
    rect,
    shape,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SEPARATION: Final = 1.6

Layout = tuple[str, str]
"""The path data of a label's edge and the body that is printed inside it."""


def _classic(sheet: Sheet, words: Print, w: float, h: float) -> Layout:
    body = words.ground(
        sheet,
        w,
        h,
        mix(words.tint, words.paper, 0.08),
        mix(words.tint, words.paper, 0.3),
        mix(words.tint, words.ink, 0.25),
    )
    inner = box(w, h, 10, 12)
    body += shape(inner, words.paper) + line(box(w, h, 7, 18), words.second, 2.4)
    body += words.emblem(0, h * 0.42, min(w * 0.42, h * 0.3))
    body += fitted(cased(words.wordmark, words.face), words.face, w * 0.74, h * 0.15, words.ink, y=h * 0.21)
    body += ribbon(w, h * 0.17, h * 0.695, words.strong, tails=False) + line(
        f"M{-w / 2:.0f} {h * 0.625:.0f}H{w / 2:.0f}M{-w / 2:.0f} {h * 0.765:.0f}H{w / 2:.0f}",
        words.second,
        1.6,
    )
    body += stacked(words.title, words.face, w * 0.82, h * 0.125, words.paper, y=h * 0.695)
    body += words.small(words.caption, w * 0.72, h * 0.05, words.ink, h * 0.845) + words.small(
        words.facts, w * 0.6, h * 0.04, words.ink, h * 0.91
    )
    return box(w, h, 8), body


def _oval_layout(sheet: Sheet, words: Print, w: float, h: float) -> Layout:
    body = (
        shape(oval(w, h), words.ink) + shape(oval(w, h, 5), words.second) + shape(oval(w, h, 9), words.strong)
    )
    body += shape(oval(w, h, 24), words.paper)
    body += words.emblem(0, h * 0.335, min(w * 0.36, h * 0.27))
    body += fitted(cased(words.wordmark, words.face), words.face, w * 0.74, h * 0.13, words.ink, y=h * 0.575)
    body += ribbon(w * 1.0, h * 0.16, h * 0.7, words.ink, tails=False) + stacked(
        words.title, words.quiet, w * 0.74, h * 0.115, words.paper, y=h * 0.7
    )
    body += words.small(words.caption, w * 0.5, h * 0.045, words.ink, h * 0.85)
    return oval(w, h), body


def _shield(sheet: Sheet, words: Print, w: float, h: float) -> Layout:
    body = (
        shape(crest(w, h), words.ink)
        + shape(crest(w, h, 5), words.second)
        + shape(crest(w, h, 9), words.strong)
    )
    body += shape(crest(w, h, 22), words.paper)
    body += fitted(cased(words.wordmark, words.face), words.face, w * 0.76, h * 0.15, words.ink, y=h * 0.215)
    body += words.emblem(0, h * 0.415, min(w * 0.42, h * 0.29))
    body += ribbon(w, h * 0.16, h * 0.665, words.strong, tails=False) + line(
        f"M{-w / 2:.0f} {h * 0.595:.0f}H{w / 2:.0f}M{-w / 2:.0f} {h * 0.735:.0f}H{w / 2:.0f}", words.second, 2
    )
    body += stacked(words.title, words.face, w * 0.84, h * 0.12, words.paper, y=h * 0.665)
    body += words.small(words.caption, w * 0.5, h * 0.045, words.ink, h * 0.81)
    return crest(w, h), body


def _poster(sheet: Sheet, words: Print, w: float, h: float) -> Layout:
    sky = mix(words.tint, words.paper, 0.78)
    body = words.ground(
        sheet, w, h, sky, mix(words.tint, words.paper, 0.42), mix(words.second, words.paper, 0.45)
    )
    body += circle(0, h * 0.52, min(w * 0.37, h * 0.29), words.paper) + words.emblem(
        0, h * 0.52, min(w * 0.56, h * 0.44)
    )
    body += rect(-w / 2, 0, w, h * 0.2, words.ink) + fitted(
        cased(words.wordmark, words.face), words.face, w * 0.82, h * 0.115, words.paper, y=h * 0.138
    )
    body += rect(-w / 2, h * 0.79, w, h * 0.21, words.strong) + rect(
        -w / 2, h * 0.78, w, h * 0.012, words.second
    )
    body += stacked(
        words.title,
        words.face,
        w * 0.84,
        h * 0.12,
        readable(words.strong, words.paper, words.ink),
        y=h * 0.868,
    )
    body += words.small(
        words.facts, w * 0.7, h * 0.038, readable(words.strong, words.paper, words.ink), h * 0.965
    )
    return box(w, h, 4), body


def _roundel(sheet: Sheet, words: Print, w: float, h: float) -> Layout:
    d = min(w, h * 0.78)
    r, cy = d / 2, min(w, h * 0.78) / 2
    curve = sheet.curve(
        f"M{-(r * 0.8):.1f} {cy:.1f}A{r * 0.8:.1f} {r * 0.8:.1f} 0 0 1 {r * 0.8:.1f} {cy:.1f}"
    )
    mark = cased(words.wordmark, words.face)
    size = fit(mark, words.face, r * 1.9, r * 0.25, 0.05)
    body = (
        circle(0, cy, r, words.ink)
        + circle(0, cy, r - 5, words.second)
        + circle(0, cy, r - 8, words.strong)
        + circle(0, cy, r * 0.66, words.paper)
    )
    body += along(mark, words.face, size, words.paper, curve, 0.05)
    body += "".join(circle(x * r, cy + y * r, 3.6, words.second) for x, y in ((-0.79, 0.22), (0.79, 0.22)))
    body += words.emblem(0, cy - r * 0.03, r * 1.02)
    top, bottom = cy + r * 0.42, h
    body += rect(-w / 2, top, w, bottom - top, words.ink, 8) + line(
        box(w, bottom - top, 5, 6), words.second, 2, f'transform="translate(0 {top:.1f})"'
    )
    body += stacked(
        words.title, words.face, w * 0.84, (bottom - top) * 0.52, words.paper, y=top + (bottom - top) * 0.4
    )
    body += words.small(
        words.caption,
        w * 0.72,
        (bottom - top) * 0.15,
        mix(words.paper, words.second, 0.35),
        bottom - (bottom - top) * 0.14,
    )
    edge = f"M{-w / 2:.1f} {top:.1f}H{-((r * r - (top - cy) ** 2) ** 0.5):.1f}A{r:.1f} {r:.1f} 0 1 1 {(r * r - (top - cy) ** 2) ** 0.5:.1f} {top:.1f}H{w / 2:.1f}V{h:.1f}H{-w / 2:.1f}Z"
    return edge, body


def _block(sheet: Sheet, words: Print, w: float, h: float) -> Layout:
    split = h * 0.53
    clip = sheet.clip(f"M{-w / 2:.1f} 0H{w / 2:.1f}V{split:.1f}H{-w / 2:.1f}Z")
    light = mix(words.tint, words.paper, 0.35)
    body = rect(-w / 2, 0, w, h, words.paper) + rect(-w / 2, 0, w, split, words.tint)
    art = words.emblem_in(
        w * 0.1,
        split * 0.56,
        min(w * 0.86, split * 1.2),
        readable(words.tint, words.paper, words.ink, words.second),
        words.second if contrast(words.second, words.tint) > _SEPARATION else words.ink,
        light,
    )
    body += f'<g clip-path="{clip}">{art}</g>'
    x = -w * 0.42
    body += fitted(
        cased(words.wordmark, words.face), words.face, w * 0.84, h * 0.085, words.ink, y=split + h * 0.105
    )
    body += rect(x, split + h * 0.14, w * 0.84, 3, words.ink)
    body += stacked(words.title, words.face, w * 0.84, h * 0.18, words.strong, y=split + h * 0.25)
    body += rect(x, h * 0.885, w * 0.84, 2, words.ink) + words.small(
        words.facts, w * 0.84, h * 0.038, words.ink, h * 0.95
    )
    return box(w, h, 3), body


def _stripe(sheet: Sheet, words: Print, w: float, h: float) -> Layout:
    body = words.ground(
        sheet,
        w,
        h,
        words.tint,
        mix(words.tint, words.ink, 0.55),
        words.second if contrast(words.second, words.tint) > 1.25 else words.paper,
    )
    panel = h * 0.4
    top = h * 0.43
    body += words.emblem_in(0, h * 0.225, min(w * 0.52, h * 0.34), words.paper, words.ink, words.tint)
    body += (
        rect(-w * 0.5, top, w, panel, words.paper)
        + rect(-w * 0.5, top, w, 6, words.ink)
        + rect(-w * 0.5, top + panel - 6, w, 6, words.ink)
    )
    body += fitted(
        cased(words.wordmark, words.face), words.face, w * 0.72, panel * 0.22, words.ink, y=top + panel * 0.3
    )
    body += stacked(words.title, words.face, w * 0.84, panel * 0.4, words.strong, y=top + panel * 0.56)
    body += words.small(words.facts, w * 0.7, panel * 0.1, words.ink, top + panel * 0.9)
    return box(w, h, 4), body


def _arch_layout(sheet: Sheet, words: Print, w: float, h: float) -> Layout:
    body = shape(arch(w, h), words.paper) + line(arch(w, h, 8), words.second, 3)
    window = min(w * 0.78, h * 0.7)
    frame = sheet.clip(arch(window, h * 0.56))
    scene = words.ground(
        sheet,
        window,
        h * 0.56,
        mix(words.tint, words.paper, 0.72),
        mix(words.tint, words.paper, 0.45),
        mix(words.second, words.paper, 0.3),
    )
    art = scene + words.emblem(0, h * 0.29, min(window * 0.74, h * 0.42))
    body += f'<g transform="translate(0 {w * 0.1:.1f})"><g clip-path="{frame}">{art}</g>{line(arch(window, h * 0.56), words.ink, 3)}</g>'
    lower = w * 0.1 + h * 0.56
    room = h - lower
    body += fitted(
        cased(words.wordmark, words.face), words.face, w * 0.78, room * 0.24, words.ink, y=lower + room * 0.27
    )
    body += stacked(words.title, words.face, w * 0.8, room * 0.34, words.strong, y=lower + room * 0.52)
    body += words.small(words.facts, w * 0.66, room * 0.1, words.ink, h - room * 0.13)
    return arch(w, h), body


def _minimal(sheet: Sheet, words: Print, w: float, h: float) -> Layout:
    body = rect(-w / 2, 0, w, h, words.paper)
    band = h * 0.2
    body += f'<g transform="translate(0 {h - band:.1f})">{words.ground(sheet, w, band, mix(words.tint, words.paper, 0.62), words.tint, mix(words.tint, words.paper, 0.4))}</g>'
    body += words.emblem(0, h * 0.19, min(w * 0.36, h * 0.24))
    body += fitted(
        words.wordmark.upper(), words.face, w * 0.8, h * 0.085, words.ink, y=h * 0.43, tracking=0.12
    )
    body += line(f"M{-w * 0.14:.0f} {h * 0.475:.0f}H{w * 0.14:.0f}", words.second, 2)
    body += stacked(words.title, words.face, w * 0.82, h * 0.15, words.strong, y=h * 0.58)
    body += words.small(words.caption, w * 0.76, h * 0.042, words.ink, h * 0.74)
    return box(w, h, 2), body


def _vertical(sheet: Sheet, words: Print, w: float, h: float) -> Layout:
    side = w * 0.36
    body = rect(-w / 2, 0, w, h, words.paper)
    strip = words.ground(
        sheet, side, h, words.tint, mix(words.tint, words.ink, 0.3), mix(words.tint, words.paper, 0.25)
    )
    body += f'<g transform="translate({-w / 2 + side / 2:.1f} 0)">{strip}</g>'
    title = cased(words.title, words.face)
    lines, size = best_lines(title, words.face, h * 0.86, (w - side) * 0.62)
    middle = -w / 2 + side + (w - side) * 0.4
    upright = "".join(
        text(row, words.face, size, words.ink, y=(index - (len(lines) - 1) / 2) * size * 0.98 + size * 0.34)
        for index, row in enumerate(lines)
    )
    body += group(upright, at=(middle, h / 2), turn=-90)
    mark = fit(words.wordmark.upper(), words.quiet, h * 0.8, w * 0.085, 0.1)
    body += group(
        text(words.wordmark.upper(), words.quiet, mark, words.strong, tracking=0.1, y=mark * 0.34),
        at=(w / 2 - w * 0.1, h / 2),
        turn=-90,
    )
    body += circle(-w / 2 + side / 2, h * 0.26, side * 0.42, words.paper) + words.emblem(
        -w / 2 + side / 2, h * 0.26, side * 0.62
    )
    return box(w, h, 3), body


def _tall(sheet: Sheet, words: Print, w: float, h: float) -> Layout:
    body = (
        rect(-w / 2, 0, w, h, words.paper)
        + line(box(w, h, 3, 9), words.second, 2.6)
        + line(box(w, h, 2, 15), words.ink, 1.2)
    )
    r = min(w * 0.34, h * 0.2)
    disc = sheet.clip(
        f"M{-r:.1f} {h * 0.46:.1f}a{r:.1f} {r:.1f} 0 1 1 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 1 {-2 * r:.1f} 0Z"
    )
    scene = f'<g transform="translate(0 {h * 0.46 - r:.1f})">{words.ground(sheet, 2 * r, 2 * r, mix(words.tint, words.paper, 0.7), mix(words.tint, words.paper, 0.42), mix(words.second, words.paper, 0.3))}</g>'
    body += f'<g clip-path="{disc}">{scene}{words.emblem(0, h * 0.46, r * 1.5)}</g>'
    body += (
        f'<circle cx="0" cy="{h * 0.46:.1f}" r="{r:.1f}" fill="none" stroke="{words.ink}" stroke-width="3"/>'
    )
    body += stacked(words.wordmark, words.face, w * 0.78, h * 0.17, words.ink, y=h * 0.145)
    body += stacked(words.title, words.face, w * 0.78, h * 0.13, words.strong, y=h * 0.76)
    body += line(f"M{-w * 0.3:.0f} {h * 0.84:.0f}H{w * 0.3:.0f}", words.second, 1.8)
    body += words.small(words.caption, w * 0.68, h * 0.036, words.ink, h * 0.895) + words.small(
        words.facts, w * 0.62, h * 0.03, words.ink, h * 0.94
    )
    return box(w, h, 3), body


def _band(sheet: Sheet, words: Print, w: float, h: float) -> Layout:
    edge = h * 0.2
    deep = mix(words.tint, words.ink, 0.25)
    on = readable(words.tint, words.paper, words.ink)
    body = rect(-w / 2, 0, w, h, words.tint) + words.ground(
        sheet, w, edge, deep, words.second, mix(words.tint, words.paper, 0.3)
    )
    body += rect(-w / 2, edge, w, 5, words.paper) + rect(-w / 2, h * 0.94, w, h * 0.06, deep)
    body += circle(0, edge + h * 0.155, h * 0.15, words.paper) + words.emblem(0, edge + h * 0.155, h * 0.22)
    body += fitted(cased(words.wordmark, words.face), words.face, w * 0.84, h * 0.19, on, y=h * 0.665)
    body += rect(-w * 0.4, h * 0.715, w * 0.8, h * 0.14, words.paper, h * 0.07) + stacked(
        words.title, words.quiet, w * 0.68, h * 0.09, words.strong, y=h * 0.785
    )
    body += words.small(words.facts, w * 0.66, h * 0.038, on, h * 0.91)
    return box(w, h, 3), body


LAYOUTS: Final[Mapping[str, Callable[[Sheet, Print, float, float], Layout]]] = {
    "classic": _classic, "oval": _oval_layout, "shield": _shield, "poster": _poster, "roundel": _roundel,
    "block": _block, "stripe": _stripe, "arch": _arch_layout, "minimal": _minimal, "vertical": _vertical,
    "tall": _tall, "band": _band,
}  # fmt: skip
"""Every lockup by its name; each draws a label of a width and height that hangs from the origin."""
