"""Running heads and feet: lines that repeat at the edge of the pages, and page numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.documents.formats.pdf.geometry import Line

_PAGE_NUMBER = re.compile(
    r"^\W*(?:page|pg\.?|p\.)?\s*(?:\d{1,4}|[ivxl]{1,6})\s*(?:(?:of|/)\s*\d{1,4})?\W*$", re.IGNORECASE
)
_PAGE_NUMBER_WITHIN = re.compile(r"\bpage\s+\d{1,4}\s*(?:of\s+\d{1,4})?\s*$", re.IGNORECASE)
_ZONE = 0.25
"""Running lines stand in the outer quarter of the page."""


def is_page_number(text: str) -> bool:
    """Whether a line is nothing but a page number ("Page 2 of 5", "- 3 -", "iv")."""
    return bool(_PAGE_NUMBER.match(text))


def ends_in_page_number(text: str) -> bool:
    """Whether a line ends in a page number with the word "page"."""
    return bool(_PAGE_NUMBER_WITHIN.search(text))


def pattern_of(text: str) -> str:
    """The text with every number alike and white space out, to compare lines of different pages."""
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", text.lower()))


def find_running(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[tuple[int, int]]:
    """How many lines at the top and the bottom of each page are running heads and feet.

    Args:
        pages: the lines of each page from top to bottom.
        heights: the pages' heights.

    Returns:
        ``(heads, feet)`` for each page.
    """
    count = sum(1 for lines in pages if lines)
    seen: dict[tuple[str, str], set[int]] = {}
    for number, lines in enumerate(pages):
        for edge, line in _edge_lines(lines, heights[number]):
            seen.setdefault((edge, pattern_of(line.text)), set()).add(number)
    repeated = {key for key, where in seen.items() if len(where) >= 2 and len(where) >= 0.4 * count}
    return [
        (
            _length(lines, "head", repeated, heights[number]),
            _length(list(reversed(lines)), "foot", repeated, heights[number]),
        )
        for number, lines in enumerate(pages)
    ]


def _edge_lines(lines: Sequence[Line], height: float) -> list[tuple[str, Line]]:
    heads = [("head", line) for line in lines if line.bottom < _ZONE * height][:12]
    feet = [("foot", line) for line in reversed(lines) if line.top > (1 - _ZONE) * height][:12]
    return heads + feet


def _length(lines: Sequence[Line], edge: str, repeated: set[tuple[str, str]], height: float) -> int:
    """The lines from the edge inwards that are running; a page number carries the lines outside of it."""
    length = 0
    for index, line in enumerate(lines):
        inside = line.bottom < _ZONE * height if edge == "head" else line.top > (1 - _ZONE) * height
        if not inside or index > 12:
            break
        if (edge, pattern_of(line.text)) in repeated:
            if index == length:
                length = index + 1
            continue
        number = is_page_number(line.text) or ends_in_page_number(line.text)
        if number and index <= length + 2:
            length = index + 1
    return length
