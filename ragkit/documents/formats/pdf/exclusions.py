"""Words that are not in force or that a reader cannot see: struck out, white, covered, off the page, invisible."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2

from ragkit.documents.document import ExclusionReason
from ragkit.documents.formats.pdf.drawings import Drawings, Fill, Rule
from ragkit.documents.formats.pdf.geometry import Box, Glyph
from ragkit.documents.formats.pdf.lines import build_lines
from ragkit.documents.formats.pdf.placement import Placement
from ragkit.documents.formats.pdf.visibility import invisible_glyphs
from ragkit.documents.formats.pdf.words import build_words

_STRIKE_LOW, _STRIKE_HIGH = 0.14, 0.46
"""A strike runs this far above the baseline, in font sizes: through the middle of the small letters."""
_THICKEST = 0.16
_TINY = 2.0
_WHITE = 30
"""A colour that differs less than this from its background cannot be read."""
_SCAN = 0.5
"""A picture that takes this share of the page makes it a scan."""


@dataclass(slots=True)
class ExcludedRun:
    """Words left out together.

    Attributes:
        reason, detail: why, for programs and for people.
        text: the words.
        baseline: where they stood.
    """

    reason: ExclusionReason
    detail: str
    text: str
    baseline: float


def exclude(
    glyphs: Sequence[Glyph],
    drawings: Drawings,
    struck_boxes: Sequence[Box],
    page: pypdfium2.PdfPage,
    placement: Placement,
) -> tuple[list[Glyph], list[ExcludedRun]]:
    """Parts the glyphs of a page into those that count and those that do not.

    Returns:
        The remaining glyphs, and what was left out.
    """
    out: dict[int, tuple[ExclusionReason, str]] = {}
    for glyph in _struck_by_rules(glyphs, drawings):
        out[id(glyph)] = (ExclusionReason.STRUCK, "line drawn through the text")
    for glyph in _struck_by_annotations(glyphs, struck_boxes):
        out[id(glyph)] = (ExclusionReason.STRUCK, "strike-out annotation")
    for glyph, detail in _hidden(glyphs, drawings, page, placement):
        out.setdefault(id(glyph), (ExclusionReason.HIDDEN, detail))
    if not out:
        return list(glyphs), []
    kept = [glyph for glyph in glyphs if id(glyph) not in out]
    return kept, _runs([(glyph, *out[id(glyph)]) for glyph in glyphs if id(glyph) in out])


def _runs(excluded: Sequence[tuple[Glyph, ExclusionReason, str]]) -> list[ExcludedRun]:
    groups: dict[tuple[ExclusionReason, str], list[Glyph]] = {}
    for glyph, reason, detail in excluded:
        groups.setdefault((reason, detail), []).append(glyph)
    runs = [
        ExcludedRun(reason, detail, line.text, line.baseline)
        for (reason, detail), members in groups.items()
        for line in build_lines(build_words(members), 0)
    ]
    return sorted((run for run in runs if any(c.isalnum() for c in run.text)), key=lambda run: run.baseline)


# -- struck ---------------------------------------------------------------------------------------------------------


def _struck_by_rules(glyphs: Sequence[Glyph], drawings: Drawings) -> list[Glyph]:
    rules = [r for r in drawings.horizontal if r.box.width >= 3 and not r.is_white]
    if not rules:
        return []
    ordered = sorted((g for g in glyphs if g.style.upright), key=lambda g: g.baseline)
    baselines = [g.baseline for g in ordered]
    struck: list[Glyph] = []
    for rule in rules:
        y = (rule.box.top + rule.box.bottom) / 2
        near = ordered[bisect_left(baselines, y) : bisect_right(baselines, y + 0.5 * 40)]
        under = [g for g in near if _crosses(rule, y, g)]
        if under and _is_strike(rule, under, near, drawings.vertical):
            struck += under
    return struck


def _crosses(rule: Rule, y: float, glyph: Glyph) -> bool:
    size = glyph.style.size
    middle = (glyph.x0 + glyph.x1) / 2
    return (
        rule.box.x0 - 0.5 <= middle <= rule.box.x1 + 0.5
        and _STRIKE_LOW * size <= glyph.baseline - y <= _STRIKE_HIGH * size
        and rule.box.height <= max(_THICKEST * size, 0.8)
    )


def _is_strike(rule: Rule, under: Sequence[Glyph], near: Sequence[Glyph], vertical: Sequence[Rule]) -> bool:
    """Whether the rule belongs to the words: it ends with them, and is no part of a table or a form line."""
    letters = [g for g in under if g.char.isalnum()]
    if not letters or sum(1 for g in under if g.char == "_") > len(under) / 2:
        return False
    size = under[0].style.size
    covered = sum(g.x1 - g.x0 for g in under)
    if covered < 0.55 * rule.box.width:
        return False
    first, last = min(g.x0 for g in under), max(g.x1 for g in under)
    if rule.box.x0 < first - 1.2 * size or rule.box.x1 > last + 1.2 * size:
        return False
    return not any(_touches(rule.box, other.box) for other in vertical)


def _touches(rule: Box, other: Box) -> bool:
    y = (rule.top + rule.bottom) / 2
    x = (other.x0 + other.x1) / 2
    at_end = abs(x - rule.x0) < 2.5 or abs(x - rule.x1) < 2.5
    return at_end and other.top - 2.5 <= y <= other.bottom + 2.5


def _struck_by_annotations(glyphs: Sequence[Glyph], boxes: Sequence[Box]) -> list[Glyph]:
    if not boxes:
        return []
    return [g for g in glyphs if any(box.holds((g.x0 + g.x1) / 2, g.baseline - 0.28 * g.style.size) for box in boxes)]


# -- hidden ---------------------------------------------------------------------------------------------------------


def _hidden(
    glyphs: Sequence[Glyph], drawings: Drawings, page: pypdfium2.PdfPage, placement: Placement
) -> list[tuple[Glyph, str]]:
    width, height = placement.width, placement.height
    scans = [f.box for f in drawings.fills if f.image and f.box.width * f.box.height > _SCAN * width * height]
    hidden: list[tuple[Glyph, str]] = []
    suspects: dict[int, str] = {}
    background: dict[int, list[Fill]] = {}
    for glyph in glyphs:
        style = glyph.style
        x, y = (glyph.x0 + glyph.x1) / 2, glyph.baseline - 0.28 * style.size
        if not (0 <= x <= width and 0 <= y <= height):
            hidden.append((glyph, "outside the visible page"))
        elif style.mode in (3, 7):
            if not any(box.holds(x, y) for box in scans):
                hidden.append((glyph, "invisible text"))
        elif style.size < _TINY:
            hidden.append((glyph, "too small to be seen"))
        else:
            detail = _suspicion(glyph, x, y, drawings.fills, background)
            if detail:
                suspects[id(glyph)] = detail
    if suspects and placement.quarter_turns == page.get_rotation() // 90:
        # of a page that was turned for reading there is no picture to prove it by: what is in doubt stays
        doubtful = [glyph for glyph in glyphs if id(glyph) in suspects]
        orders = {glyph.style.order for glyph in doubtful}
        for glyph in invisible_glyphs(page, placement, doubtful, orders):
            hidden.append((glyph, suspects[id(glyph)]))
    return hidden


def _suspicion(glyph: Glyph, x: float, y: float, fills: Sequence[Fill], by_order: dict[int, list[Fill]]) -> str:
    """Why the glyph may be hidden; empty if it is surely seen."""
    order = glyph.style.order
    around = by_order.get(order)
    if around is None:
        around = by_order[order] = [f for f in fills if _near(f.box, glyph)] if len(fills) > 60 else list(fills)
        if len(fills) > 60:
            # the object may be longer than this glyph: look at all fills on its height
            by_order[order] = around = [
                f for f in fills if f.box.top <= glyph.bottom + 2 and f.box.bottom >= glyph.top - 2
            ]
    colour = glyph.style.colour
    behind: tuple[int, int, int, int] | None = (255, 255, 255, 255)
    for fill in around:
        if not fill.box.holds(x, y):
            continue
        if fill.order > order:
            if fill.opaque and fill.box.holds(glyph.x0 + 0.3, y) and fill.box.holds(glyph.x1 - 0.3, y):
                return "covered by a picture" if fill.image else "covered by a filled box"
        else:
            behind = fill.colour
    if colour is None:
        return ""
    if colour[3] < 40:
        return "transparent text"
    if behind is None:
        return "as pale as its background" if min(colour[:3]) > 225 else ""
    if max(abs(a - b) for a, b in zip(colour[:3], behind[:3], strict=True)) < _WHITE:
        return "in the colour of its background"
    return ""


def _near(box: Box, glyph: Glyph) -> bool:
    return box.top <= glyph.bottom and box.bottom >= glyph.top
