"""Ruled grids: where horizontal and vertical rules cross, there are cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ragkit.documents.formats.pdf.drawings import Drawings
from ragkit.documents.formats.pdf.geometry import Box, Word

_SNAP = 4.0
"""Rules closer than this, in points, are one (double borders)."""
_JOIN = 3.5
"""Rules that come this near to each other touch."""
_COVERED = 0.6
"""A side of a cell is ruled if the rules cover this share of it."""
_MOST_RULES = 1500


@dataclass(slots=True)
class Cell:
    """A cell of a grid, possibly merged from several."""

    box: Box
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    words: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class Grid:
    """A table or frame.

    Attributes:
        box: its extent.
        cells: row by row.
        rows, columns: their number.
        flowchart: whether it is a box of a flowchart.
        ruled: False where white space parts the cells.
    """

    box: Box
    cells: list[Cell]
    rows: int
    columns: int
    flowchart: bool = False
    ruled: bool = True

    def row_cells(self, row: int) -> list[Cell]:
        """The cells that begin in a row, left to right."""
        return sorted((c for c in self.cells if c.row == row), key=lambda c: c.column)


@dataclass(slots=True)
class _Segment:
    """A rule on one axis: its position across, its extent along."""

    across: float
    start: float
    end: float


def find_grids(drawings: Drawings) -> list[Grid]:
    """The grids of a page, top to bottom; a frame around text is a grid of one cell."""
    horizontal = _merge([_Segment((r.box.top + r.box.bottom) / 2, r.box.x0, r.box.x1) for r in drawings.horizontal])
    vertical = _merge([_Segment((r.box.x0 + r.box.x1) / 2, r.box.top, r.box.bottom) for r in drawings.vertical])
    horizontal = [s for s in horizontal if s.end - s.start >= 8]
    vertical = [s for s in vertical if s.end - s.start >= 6]
    if len(horizontal) + len(vertical) > _MOST_RULES:
        return []
    grids = []
    for rows, columns in _components(horizontal, vertical):
        if len(rows) >= 2 and len(columns) >= 2:
            grid = _grid(rows, columns)
            if grid is not None:
                grids.append(grid)
    return sorted(_outermost(grids), key=lambda g: (g.box.top, g.box.x0))


def _merge(segments: list[_Segment]) -> list[_Segment]:
    """Joins pieces of one rule."""
    merged: list[_Segment] = []
    for piece in sorted(segments, key=lambda s: (round(s.across), s.start)):
        for other in reversed(merged[-40:]):
            if (
                abs(other.across - piece.across) <= 1.2
                and piece.start <= other.end + _JOIN
                and (piece.end >= other.start - _JOIN)
            ):
                other.start, other.end = min(other.start, piece.start), max(other.end, piece.end)
                break
        else:
            merged.append(_Segment(piece.across, piece.start, piece.end))
    return merged


def _components(
    horizontal: Sequence[_Segment], vertical: Sequence[_Segment]
) -> list[tuple[list[_Segment], list[_Segment]]]:
    """Groups of rules that touch each other."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, h in enumerate(horizontal):
        for j, v in enumerate(vertical):
            crosses = h.start - _JOIN <= v.across <= h.end + _JOIN and v.start - _JOIN <= h.across <= v.end + _JOIN
            if crosses:
                parent[root(i)] = root(len(horizontal) + j)
    groups: dict[int, tuple[list[_Segment], list[_Segment]]] = {}
    for i, h in enumerate(horizontal):
        groups.setdefault(root(i), ([], []))[0].append(h)
    for j, v in enumerate(vertical):
        groups.setdefault(root(len(horizontal) + j), ([], []))[1].append(v)
    return list(groups.values())


def _positions(values: Sequence[float]) -> list[float]:
    """Clusters of near values, each by its mean."""
    clusters: list[list[float]] = []
    for value in sorted(values):
        if clusters and value - clusters[-1][0] <= _SNAP:
            clusters[-1].append(value)
        else:
            clusters.append([value])
    return [sum(c) / len(c) for c in clusters]


def _grid(rows: list[_Segment], columns: list[_Segment]) -> Grid | None:
    ys, xs = _positions([s.across for s in rows]), _positions([s.across for s in columns])
    # a table whose outer rules are missing still ends where its other rules end
    left, right = min(s.start for s in rows), max(s.end for s in rows)
    top, bottom = min(s.start for s in columns), max(s.end for s in columns)
    xs = ([left] if left < xs[0] - 2 * _SNAP else []) + xs + ([right] if right > xs[-1] + 2 * _SNAP else [])
    ys = ([top] if top < ys[0] - 2 * _SNAP else []) + ys + ([bottom] if bottom > ys[-1] + 2 * _SNAP else [])
    if len(xs) < 2 or len(ys) < 2:
        return None
    cells = _merge_cells(xs, ys, rows, columns)
    return Grid(Box(xs[0], ys[0], xs[-1], ys[-1]), cells, len(ys) - 1, len(xs) - 1)


