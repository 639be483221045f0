"""Footnotes: the last lines of a page, behind a sign that the text above refers to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ragkit.documents.formats.pdf.geometry import Line

_SIGN = re.compile(r"^(\*{1,4}|†|‡|§|¹|²|³)\s?[^\s*]")
_REFERENCE = re.compile(r"\w[.,;:)”’\"]{0,2}\s?(\*{1,4}|†|‡|§|¹|²|³)(?!\w)")
_LOWER_PART = 0.55


def split_footnotes(lines: Sequence[Line], height: float) -> tuple[list[Line], list[list[Line]]]:
    """Parts the lines of a page's last column into running text and footnotes.

    Args:
        lines: top to bottom.
        height: the page's height.

    Returns:
        The running text, and the lines of each footnote.
    """
    references = {found for line in lines for found in _REFERENCE.findall(line.text)}
    starts = [
        index
        for index, line in enumerate(lines)
        if line.top > _LOWER_PART * height and _begins_footnote(line, lines, references)
    ]
    if not starts:
        return list(lines), []
    first = starts[0]
    if any(not _belongs(lines[i - 1], lines[i]) and i not in starts for i in range(first + 1, len(lines))):
        return list(lines), []
    bounds = [*starts, len(lines)]
    notes = [list(lines[a:b]) for a, b in pairwise(bounds)]
    return list(lines[:first]), notes


def _begins_footnote(line: Line, lines: Sequence[Line], references: set[str]) -> bool:
    sign = _SIGN.match(line.text)
    if sign:
        return sign[1] in references
    if len(line.words) < 3 or not line.words[0].text.isdigit():
        return False
    number, word = line.words[0], line.words[1]
    raised = number.style.size <= 0.8 * word.style.size and number.baseline < word.baseline - 0.1 * word.style.size
    return raised and any(
        w.text == number.text and w.style.size <= 0.8 * other.size
        for other in lines
        if other is not line
        for w in other.words
    )


def _belongs(last: Line, line: Line) -> bool:
    return line.baseline - last.baseline <= 2.0 * line.size
