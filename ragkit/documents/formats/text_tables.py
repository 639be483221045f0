"""Tables drawn in plain text with spaces, tabs, bars and rules."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.documents.formats.header_lines import is_header_line
from ragkit.documents.formats.nodes import Cell, NodeKind, Row, TableNode, TextNode

# two spaces after a full stop are a typist's habit, not a column
_GAP = re.compile(r" {3,}|(?<![.:;?!]) {2,}")
_ALIGNED = 1
"""How many characters the cells of a column may be out of line."""


def table_at(lines: Sequence[str]) -> tuple[TableNode, int] | None:
    """The table that the first of these lines begins, and how many lines it takes; None if none begins here.

    Args:
        lines: up to the next blank line.
    """
    lines = [line.rstrip() for line in lines]
    if not lines or is_rule(lines[0]) or is_header_line(lines[0].strip()):
        return None
    if _separated(lines[0]):
        return _separated_table(lines)
    return _spaced_table([line.expandtabs(8) for line in lines])


def is_rule(text: str) -> bool:
    """True for a line that only draws a line."""
    return bool(re.fullmatch(r"[\s|+:=_\-─━]{3,}", text)) and not text.isspace()


def _separated(line: str) -> bool:
    return "\t" in line.strip() or line.strip().count("|") >= 2


def _separated_table(lines: Sequence[str]) -> tuple[TableNode, int] | None:
    """Columns parted by tabs or bars."""
    bars = "|" in lines[0]
    rows: list[list[str]] = []
    ruled = 0
    used = 0
    for line in lines:
        if is_rule(line):
            ruled = ruled or len(rows)
        elif _separated(line) or ("|" in line and bars):
            stripped = line.strip().strip("|") if bars else line.strip("\n ")
            rows.append(
                [cell.strip() for cell in (stripped.split("|") if bars else re.split(r"\t+", stripped.strip()))]
            )
        else:
            break
        used += 1
    counts = [len(row) for row in rows]
    if len(rows) < 2 or max(counts) < 2 or max(counts) - min(counts) > 1:
        return None
    return _as_table(rows, ruled), used


def _spaced_table(lines: Sequence[str]) -> tuple[TableNode, int] | None:
    """Columns that begin below each other. A line without a first cell goes on with the row above."""
    first = _cells(lines[0])
    if len(first) < 2:
        return None
    columns = [start for start, _ in first]
    rows = [[text for _, text in first]]
    ruled = full = used = 0
    for line in lines:
        used += 1
        if used == 1:
            continue
        if is_rule(line):
            ruled = ruled or len(rows)
            continue
        cells = _cells(line)
        places = [_column_of(start, columns) for start, _ in cells]
        if len(cells) == len(columns) and (ruled or None not in places):
            rows.append([text for _, text in cells])
            full += 1
        elif None in places or len(set(places)) < len(places):
            used -= 1
            break
        elif 0 in places and len(cells) > 1:
            rows.append(["" for _ in columns])
            _fill(rows[-1], places, cells)
        elif 0 in places and not ruled:
            used -= 1
            break
        else:
            _fill(rows[-1], places, cells)
    if full < 1 or (used < len(lines) and not ruled and full < 2):
        return None
    return _as_table(rows, ruled), used


def _fill(row: list[str], places: Sequence[int | None], cells: Sequence[tuple[int, str]]) -> None:
    for place, (_, text) in zip(places, cells, strict=True):
        if place is not None:
            row[place] = f"{row[place]} {text}".strip()


def _cells(line: str) -> list[tuple[int, str]]:
    """The cells of a line with the places where they begin."""
    cells = []
    position = 0
    for gap in [*_GAP.finditer(line), None]:
        end = gap.start() if gap is not None else len(line)
        text = line[position:end]
        if text.strip():
            cells.append((position + len(text) - len(text.lstrip()), text.strip()))
        position = gap.end() if gap is not None else end
    return cells


def _column_of(start: int, columns: Sequence[int]) -> int | None:
    return next((index for index, column in enumerate(columns) if abs(start - column) <= _ALIGNED), None)


def _as_table(rows: Sequence[Sequence[str]], ruled: int) -> TableNode:
    made = [
        Row(
            tuple(Cell((TextNode(NodeKind.PARAGRAPH, text),) if text else ()) for text in row),
            header=0 < ruled < len(rows) and index < ruled and ruled <= 2,
        )
        for index, row in enumerate(rows)
    ]
    return TableNode(tuple(made))