def _ruled(segments: Sequence[_Segment], across: float, start: float, end: float) -> bool:
    covered = sum(max(0.0, min(end, s.end) - max(start, s.start)) for s in segments if abs(s.across - across) <= _SNAP)
    return covered >= _COVERED * (end - start)


def _merge_cells(xs: list[float], ys: list[float], rows: list[_Segment], columns: list[_Segment]) -> list[Cell]:
    """Atomic cells between which no rule is drawn are one cell."""
    width, height = len(xs) - 1, len(ys) - 1
    parent = list(range(width * height))

    def root(index: int) -> int:
        while parent[index] != index:
            index = parent[index]
        return index

    for j in range(height):
        for i in range(width):
            here = j * width + i
            if i + 1 < width and not _ruled(columns, xs[i + 1], ys[j], ys[j + 1]):
                parent[root(here)] = root(here + 1)
            if j + 1 < height and not _ruled(rows, ys[j + 1], xs[i], xs[i + 1]):
                parent[root(here)] = root(here + width)
    groups: dict[int, list[tuple[int, int]]] = {}
    for j in range(height):
        for i in range(width):
            groups.setdefault(root(j * width + i), []).append((j, i))
    cells = []
    for members in groups.values():
        top, left = min(m[0] for m in members), min(m[1] for m in members)
        bottom, right = max(m[0] for m in members) + 1, max(m[1] for m in members) + 1
        box = Box(xs[left], ys[top], xs[right], ys[bottom])
        cells.append(Cell(box, top, left, bottom - top, right - left))
    return sorted(cells, key=lambda c: (c.row, c.column))


def _outermost(grids: list[Grid]) -> list[Grid]:
    """Drops grids that lie inside a cell of another one, unless the other one is a mere frame."""
    kept = []
    for grid in grids:
        holders = [
            other
            for other in grids
            if other is not grid
            and other.box.holds(grid.box.x0 + 1, grid.box.top + 1)
            and other.box.holds(grid.box.x1 - 1, grid.box.bottom - 1)
        ]
        if any(len(h.cells) > 1 for h in holders):
            continue
        kept.append(grid)
    return [
        grid
        for grid in kept
        if len(grid.cells) > 1
        or not any(
            o is not grid
            and grid.box.holds(o.box.x0 + 1, o.box.top + 1)
            and grid.box.holds(o.box.x1 - 1, o.box.bottom - 1)
            for o in kept
        )
    ]


def without_page_frames(grids: Sequence[Grid], width: float, height: float) -> list[Grid]:
    """Takes away frames around the text of the whole page; compartments above and below stay, as grids of their own.

    Args:
        grids: the grids of a page.
        width: of the page.
        height: of the page.
    """
    kept: list[Grid] = []
    for grid in grids:
        frames = [c for c in grid.cells if c.box.width > 0.7 * width and c.box.height > 0.5 * height]
        if not frames or len(grid.cells) > 6:
            kept.append(grid)
            continue
        frame = frames[0].box
        for part in (
            [c for c in grid.cells if c.box.bottom <= frame.top + _SNAP],
            [c for c in grid.cells if c.box.top >= frame.bottom - _SNAP],
        ):
            if part:
                kept.append(_part(part))
    return kept


def _part(cells: list[Cell]) -> Grid:
    box = Box(
        min(c.box.x0 for c in cells),
        min(c.box.top for c in cells),
        max(c.box.x1 for c in cells),
        max(c.box.bottom for c in cells),
    )
    first = min(c.row for c in cells)
    for cell in cells:
        cell.row -= first
    return Grid(box, cells, max(c.row + c.rows for c in cells), max(c.column + c.columns for c in cells))


def fill_cells(grids: Sequence[Grid], words: Sequence[Word]) -> list[Word]:
    """Puts each word into its cell; returns the words outside all grids."""
    outside: list[Word] = []
    for word in words:
        x, y = word.mid, word.baseline - 0.3 * word.style.size
        grid = next((g for g in grids if g.box.holds(x, y)), None)
        cell = next((c for c in grid.cells if c.box.holds(x, y)), None) if grid else None
        if cell is None:
            outside.append(word)
        else:
            cell.words.append(word)
    return outside
