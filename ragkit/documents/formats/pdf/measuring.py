"""What is usual in a document: font size, line distance, margins, words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ragkit.documents.formats.pdf.geometry import Line, Word
from ragkit.documents.formats.pdf.grids import Grid
from ragkit.documents.formats.pdf.joining import vocabulary_of
from ragkit.documents.formats.pdf.units import PageContent, TextBand
from ragkit.documents.formats.pdf.wrapping import Measures

_FEW_PITCHES = 6
_FEW_LINES = 8
_MARGIN = 0.1
"""Running heads and feet stand in the outer tenth of the page."""
_RUNNING_SHARE = 0.3
"""Text outside tables sets the body size if it is at least this share of all."""


def measure(pages: Sequence[PageContent]) -> Measures:
    """Measures a document."""
    lines = [line for page in pages for line in _lines(page)]
    cells = [word for page in pages for word in _cell_words(page)]
    body = _body_size(lines, cells)
    pitches = {page.number: _pitches(page) for page in pages}
    total: Counter[float] = Counter()
    for counter in pitches.values():
        total.update(counter)
    sizes = {page.size for page in pages}
    edges = {size: _edges([line for page in pages if page.size == size for line in _lines(page)]) for size in sizes}
    return Measures(
        body_size=body,
        pitch=_smallest_common(total),
        pitches={n: _smallest_common(c) for n, c in pitches.items() if c.total() >= _FEW_PITCHES},
        edges={page.number: _page_edges(page, edges[page.size], body) for page in pages},
        vocabulary=vocabulary_of([line.text for line in lines] + [word.text for word in cells]),
    )


def _lines(page: PageContent) -> list[Line]:
    return [line for unit in page.units if isinstance(unit, TextBand) for column in unit.columns for line in column]


def _cell_words(page: PageContent) -> list[Word]:
    return [word for unit in page.units if isinstance(unit, Grid) for cell in unit.cells for word in cell.words]


def _body_size(lines: Sequence[Line], cells: Sequence[Word]) -> float:
    running: Counter[float] = Counter()
    for line in lines:
        running[line.size] += len(line.text)
    tables: Counter[float] = Counter()
    for word in cells:
        tables[round(word.style.size, 1)] += len(word.text)
    if running.total() < _RUNNING_SHARE * tables.total():
        running.update(tables)
    return running.most_common(1)[0][0]


def _pitches(page: PageContent) -> Counter[float]:
    """Distances of neighbouring lines of one size, in font sizes."""
    return Counter(
        pitch
        for unit in page.units
        if isinstance(unit, TextBand)
        for column in unit.columns
        for a, b in pairwise(column)
        if abs(a.size - b.size) < 0.6
        if 0.8 <= (pitch := round((b.baseline - a.baseline) / a.size, 1)) <= 2.3
    )


def _smallest_common(pitches: Counter[float]) -> float:
    """The line distance within paragraphs: the smallest that is at least half as frequent as the most frequent."""
    if not pitches:
        return 1.2
    most = pitches.most_common(1)[0][1]
    return min(pitch for pitch, count in pitches.items() if count >= 0.5 * most)


def _edges(lines: Sequence[Line]) -> tuple[float, float] | None:
    """Where running text begins and ends on pages of one size, a few outliers left out."""
    if not lines:
        return None
    lefts, rights = sorted(line.x0 for line in lines), sorted(line.x1 for line in lines)
    return lefts[int(0.01 * (len(lefts) - 1))], rights[int(0.985 * (len(rights) - 1))]


def _page_edges(page: PageContent, usual: tuple[float, float] | None, body: float) -> tuple[float, float]:
    """The edges of one page: its own right edge where several of its lines end there, else the usual one.

    Running heads and feet may reach over a page whose text has one narrow column.
    """
    if usual is None:
        return 0.0, page.width
    lines = _lines(page)
    inner = [line for line in lines if _MARGIN * page.height < line.baseline < (1 - _MARGIN) * page.height]
    own = _common_right(lines, body)
    if own is None:
        own = min(usual[1], _common_right(inner, body) or usual[1])
    return usual[0], own


def _common_right(lines: Sequence[Line], body: float) -> float | None:
    """Where several lines end, the one that reaches furthest left out; None where they do not agree."""
    rights = sorted((line.x1 for line in lines), reverse=True)
    return None if len(rights) < _FEW_LINES or rights[4] < rights[1] - 1.5 * body else rights[1]
