"""Flowcharts: words in boxes that lines and arrows join. They are read box by box and reported."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.documents.formats.pdf.geometry import Box, Word
from ragkit.documents.formats.pdf.grids import Cell, Grid

_BOXES = 4
"""So many separate boxes with words are a flowchart."""
_SHARE = 0.4
"""Its boxes hold at least this share of the words."""
_LARGEST = 0.2
"""A box is not larger than this share of the page."""


def take_boxes(
    words: Sequence[Word], candidates: Sequence[Box], others: Sequence[Box], area: float
) -> tuple[list[Word], list[Grid]]:
    """Takes the words that stand in the boxes of a flowchart.

    Args:
        words: words of the page.
        candidates: shapes that make a flowchart if enough of them hold words.
        others: shapes that count as boxes too, once there is one.
        area: of the page.

    Returns:
        The words outside, and a grid of one cell for each box; all words and none if there is no flowchart.
    """
    grids, outside = _fill(words, _boxes(candidates, area))
    held = len(words) - len(outside)
    if len(grids) < _BOXES or held < _SHARE * len(words):
        return list(words), []
    if others:
        grids, outside = _fill(words, _boxes([*candidates, *others], area))
    return outside, grids


def _boxes(shapes: Sequence[Box], area: float) -> list[Box]:
    """Boxes from small to large; of boxes that nearly agree (a shadow, a frame) only the largest."""
    kept: list[Box] = []
    sized = [b for b in shapes if b.width > 30 and b.height > 16 and b.width * b.height < _LARGEST * area]
    for box in sorted(sized, key=lambda b: -b.width * b.height):
        if not any(_nearly_same(box, other) for other in kept):
            kept.append(box)
    return kept[::-1]


def _nearly_same(small: Box, large: Box) -> bool:
    width = min(small.x1, large.x1) - max(small.x0, large.x0)
    height = min(small.bottom, large.bottom) - max(small.top, large.top)
    if width <= 0 or height <= 0:
        return False
    return width * height > 0.55 * large.width * large.height


def _fill(words: Sequence[Word], boxes: Sequence[Box]) -> tuple[list[Grid], list[Word]]:
    grids: dict[int, Grid] = {}
    outside: list[Word] = []
    for word in words:
        x, y = word.mid, word.baseline - 0.3 * word.style.size
        index = next((i for i, b in enumerate(boxes) if b.holds(x, y)), None)
        if index is None:
            outside.append(word)
        else:
            grid = grids.setdefault(index, Grid(boxes[index], [Cell(boxes[index], 0, 0)], 1, 1))
            grid.cells[0].words.append(word)
    return list(grids.values()), outside


def mark_flowchart(grids: Sequence[Grid], width: float) -> bool:
    """Marks the boxes of a flowchart among the grids of a page; returns whether there is one.

    Args:
        grids: all grids with words.
        width: of the page.
    """
    frames = [g for g in grids if g.box.width < 0.6 * width and sum(1 for cell in g.cells if cell.words) <= 2]
    single = sum(1 for grid in frames if len(grid.cells) == 1)
    if single < _BOXES and len(frames) < _BOXES + 2:
        return False
    for frame in frames:
        frame.flowchart = True
    return True
