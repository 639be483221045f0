"""Tables without rules: rows of short pieces whose left edges agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ragkit.documents.formats.pdf.geometry import Box, Word
from ragkit.documents.formats.pdf.grids import Cell, Grid
from ragkit.documents.formats.pdf.lines import join_words, rows_of
from ragkit.documents.formats.pdf.markers import readings_of

_GAP = 1.6
"""Pieces are parted by a gap of so many font sizes."""
_ALIGNED = 6.0
_ROWS = 3
_NEAR = 1.45
"""A wrapped line follows at most so many font sizes below."""
_APART = 3.5
"""Rows further apart than this, in font sizes, belong to different tables."""


@dataclass(slots=True)
class _Row:
    pieces: list[list[Word]]

    @property
    def size(self) -> float:
        return max(w.style.size for piece in self.pieces for w in piece)

    @property
    def baseline(self) -> float:
        return max(self.pieces[0], key=lambda w: w.style.size).baseline


def part_tables(words: Sequence[Word]) -> list[list[Word] | Grid]:
    """Parts the words of a text band into text and unruled tables, top to bottom."""
    rows = [_Row(_pieces(row)) for row in rows_of(words)]
    runs = _runs(rows)
    parts: list[list[Word] | Grid] = []
    done = 0
    for start, end, columns in [*runs, (len(rows), len(rows), [])]:
        text = [w for row in rows[done:start] for piece in row.pieces for w in piece]
        if text:
            parts.append(text)
        if columns:
            parts.append(_grid(rows[start:end], columns))
        done = end
    return parts


def _runs(rows: Sequence[_Row]) -> list[tuple[int, int, list[float]]]:
    """First row, end and columns of each table; single rows in the columns of a table on the page belong to it."""
    runs: list[tuple[int, int, list[float]]] = []
    index = 0
    while index < len(rows):
        end = _run_end(rows, index) if len(rows[index].pieces) > 1 else index
        columns = _columns(rows[index:end]) if end - index >= _ROWS else []
        if columns:
            runs.append((index, end, columns))
            index = end
        else:
            index += 1
    known = [columns for _, _, columns in runs]
    taken = {row for start, end, _ in runs for row in range(start, end)}
    for index, row in enumerate(rows):
        columns = next((c for c in known if _stands_in(row, c)), [])
        if columns and index not in taken:
            end = index + 1
            while end < len(rows) and end not in taken and len(rows[end].pieces) == 1:
                if not _fits(rows[end], columns[1:], columns[0]) or not _wraps(rows[end - 1], rows[end], columns[1:]):
                    break
                end += 1
            runs.append((index, end, columns))
            taken.update(range(index, end))
    return sorted(runs)


def _stands_in(row: _Row, columns: Sequence[float]) -> bool:
    """Whether the pieces of a row begin exactly in the columns of a table, each in one."""
    starts = [piece[0].x0 for piece in row.pieces]
    return len(starts) == len(columns) and all(abs(x - c) <= 2.0 for x, c in zip(starts, columns, strict=True))


def _pieces(row: Sequence[Word]) -> list[list[Word]]:
    pieces = [[row[0]]]
    for last, word in pairwise(row):
        marked = len(pieces) == 1 and len(pieces[0]) == 1 and readings_of(last.text)
        if word.x0 - last.x1 > _GAP * max(last.style.size, word.style.size) and not marked:
            pieces.append([word])
        else:
            pieces[-1].append(word)
    return pieces


def _run_end(rows: Sequence[_Row], start: int) -> int:
    """The rows from ``start`` on that stand in the same columns."""
    edges = _edges(rows[start : start + 12])
    if not edges:
        return start
    first = min(piece[0].x0 for piece in rows[start].pieces)
    end = start
    for index in range(start, len(rows)):
        row = rows[index]
        if index > start and row.baseline - rows[index - 1].baseline > _APART * row.size:
            break
        if not _fits(row, edges, first):
            break
        if len(row.pieces) == 1 and not _wraps(rows[index - 1], row, edges):
            break
        end = index + 1
    return end


def _edges(rows: Sequence[_Row]) -> list[float]:
    """Left edges of pieces, not the first of their row, that at least three rows share."""
    starts = sorted(piece[0].x0 for row in rows for piece in row.pieces[1:])
    edges: list[list[float]] = []
    for x in starts:
        if edges and x - edges[-1][0] <= _ALIGNED:
            edges[-1].append(x)
        else:
            edges.append([x])
    return [cluster[0] for cluster in edges if len(cluster) >= _ROWS]


def _fits(row: _Row, edges: Sequence[float], first: float) -> bool:
    """Whether no piece crosses the left edge of a column, and each begins in one."""
    for piece in row.pieces:
        left, right = piece[0].x0, piece[-1].x1
        if any(left < edge - _ALIGNED and right > edge + 1 for edge in edges):
            return False
        if left < first - _ALIGNED:
            return False
    return True


def _wraps(above: _Row, row: _Row, edges: Sequence[float]) -> bool:
    """Whether a row of one piece goes on with the cell above it."""
    near = row.baseline - above.baseline <= _NEAR * row.size
    left = row.pieces[0][0].x0
    if not near:
        return False
    if left >= edges[0] - _ALIGNED:
        return True
    first = above.pieces[0]
    if left > first[0].x0 + 0.5 * row.size or first[0].x0 >= edges[0] - _ALIGNED:
        return True
    word = row.pieces[0][0]
    return first[-1].x1 + 0.25 * row.size + (word.x1 - word.x0) > edges[0] - 1.5 * row.size


def _columns(rows: Sequence[_Row]) -> list[float]:
    """The columns' left edges, if the rows are a table; empty if they are not."""
    edges = _edges(rows)
    several = [row for row in rows if len(row.pieces) > 1]
    if not edges or len(several) < _ROWS:
        return []
    labels = sum(1 for row in several if join_words(row.pieces[0]).rstrip().endswith(":"))
    if labels > 0.4 * len(several):
        return []
    wide = sum(1 for row in several if len(row.pieces) >= 3)
    right = [piece for row in several for piece in row.pieces[1:]]
    words = sum(len(piece) for piece in right) / len(right)
    figures = sum(1 for piece in right if any(c.isdigit() for w in piece for c in w.text)) / len(right)
    several_columns = wide >= _ROWS and words <= 5 and figures >= 0.3
    two_columns = words <= 2 and figures >= 0.6 and len(several) >= 0.5 * len(rows)
    if several_columns or two_columns:
        return [min(w.x0 for row in rows for w in row.pieces[0]), *edges]
    return []


