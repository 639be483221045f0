"""The policy's header block on its first page: number, title, dates, approvals; label and value together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ragkit.documents.formats.pdf.geometry import Line, Word
from ragkit.documents.formats.pdf.governance_lines import is_governance_label
from ragkit.documents.formats.pdf.grids import Cell, Grid
from ragkit.documents.formats.pdf.lines import build_lines, join_words
from ragkit.documents.formats.pdf.markers import readings_of
from ragkit.documents.formats.pdf.running import EdgeUnit, is_page_number
from ragkit.documents.formats.pdf.units import PageContent
from ragkit.documents.formats.pdf.wrapping import is_unfinished

_HEAD_ZONE = 0.4
_FOOT_ZONE = 0.75
_TOP_ZONE = 0.28
_LINE_WORDS = 14
_APART = 6.0
"""Lines further apart than this, in font sizes, are different parts of the block (head and foot of the page)."""
_GAP = 1.6
"""A gap of more font sizes parts label and value, or two pairs."""
_CELL_LABEL = re.compile(
    r"""^(?:
        (?:(?:policy|procedure|protocol|document|reference|ref\.?|guideline)\s+)?(?:number|no\.?|\#|title|name|owner|type|id)
        |(?:policy|subject|section|category|scope|version|status|manual|department|division|unit|author|owner|title|
            applies\s+to|approved(?:\s+by)?|approvals?|approver|supersedes|replaces|distribution|page|pages|signature)
        |(?:original|origination|effective|issue|revision|review|approval|expiration|implementation|date|last|next)\b
            [\s\w]*
        |(?:created|issued|revised|reviewed|approved)(?:\s+(?:on|by|date))?
    )\s*:?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""What a cell of a header table says that holds nothing but a label."""
_VALUE = re.compile(r"\d|:[\W_]*[^\W_]")
"""A figure, or words after a colon."""
_WRAPPED = 1.8
"""The second line of a value follows at most so many font sizes below."""
_CELL_PADDING = 4.0
_FILLED = re.compile(r"^[\W_]*$")


@dataclass(slots=True)
class _Piece:
    text: str
    x0: float
    x1: float
    baseline: float
    size: float


def find_header(page: PageContent, units: Sequence[EdgeUnit], running: Sequence[EdgeUnit]) -> list[EdgeUnit]:
    """The units of the first page that are its header block, top to bottom.

    Running heads and feet are part of it, and so are grids with governance labels in the upper part, lines above a
    rule or a label near the top, and lines from a label on near the bottom.
    """
    chosen = {id(unit) for unit in running}
    for unit in units:
        if unit.grid is not None and _is_header_grid(unit, page.height):
            chosen.add(id(unit))
    _top_lines(page, units, chosen)
    _bottom_lines(page, units, chosen)
    return [unit for unit in units if id(unit) in chosen]


def _is_header_grid(unit: EdgeUnit, height: float) -> bool:
    if unit.grid is None or len(unit.grid.cells) < 2 or unit.top > _HEAD_ZONE * height or unit.bottom > 0.6 * height:
        return False
    if sum(len(line.words) for line in unit.lines) > 150:
        return False
    labels = sum(1 for line in unit.lines for piece in _pieces(line) if is_governance_label(piece.text))
    if unit.grid.ruled:
        cells = (" ".join(w.text for w in cell.words) for cell in unit.grid.cells)
        labels += sum(1 for text in cells if _is_cell_label([text]) and not is_governance_label(text))
    return labels >= 2 or (labels == 1 and len(unit.grid.cells) <= 4 and len(unit.lines) <= 5)


def _top_lines(page: PageContent, units: Sequence[EdgeUnit], chosen: set[int]) -> None:
    """Short lines at the top up to the last label, or up to a rule across the page that follows a label."""
    rules = [
        r.box.top
        for r in page.drawings.horizontal
        if r.box.width > 0.55 * page.width and r.box.top < 0.33 * page.height
    ]
    candidates: list[EdgeUnit] = []
    for unit in units:
        if unit.grid is not None:
            if id(unit) in chosen:
                continue
            break
        line = unit.lines[0]
        if line.bottom > _TOP_ZONE * page.height or len(line.words) > _LINE_WORDS or _is_item(line):
            break
        candidates.append(unit)
    last = -1
    for index, unit in enumerate(candidates):
        if any(is_governance_label(piece.text) for piece in _pieces(unit.lines[0])):
            last = index
    if last < 0:
        return
    below = [y for y in rules if y >= candidates[last].lines[0].baseline - 2]
    if below:
        limit = min(below)
        last = max(last, max((i for i, u in enumerate(candidates) if u.lines[0].baseline < limit), default=last))
    chosen.update(id(unit) for unit in candidates[: last + 1])


def _bottom_lines(page: PageContent, units: Sequence[EdgeUnit], chosen: set[int]) -> None:
    """Lines from the first label in the lower quarter on, if nothing but short lines follows."""
    foot = [u for u in units if u.top > _FOOT_ZONE * page.height]
    rules = [
        r.box.top
        for r in page.drawings.horizontal
        if r.box.width > 0.55 * page.width and r.box.top > _FOOT_ZONE * page.height
    ]
    for index, unit in enumerate(foot):
        labelled = any(is_governance_label(piece.text) for line in unit.lines for piece in _pieces(line))
        if not labelled:
            continue
        following = foot[index:]
        ruled = any(y <= unit.lines[0].top + 3 for y in rules)
        if all(len(u.text.split()) <= _LINE_WORDS + 6 and not _is_item(u.lines[0]) for u in following) and (
            ruled
            or sum(1 for u in following for ln in u.lines for p in _pieces(ln) if is_governance_label(p.text)) >= 2
        ):
            chosen.update(id(u) for u in following)
        return


def _is_item(line: Line) -> bool:
    return len(line.words) > 1 and bool(readings_of(line.words[0].text))


def header_texts(units: Sequence[EdgeUnit]) -> list[str]:
    """The header block's lines, label and value on one line.

    A page number stays where it shares its line with a label ("EFFECTIVE: 3-12-11   PAGE 1 OF 4"), as a line of its
    own, so that the line can be quoted whole; elsewhere it is left out.
    """
    texts: list[str] = []
    loose: list[Line] = []
    for unit in units:
        if unit.grid is None:
            if loose and unit.top - loose[-1].bottom > _APART * loose[-1].size:
                texts += _pairs(loose)
                loose = []
            loose += unit.lines
            continue
        texts += _pairs(loose)
        loose = []
        texts += _grid_texts(unit.grid, unit.lines[0].page)
    texts += _pairs(loose)
    return [text.strip() for text in texts if not _FILLED.match(text)]


def _grid_texts(grid: Grid, page: int) -> list[str]:
    """Row by row; a label in one cell and its value in the next, or in the cell below, are one line."""
    rows = [
        [_pairs(build_lines(c.words, page), c.box.x1 if grid.ruled else None) for c in row] for row in _cell_rows(grid)
    ]
    texts: list[str] = []
    index = 0
    while index < len(rows):
        row = rows[index]
        following = rows[index + 1] if index + 1 < len(rows) else []
        if len(row) > 1 and len(row) == len(following) and _head_values(row, following):
            texts += [" ".join([*label, *value]) for label, value in zip(row, following, strict=True)]
            index += 2
        else:
            texts += _row_texts(row)
            index += 1
    return texts


def _cell_rows(grid: Grid) -> list[list[Cell]]:
    """The filled cells of each row; without rules, a near row with no label in it goes on with the cells above."""
    rows: list[list[Cell]] = []
    for index in range(grid.rows):
        row = [cell for cell in grid.row_cells(index) if cell.words]
        above = {cell.column: cell for cell in rows[-1]} if rows and not grid.ruled else {}
        if row and all(cell.column > 0 and cell.column in above for cell in row):
            first = row[0].words[0]
            near = first.baseline - above[row[0].column].words[-1].baseline <= _WRAPPED * first.style.size
            if near and not any(_labels(join_words(cell.words)) for cell in row):
                for cell in row:
                    above[cell.column].words.extend(cell.words)
                continue
        rows += [row] if row else []
    return rows


def _head_values(labels: list[list[str]], values: list[list[str]]) -> bool:
    """Whether a row of labels stands above a row of their values."""
    return all(_is_cell_label(cell) for cell in labels) and not any(_is_cell_label(cell) for cell in values)


def _row_texts(row: list[list[str]]) -> list[str]:
    """One row: a cell that is all label takes the next cell; a bare "Date:" belongs to what was said to its left."""
    texts: list[str] = []
    label: list[str] = []
    for pairs in row:
        if label:
            texts.append(" ".join([*label, *pairs]))
            label = []
        elif _is_cell_label(pairs):
            label = pairs
        elif texts and len(pairs) == 1 and pairs[0].lower().startswith("date:"):
            texts[-1] += " " + pairs[0]
        else:
            texts += pairs
    return texts + label


def _is_cell_label(pairs: list[str]) -> bool:
    text = " ".join(pairs)
    return len(text.split()) <= 4 and bool(_CELL_LABEL.match(text)) and not any(c.isdigit() for c in text)


def _pieces(line: Line) -> list[_Piece]:
    """The line, parted at wide gaps and before labels."""
    groups: list[list[Word]] = [[line.words[0]]]
    for index, (last, word) in enumerate(pairwise(line.words), 1):
        gap = word.x0 - last.x1
        if gap > _GAP * line.size or (gap > 0.5 * line.size and is_governance_label(join_words(line.words[index:]))):
            groups.append([word])
        else:
            groups[-1].append(word)
    return [_Piece(join_words(g), g[0].x0, max(w.x1 for w in g), line.baseline, line.size) for g in groups]


def _is_bare_label(text: str) -> bool:
    stripped = text.rstrip()
    return is_governance_label(stripped) and (
        stripped.endswith(":") or (len(stripped.split()) <= 2 and not _VALUE.search(stripped))
    )


def _holds_value(text: str) -> bool:
    return is_governance_label(text) and not _is_bare_label(text)


def _pairs(lines: Sequence[Line], right: float | None = None) -> list[str]:
    """Label-value pairs, columns of labels one after the other; ``right`` is where the lines of a cell wrap."""
    pairs: list[list[_Piece]] = []
    for line in sorted(lines, key=lambda ln: ln.baseline):
        pieces = _pieces(line)
        if all(is_page_number(p.text) and "page" in p.text.lower() for p in pieces):
            continue
        open_label: list[_Piece] | None = None
        for piece in pieces:
            if is_page_number(piece.text) and "page" in piece.text.lower():
                pairs.append([piece])
                continue
            if open_label is not None and not _labels(piece.text):
                open_label.append(piece)
                open_label = None
                continue
            below = _waiting(pairs, piece, right)
            if below is not None:
                below.append(piece)
                waits = below[0].text.lower().startswith("approved") and not _holds_value(below[0].text)
                open_label = below if _labels(piece.text) or waits else None
                continue
            pairs.append([piece])
            open_label = pairs[-1] if piece.text.rstrip().endswith(":") or _is_bare_label(piece.text) else None
    return [" ".join(p.text for p in pair) for pair in _by_column(pairs)]


def _labels(text: str) -> bool:
    return is_governance_label(text) or text.rstrip().endswith(":")


def _breaks_off(last: _Piece, piece: _Piece, right: float | None) -> bool:
    """Whether a value goes on in the line below: its words say so, or the next word did not fit into the cell."""
    if is_unfinished(last.text) or piece.text[:1].islower():
        return True
    word = (piece.x1 - piece.x0) * len(piece.text.split()[0]) / len(piece.text)
    return right is not None and last.x1 + 0.25 * piece.size + word > right - _CELL_PADDING


def _waiting(pairs: list[list[_Piece]], piece: _Piece, right: float | None) -> list[_Piece] | None:
    """The pair above that the piece completes: a label without value, or a value that goes on below."""
    for pair in reversed(pairs):
        last = pair[-1]
        distance = piece.baseline - last.baseline
        if distance <= 0.5 * piece.size:
            continue
        if distance > 2.6 * piece.size:
            return None
        overlap = min(last.x1, piece.x1) - max(last.x0, piece.x0)
        if len(pair) == 1 and _is_bare_label(last.text) and overlap > 0:
            return pair if not _labels(piece.text) or last.text.lower().startswith("approved") else None
        goes_on = abs(last.x0 - piece.x0) < 2 or overlap > 0.6 * min(last.x1 - last.x0, piece.x1 - piece.x0)
        goes_on = goes_on and not _labels(piece.text) and distance < _WRAPPED * piece.size
        if goes_on and (_breaks_off(last, piece, right) if _holds_value(pair[0].text) else len(pair) >= 2):
            return pair
    return None


def _by_column(pairs: list[list[_Piece]]) -> list[list[_Piece]]:
    """Pairs in reading order: those whose left edges agree are one column, unless they stand on one line."""
    columns: list[float] = []
    for pair in pairs:
        if not _numbers_a_page(pair) and not any(abs(pair[0].x0 - x) < 12 for x in columns):
            columns.append(pair[0].x0)
    columns.sort()
    rows = {round(pair[0].baseline) for pair in pairs}
    labelled = [pair for pair in pairs if _labels(pair[0].text)]
    if len(columns) < 2 or len(rows) < 3 or len(labelled) < 0.6 * len(pairs):
        return pairs
    keyed: list[tuple[int, float, list[_Piece]]] = []
    for pair in pairs:
        column = min(range(len(columns)), key=lambda i: abs(columns[i] - pair[0].x0))
        if _numbers_a_page(pair) and keyed and abs(keyed[-1][1] - pair[0].baseline) < pair[0].size:
            # a page number stays with what stands on its line
            column = keyed[-1][0]
        keyed.append((column, pair[0].baseline, pair))
    return [pair for _, _, pair in sorted(keyed, key=lambda k: (k[0], k[1]))]


def _numbers_a_page(pair: list[_Piece]) -> bool:
    return len(pair) == 1 and is_page_number(pair[0].text)
