"""Running heads and feet: lines that repeat at the edge of the pages, and page numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragkit.documents.formats.pdf.geometry import Line
from ragkit.documents.formats.pdf.grids import Grid
from ragkit.documents.formats.pdf.lines import build_lines
from ragkit.documents.formats.pdf.units import PageContent

_PAGE_NUMBER = re.compile(
    r"^\W*(?:page|pg\.?|p\.)?\s*(?:\d{1,4}|[ivxl]{1,6})\s*(?:(?:of|/)\s*\d{1,4})?\W*$", re.IGNORECASE
)
_PAGE_NUMBER_WITHIN = re.compile(r"\s*\b(?:page|pg\.?)\s+\d{1,4}\s*(?:(?:of|/)\s*\d{1,4})?\s*$", re.IGNORECASE)
_PAGE_NUMBER_ANYWHERE = re.compile(r"\b(?:page|pg\.?|p\.)\s*\d{1,4}\s*(?:(?:of|/)\s*\d{1,4})?")
_COUNT_AT_EDGE = re.compile(r"^\d{1,4}(?=\s|$)|(?<=\s)\d{1,4}$")
_NUMBER_AT_EDGE = re.compile(r"^\d{1,3}(?=\s)|(?<=\s)\d{1,3}$|^\d{1,3}$")
_ZONE = 0.25
"""Running lines stand in the outer quarter of the page."""
_FILL = re.compile(r"^[\W_]*$")


@dataclass(slots=True)
class EdgeUnit:
    """A line outside grids, or a whole grid, as seen from the edge of the page."""

    lines: list[Line]
    grid: Grid | None
    top: float
    bottom: float

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(line.text for line in self.lines)


def is_page_number(text: str) -> bool:
    """Whether a line is nothing but a page number ("Page 2 of 5", "- 3 -", "iv")."""
    return bool(_PAGE_NUMBER.match(text)) and any(c.isalnum() for c in text)


def without_page_number(text: str) -> str:
    """The line without a page number at its end ("REVISED: 09-02-24 PAGE 1 OF 2")."""
    return _PAGE_NUMBER_WITHIN.sub("", text)


def pattern_of(text: str) -> str:
    """The text without its page number and white space, to compare lines of different pages."""
    text = _NUMBER_AT_EDGE.sub("#", _PAGE_NUMBER_ANYWHERE.sub("#", text.lower()))
    return re.sub(r"[\s_]+", "", text)


def edge_units(page: PageContent) -> list[EdgeUnit]:
    """The lines and grids of a page from top to bottom."""
    units: list[EdgeUnit] = []
    for unit in page.units:
        if isinstance(unit, Grid):
            lines = [line for cell in unit.cells for line in build_lines(cell.words, page.number)]
            units.append(EdgeUnit(lines, unit, unit.box.top, unit.box.bottom))
        else:
            units += [EdgeUnit([line], None, line.top, line.bottom) for column in unit.columns for line in column]
    return sorted(units, key=lambda u: u.lines[0].baseline if u.grid is None else u.top)


def find_running(
    pages: Sequence[Sequence[EdgeUnit]], heights: Sequence[float]
) -> list[tuple[list[EdgeUnit], list[EdgeUnit]]]:
    """The running heads and feet of each page.

    Args:
        pages: the lines and grids of each page from top to bottom.
        heights: the pages' heights.

    Returns:
        ``(heads, feet)`` for each page.
    """
    count = sum(1 for units in pages if units)
    seen: dict[tuple[str, str], set[int]] = {}
    for number, units in enumerate(pages):
        for edge in ("head", "foot"):
            for unit in _in_zone(units, edge, heights[number]):
                seen.setdefault((edge, pattern_of(unit.text)), set()).add(number)
    repeated = {key for key, where in seen.items() if len(where) >= 2 and len(where) >= 0.4 * count}
    numbering = _numbering(pages, heights)
    result = []
    for number, units in enumerate(pages):
        repeated_here = repeated | numbering.get(number, set())
        heads = _running(units, "head", repeated_here, heights[number])
        feet = [u for u in _running(units, "foot", repeated_here, heights[number]) if u not in heads]
        result.append((heads, feet))
    return result


def _numbering(pages: Sequence[Sequence[EdgeUnit]], heights: Sequence[float]) -> dict[int, set[tuple[str, str]]]:
    """Edge lines that end or begin in a number that counts the pages, by page ("Chapter 3: Utilities   6")."""
    found: dict[tuple[str, int], list[tuple[int, str]]] = {}
    for number, units in enumerate(pages):
        for edge in ("head", "foot"):
            for unit in _in_zone(units, edge, heights[number])[:2]:
                for figure in set(_COUNT_AT_EDGE.findall(unit.text)) if unit.grid is None else ():
                    found.setdefault((edge, int(figure) - number), []).append((number, pattern_of(unit.text)))
    count = sum(1 for units in pages if units)
    numbering: dict[int, set[tuple[str, str]]] = {}
    for (edge, _), places in found.items():
        if len(places) >= 3 and len(places) >= 0.5 * count:
            for number, pattern in places:
                numbering.setdefault(number, set()).add((edge, pattern))
    return numbering


def _in_zone(units: Sequence[EdgeUnit], edge: str, height: float) -> list[EdgeUnit]:
    ordered = units if edge == "head" else list(reversed(units))
    found: list[EdgeUnit] = []
    for unit in ordered[:14]:
        inside = unit.bottom < _ZONE * height if edge == "head" else unit.top > (1 - _ZONE) * height
        if not inside:
            break
        found.append(unit)
    return found


def _running(units: Sequence[EdgeUnit], edge: str, repeated: set[tuple[str, str]], height: float) -> list[EdgeUnit]:
    """The units from the edge inwards that are running; a page number carries the lines outside of it."""
    zone = _in_zone(units, edge, height)
    length = 0
    kept: set[int] = set()
    for index, unit in enumerate(zone):
        text = unit.text
        near = height * 0.14
        at_edge = unit.bottom < near if edge == "head" else unit.top > height - near
        if (edge, pattern_of(text)) in repeated and not _is_list_like(unit):
            if index <= length + 1:
                # one line that is not repeated may stand between running ones ("APPENDIX A"): it is content
                kept.update(range(length, index))
                length = index + 1
        elif unit.grid is None and (
            (at_edge and index <= length + 2 and _numbers_page(text)) or (index == length and _FILL.match(text))
        ):
            length = index + 1
    return [unit for index, unit in enumerate(zone[:length]) if index not in kept]


def _numbers_page(text: str) -> bool:
    return is_page_number(text) or without_page_number(text) != text


def _is_list_like(unit: EdgeUnit) -> bool:
    """A table of many cells that repeats is content, not a head."""
    return unit.grid is not None and len(unit.grid.cells) > 12
