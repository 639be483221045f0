"""Reading order: columns side by side are read one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ragkit.documents.formats.pdf.geometry import Word
from ragkit.documents.formats.pdf.lines import rows_of

_GUTTER = 9.0
"""Points of white that part two columns."""
_ROWS = 5
"""Fewer rows than this on either side are no columns."""
_OVERLAP = 0.85
"""Rows nearer than this, in font sizes, overlap."""
_SHARE = 0.24
"""A column takes at least this share of the width."""


def split_columns(words: Sequence[Word]) -> list[list[Word]]:
    """Parts the words of a region into columns, in reading order.

    Two columns are recognised by a strip of white over at least five rows, with prose on both sides: a column of
    list markers or of labels beside their text is no column.

    Returns:
        Groups of words; one group where there are no columns.
    """
    rows = rows_of(words)
    if len(rows) < _ROWS:
        return [list(words)]
    left = min(w.x0 for w in words)
    right = max(w.x1 for w in words)
    for gutter in _candidates(rows, left, right):
        for first, last in _bands(rows, gutter):
            band = rows[first:last]
            if _are_columns(band, gutter, right - left):
                above = [w for row in rows[:first] for w in row]
                below = [w for row in rows[last:] for w in row]
                sides = (
                    [w for row in band for w in row if w.mid < gutter],
                    [w for row in band for w in row if w.mid >= gutter],
                )
                parts = ([above] if above else []) + [*sides] + ([below] if below else [])
                return [group for part in parts for group in split_columns(part)]
    return [list(words)]


def _candidates(rows: Sequence[Sequence[Word]], left: float, right: float) -> list[float]:
    """Middles of gaps, the most frequent first, away from the edges."""
    counts: dict[int, int] = {}
    for row in [*rows, *_overlapping(rows)]:
        for a, b in pairwise(row):
            if b.x0 - a.x1 >= _GUTTER:
                for x in range(int(a.x1) + 4, int(b.x0) - 3, 4):
                    counts[x // 4] = counts.get(x // 4, 0) + 1
    width = right - left
    found = [
        (count, x * 4 + 2.0)
        for x, count in counts.items()
        if count >= 3 and left + _SHARE * width < x * 4 < right - _SHARE * width
    ]
    return [x for _, x in sorted(found, key=lambda pair: (-pair[0], pair[1]))[:6]]


def _overlapping(rows: Sequence[Sequence[Word]]) -> list[list[Word]]:
    """Neighbouring rows too near to be lines of one column, as one: the baselines of two columns need not agree."""
    return [
        sorted([*above, *row], key=lambda w: w.x0)
        for above, row in pairwise(rows)
        if row[0].baseline - above[0].baseline < _OVERLAP * min(row[0].style.size, above[0].style.size)
    ]


def _bands(rows: Sequence[Sequence[Word]], gutter: float) -> list[tuple[int, int]]:
    """Stretches of rows that leave the gutter white."""
    bands: list[tuple[int, int]] = []
    start = 0
    for index, row in enumerate(rows):
        if any(w.x0 < gutter + 3 and w.x1 > gutter - 3 for w in row):
            if index - start >= _ROWS:
                bands.append((start, index))
            start = index + 1
    if len(rows) - start >= _ROWS:
        bands.append((start, len(rows)))
    return [_trim(rows, first, last, gutter) for first, last in bands]


def _trim(rows: Sequence[Sequence[Word]], first: int, last: int, gutter: float) -> tuple[int, int]:
    """Leaves rows with nothing on the right at both ends to the text above and below."""
    while first < last and not any(w.mid >= gutter for w in rows[first]):
        first += 1
    while last > first and not any(w.mid >= gutter for w in rows[last - 1]):
        last -= 1
    return first, last


def _are_columns(band: Sequence[Sequence[Word]], gutter: float, width: float) -> bool:
    left = [[w for w in row if w.mid < gutter] for row in band]
    right = [[w for w in row if w.mid >= gutter] for row in band]
    left, right = [r for r in left if r], [r for r in right if r]
    if len(left) < _ROWS or len(right) < _ROWS:
        return False
    left_edge = max(w.x1 for r in left for w in r)
    left_start = min(w.x0 for r in left for w in r)
    right_start = min(w.x0 for r in right for w in r)
    right_end = max(w.x1 for r in right for w in r)
    if left_edge - left_start < _SHARE * width or right_end - right_start < _SHARE * width:
        return False
    both = sum(1 for row in band if any(w.mid < gutter for w in row) and any(w.mid >= gutter for w in row))
    if len(left) - both >= 3 and len(right) - both >= 3:
        # the lines of the two sides do not stand on common baselines
        return True
    if both == len(left) and len(right) > 1.5 * len(left):
        # every line on the left has one on the right, which go on below: labels and their text
        return False
    words_a_row = sum(len(r) for r in left) / len(left)
    full = sum(1 for r in left if max(w.x1 for w in r) > left_edge - 0.2 * (left_edge - left_start))
    return words_a_row >= 3 and sum(len(r) for r in right) / len(right) >= 2.5 and full >= 0.4 * len(left)
