"""Columns of text with tables in them: a table that lies inside one column belongs to that column."""

from __future__ import annotations

from dataclasses import dataclass

from ragkit.documents.formats.pdf.geometry import Box, Word
from ragkit.documents.formats.pdf.grids import Grid
from ragkit.documents.formats.pdf.lines import rows_of

_GUTTER = 8.0
"""Points of white between a table and the text of the other column."""
_SHARE = 0.24
"""A column takes at least this share of the width."""
_ROWS = 5
"""Fewer lines than this beside a table are no column."""
_ROW_WORDS = 3.0
_APART = 1.6
"""Lines of the longer column further apart than this, in font sizes, may belong to the text below the columns."""
_EDGE = 0.1
"""Running heads and feet stand in the outer tenth of the page."""


@dataclass(slots=True)
class Items:
    """Words and the tables among them.

    Attributes:
        words: words outside tables.
        grids: tables, top to bottom.
    """

    words: list[Word]
    grids: list[Grid]

    @property
    def extent(self) -> tuple[float, float]:
        """Left and right edge."""
        edges = [(w.x0, w.x1) for w in self.words] + [(g.box.x0, g.box.x1) for g in self.grids]
        return min(x0 for x0, _ in edges), max(x1 for _, x1 in edges)

    def split(self, lowest: float) -> tuple[Items, Items]:
        """What stands above a height, and what stands below it."""
        return (
            Items([w for w in self.words if w.baseline < lowest], [g for g in self.grids if g.box.bottom <= lowest]),
            Items([w for w in self.words if w.baseline >= lowest], [g for g in self.grids if g.box.bottom > lowest]),
        )

    def beside(self, gutter: float) -> tuple[Items, Items]:
        """What stands left of a gutter, and what stands right of it."""
        return (
            Items([w for w in self.words if w.mid < gutter], [g for g in self.grids if g.box.x0 < gutter]),
            Items([w for w in self.words if w.mid >= gutter], [g for g in self.grids if g.box.x0 >= gutter]),
        )


@dataclass(slots=True)
class Zone:
    """Two columns side by side, with what stands above and below them."""

    above: Items
    left: Items
    right: Items
    below: Items


def find_zone(items: Items, page_height: float) -> Zone | None:
    """The first stretch of two columns in which a table lies inside one of them.

    The columns end where a line or a table crosses the gutter between them.

    Args:
        items: words outside tables, and the tables.
        page_height: height of the page, whose outermost lines belong to no column.
    """
    for grid in items.grids:
        if grid.flowchart or not grid.ruled:
            continue
        for gutter in _gutters(grid, items):
            zone = _zone(items, grid.box, gutter, page_height)
            if zone is not None:
                return zone
    return None


def _gutters(grid: Grid, items: Items) -> list[float]:
    """Middles of the white beside a table, left and right; where nothing stands beside it, the white at its edge."""
    box = grid.box
    level = [w for w in items.words if box.top < w.baseline < box.bottom]
    left = max((w.x1 for w in level if w.mid < box.x0), default=box.x0 - _GUTTER)
    right = min((w.x0 for w in level if w.mid > box.x1), default=box.x1 + _GUTTER)
    gutters = [(left + box.x0) / 2] if box.x0 - left >= _GUTTER else []
    return gutters + ([(right + box.x1) / 2] if right - box.x1 >= _GUTTER else [])


def _zone(items: Items, table: Box, gutter: float, page_height: float) -> Zone | None:
    rows = rows_of(items.words)
    crossing = [
        (min(w.top for w in row), max(w.bottom for w in row))
        for row in rows
        if any(w.x0 < gutter + 3 and w.x1 > gutter - 3 for w in row)
    ]
    crossing += [(g.box.top, g.box.bottom) for g in items.grids if g.box.x0 < gutter < g.box.x1]
    middle = (table.top + table.bottom) / 2
    top = max((bottom for _, bottom in crossing if bottom <= middle), default=_EDGE * page_height)
    floor = min((top for top, _ in crossing if top > middle), default=None)
    bottom = (1 - _EDGE) * page_height if floor is None else floor
    top, bottom = min(top, table.top), max(bottom, table.bottom)
    above, rest = items.split(top)
    inside, below = rest.split(bottom)
    left, right = inside.beside(gutter)
    other = left if table.x0 > gutter else right
    if not _is_column(other) or not _are_wide(left, right, items):
        return None
    if floor is not None:
        _leave_last_lines(left, right, below)
    return Zone(above, left, right, below)


def _are_wide(left: Items, right: Items, items: Items) -> bool:
    width = items.extent[1] - items.extent[0]
    return all(side.extent[1] - side.extent[0] >= _SHARE * width for side in (left, right))


def _is_column(side: Items) -> bool:
    """Whether the words beside a table are a column of text: lines of several words that begin at one edge."""
    rows = rows_of(side.words)
    if len(rows) < _ROWS or sum(len(row) for row in rows) < _ROW_WORDS * len(rows):
        return False
    start, end = min(w.x0 for w in side.words), max(w.x1 for w in side.words)
    full = sum(1 for row in rows if row[-1].x1 > end - 0.25 * (end - start))
    return full >= 0.4 * len(rows)


def _leave_last_lines(left: Items, right: Items, below: Items) -> None:
    """Lines that go on alone on the left, parted from their column by a gap, head the text below the columns."""
    lowest = max([w.baseline for w in right.words] + [g.box.bottom for g in right.grids])
    rows = rows_of(left.words)
    if any(g.box.bottom > lowest for g in left.grids):
        return
    for index in range(len(rows) - 1, 0, -1):
        row, last = rows[index], rows[index - 1]
        if row[0].baseline <= lowest:
            return
        if row[0].baseline - last[0].baseline > _APART * max(row[0].style.size, last[0].style.size):
            moved = {id(w) for later in rows[index:] for w in later}
            below.words = [*(w for w in left.words if id(w) in moved), *below.words]
            left.words = [w for w in left.words if id(w) not in moved]
            return