def _grid(rows: Sequence[_Row], columns: Sequence[float]) -> Grid:
    """Cells row by row; a row that only goes on with the cells above is no row of its own."""
    right = max(w.x1 for row in rows for piece in row.pieces for w in piece)
    top = min(w.top for piece in rows[0].pieces for w in piece)
    bottom = max(w.bottom for piece in rows[-1].pieces for w in piece)
    edges = [*columns, right]
    cells: list[Cell] = []
    number = -1
    for index, row in enumerate(rows):
        first_column = row.pieces[0][0].x0 < columns[1] - _ALIGNED
        wrapped = index > 0 and len(row.pieces) == 1 and _wraps(rows[index - 1], row, columns[1:])
        if number < 0 or (not wrapped and (first_column or len(row.pieces) > 1)):
            number += 1
            y0, y1 = min(w.top for p in row.pieces for w in p), max(w.bottom for p in row.pieces for w in p)
            cells += [Cell(Box(edges[c], y0, edges[c + 1], y1), number, c) for c in range(len(columns))]
        for piece in row.pieces:
            column = max(c for c in range(len(columns)) if c == 0 or piece[0].x0 >= columns[c] - _ALIGNED)
            cells[number * len(columns) + column].words.extend(piece)
    return Grid(Box(columns[0], top, right, bottom), cells, number + 1, len(columns), ruled=False)
