"""Whether a line goes on with the block before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragkit.documents.formats.pdf.flow import Region
from ragkit.documents.formats.pdf.geometry import Line
from ragkit.documents.formats.pdf.markers import Reading, readings_of
from ragkit.documents.formats.pdf.nesting import ListNesting

_UNFINISHED = re.compile(
    r"(?:^|\s)(?:a|an|the|of|by|to|with|for|from|in|on|at|and|than|that|is|are|be|if|when|per|into|as|their|its)$|,$",
    re.IGNORECASE,
)
"""A line that ends so goes on, wherever it was broken."""
_LABELLED = re.compile(r"^(?:[<>≤≥]\s?\d|[A-Z<>≤≥][\w<>≤≥=/-]*(?: \w+){0,2}:(?:\s|$))")
"""A line that begins with a limit or a label of its own begins a block."""
_AMOUNT = re.compile(r"[<>≤≥±~]?\d[\d,./–-]*\s+[a-zµ%°]")
"""A figure and its unit, which no-break spaces hold together at a line end."""
_ENDINGS = (".", ":", ";", "!", "?")
_NEAR = 1.3
"""Lines of a block are at most this many times the usual distance apart."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What is usual in the document.

    Attributes:
        body_size: font size of most text.
        pitch: distance of baselines within a paragraph, in font sizes.
        pitches: the same, by page, where a page differs.
        edges: left and right edge of the running text, by page.
        vocabulary: the document's words.
    """

    body_size: float
    pitch: float
    pitches: dict[int, float]
    edges: dict[int, tuple[float, float]]
    vocabulary: frozenset[str]


def list_mark(line: Line) -> tuple[Reading, ...]:
    """The readings of the line's list mark; empty where it has none."""
    if len(line.words) < 2:
        return ()
    readings = readings_of(line.words[0].text)
    glued = line.words[1].x0 - line.words[0].x1 < 0.15 * line.size
    if readings and glued and readings[0].kind != "circled":
        return ()
    return readings


def bare_mark(line: Line, nesting: ListNesting) -> tuple[Reading, ...]:
    """A letter or number whose full stop was forgotten: it stands before a tab and is next in an open list."""
    if len(line.words) < 2 or line.words[1].x0 - line.words[0].x1 < 0.9 * line.size or len(line.words[0].text) > 2:
        return ()
    text = line.words[0].text
    for item in reversed(nesting.open):
        if item.reading is None or abs(item.mark_x - (line.x0 - nesting.left)) > 1.5 * line.size:
            continue
        for reading in readings_of(text + "."):
            if reading.kind[0] == item.reading.kind[0] and reading.value == item.reading.value + 1:
                return (Reading(item.reading.kind, reading.value),)
    return ()


def is_unfinished(text: str) -> bool:
    """Whether a line ends in a word or a comma after which the sentence must go on."""
    return bool(_UNFINISHED.search(text.rstrip()))


class Wrapping:
    """Tells wrapped lines from new ones by the room that was left, the distance, and the words."""

    def __init__(self, measures: Measures):
        self._measures = measures

    def carries_on(self, last: Line, line: Line) -> bool:
        """Whether the words show that the sentence is not over: then the layout counts for less."""
        distance = line.baseline - last.baseline
        usual = max(self._measures.pitches.get(line.page, 0.0), self._measures.pitch, 1.2) * line.size
        if line.page != last.page or not 0 < distance <= _NEAR * usual or line.bold != last.bold:
            return False
        return line.text[:1].islower() and not last.text.rstrip().endswith(_ENDINGS)

    def is_near(self, lines: Sequence[Line], line: Line) -> bool:
        """Whether ``line`` stands at the distance at which lines of one block do."""
        last = lines[-1]
        distance = line.baseline - last.baseline
        if distance <= 0 or line.page != last.page:
            return False
        usual = self._measures.pitches.get(line.page, self._measures.pitch) * max(line.size, last.size)
        if len(lines) >= 2 and lines[-2].page == last.page and last.baseline > lines[-2].baseline:
            usual = max(min(usual, last.baseline - lines[-2].baseline), 1.1 * line.size)
        return distance <= _NEAR * usual

    def is_full(self, last: Line, line: Line, region: Region) -> bool:
        """Whether the first word of ``line``, or the figure and unit it begins with, did not fit into ``last``."""
        kept = line.words[: 2 if _AMOUNT.match(line.text) and not list_mark(line) else 1]
        return last.x1 + 0.25 * line.size + (kept[-1].x1 - kept[0].x0) > region.x1 - 0.8 * line.size

    def heading_goes_on(self, last: Line, line: Line, region: Region, centred: bool) -> bool:
        """Whether a heading has a second line."""
        if last.bold != line.bold or abs(last.size - line.size) >= 0.6 or last.text.rstrip().endswith(":"):
            return False
        middle = abs((last.x0 + last.x1) - (line.x0 + line.x1)) / 2
        if centred:
            return middle < 12
        return self.is_full(last, line, region) and last.text.isupper() == line.text.isupper()

    def sentence_goes_on(self, last: Line, line: Line, region: Region, *, same_region: bool) -> bool:
        """Whether the words of ``line`` carry on those of ``last``."""
        ended = last.text.rstrip().endswith(_ENDINGS)
        lower = line.text[:1].islower()
        if lower and not ended:
            return True
        if _LABELLED.match(line.text) and not is_unfinished(last.text):
            return False
        if same_region and is_unfinished(last.text) and line.bold <= last.bold:
            return True
        if not self.is_full(last, line, region):
            return False
        if last.text.rstrip().endswith(":"):
            return False
        return same_region or lower or not ended

    def is_wrapped_number(self, mark: tuple[Reading, ...], nesting: ListNesting) -> bool:
        """A number or dash at the start of a wrapped line ("within / 24. Then ...") that carries on no open list."""
        for reading in mark:
            if reading.is_bullet and reading.kind[-1] not in "-–—*":
                return False
            for item in nesting.open:
                same = item.reading is not None and item.reading.kind == reading.kind
                if same and (reading.is_bullet or reading.value == item.reading.value + 1):  # type: ignore[union-attr]
                    return False
        return not any(reading.value == 1 for reading in mark)
