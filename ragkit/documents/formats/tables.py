"""Tables as canonical text: a line a row with its header as context, or cell by cell where cells hold whole texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ragkit.documents.document import BlockKind
from ragkit.documents.formats.flow import Flow
from ragkit.documents.formats.nodes import (
    MARK_PATTERN,
    Cell,
    NodeKind,
    Row,
    TableNode,
    TextNode,
    tidy_spaces,
    without_marks,
)

if TYPE_CHECKING:
    from ragkit.documents.formats.layout import NodeWriter

LONGEST_HEADER_CELL = 60
LONGEST_LABEL = 80
_POPULATION = re.compile(
    r"\b(?:adults?|p(?:a?)ediatrics?|child(?:ren)?|infants?|neonat\w+|newborns?|pregnan\w+)\b", re.I
)
LONGEST_PLAIN_CELL = 300
"""Characters of a cell with several paragraphs up to which it is still one cell of a row, not a text of its own."""


def write_table(writer: NodeWriter, table: TableNode, flow: Flow) -> None:
    """Writes a table at the place where ``flow`` stands; the paragraph above that ends in a colon is its caption."""
    rows = [row for row in table.rows if row.cells and any(cell.nodes for cell in row.cells)]
    rows = _without_empty_columns(rows)
    if not rows:
        return
    if max(len(row.cells) for row in rows) == 1:
        _write_box(writer, rows, flow)
        return
    context = flow.base_context
    if flow.lead_in is not None and not flow.in_list and _introduces_a_table(writer, flow.lead_in):
        context += (flow.lead_in,)
    caption = writer.add(BlockKind.CAPTION, table.caption, section=flow.section, context=context)
    if caption is not None:
        context += (caption,)
    count = header_row_count(rows)
    names = _column_names(rows[:count])
    for row in rows[:count]:
        header = _write_row(writer, BlockKind.TABLE_HEADER, row, flow, context)
        if header is not None:
            context += (header,)
    if any(_holds_text(cell) for row in rows[count:] for cell in row.cells):
        _write_cell_by_cell(writer, rows[count:], names, flow, context)
    else:
        _write_rows(writer, rows[count:], flow, context)


def header_row_count(rows: Sequence[Row]) -> int:
    """How many rows at the top are header rows: those the file declares, else the first if it looks like one."""
    declared = 0
    while declared < len(rows) and rows[declared].header:
        declared += 1
    titles = 0
    while titles < len(rows) - 2 and is_spanning(rows[titles]) and not _holds_text(rows[titles].cells[0]):
        titles += 1
    if titles and not declared:
        below = header_row_count(rows[titles:])
        return titles + below if below else 0
    if declared or len(rows) < 2:
        return declared if declared < len(rows) else max(declared - 1, 0)
    first, rest = [_plain(cell) for cell in rows[0].cells], rows[1:]
    if is_spanning(rows[0]) or not all(first[1:]) or any(_holds_text(cell) for cell in rows[0].cells):
        return 0
    if any(len(text) > LONGEST_HEADER_CELL or text.endswith((".", ":")) for text in first):
        return 0
    if all(_emphasised(cell) for cell in rows[0].cells if cell.nodes):
        return 1
    if any(_holds_text(row.cells[0]) for row in rest):
        return 1
    digits_below = any(_has_digit(_plain(cell)) for row in rest for cell in row.cells)
    longer_below = any(len(_plain(cell)) > LONGEST_HEADER_CELL for row in rest for cell in row.cells)
    return int(len(rest) > 1 and not any(map(_has_digit, first)) and (digits_below or longer_below))


def is_spanning(row: Row) -> bool:
    """True if one merged cell fills the whole row: a heading inside the table."""
    return len(row.cells) > 1 and all(cell.merged == "across" for cell in row.cells[1:])


def cell_text(cell: Cell) -> str:
    """A cell's text on one line, with marks."""
    if cell.merged:
        return _plain(cell)
    texts = [_table_text(node) if isinstance(node, TableNode) else node.text for node in cell.nodes]
    return " ".join(tidy_spaces(text).replace("\n", " ").replace("\t", " ") for text in texts)


def _table_text(table: TableNode) -> str:
    """A table inside a cell, where the cell has to be one line."""
    cells = (cell_text(cell) for row in table.rows for cell in row.cells if not cell.merged)
    return " ".join(text for text in (table.caption, *cells) if text)


def _introduces_a_table(writer: NodeWriter, index: int) -> bool:
    block = writer.builder.blocks[index]
    text = writer.builder.text[block.start : block.end]
    return text.endswith(":") or bool(re.match(r"(?:table|tab\.|chart)\s*[0-9A-Z]", text, re.IGNORECASE))


def _write_rows(writer: NodeWriter, rows: Sequence[Row], flow: Flow, context: tuple[int, ...]) -> None:
    group: tuple[int, ...] = ()
    for row in rows:
        index = _write_row(writer, BlockKind.TABLE_ROW, row, flow, context if is_spanning(row) else context + group)
        if is_spanning(row) and index is not None:
            group = (index,)


def _write_row(writer: NodeWriter, kind: BlockKind, row: Row, flow: Flow, context: tuple[int, ...]) -> int | None:
    cells = row.cells[:1] if is_spanning(row) else row.cells
    text = "\t".join(cell_text(cell) for cell in cells)
    return writer.add(kind, text, section=flow.section, context=context)


def _write_cell_by_cell(
    writer: NodeWriter, rows: Sequence[Row], names: Sequence[str], flow: Flow, context: tuple[int, ...]
) -> None:
    """Writes a table whose cells hold whole texts: each below its row's label and its column's heading."""
    labelled = _begins_with_labels(rows, names)
    section = flow.section
    for row in rows:
        if is_spanning(row) and not _holds_text(row.cells[0]):
            title = cell_text(row.cells[0])
            level = len(flow.section) + 1
            writer.add(BlockKind.HEADING, title, level=level, section=flow.section, context=context)
            section = (*flow.section, _plain(row.cells[0]))
        elif names and not any(_holds_text(cell) for cell in row.cells):
            _write_row(writer, BlockKind.TABLE_ROW, row, Flow(section), context)
        else:
            _write_texts_of_row(writer, row, names, section, context, labelled=labelled)


def _begins_with_labels(rows: Sequence[Row], names: Sequence[str]) -> bool:
    """True if the first column names its rows; not if it is one of several columns that stand beside each other."""
    if names and _POPULATION.search(names[0]):
        return False
    cells = [row.cells[0] for row in rows if not is_spanning(row)]
    return all(
        not _holds_text(cell) and len(_plain(cell)) <= LONGEST_LABEL and not _plain(cell).endswith(".")
        for cell in cells
    )


def _write_texts_of_row(
    writer: NodeWriter,
    row: Row,
    names: Sequence[str],
    section: tuple[str, ...],
    context: tuple[int, ...],
    *,
    labelled: bool,
) -> None:
    label = _plain(row.cells[0]) if labelled and not is_spanning(row) else ""
    beside = [cell for cell in row.cells[1:] if not cell.merged and _plain(cell) and not _holds_text(cell)]
    if label and names and beside:
        # the short cells of the row are needed with each of its long ones: drug and route beside a list of doses
        short = tuple(Cell() if _holds_text(cell) else cell for cell in row.cells)
        index = _write_row(writer, BlockKind.TABLE_ROW, Row(short), Flow(section), context)
        context += () if index is None else (index,)
    elif label and row.cells[0].merged != "down":
        writer.add(BlockKind.HEADING, cell_text(row.cells[0]), level=len(section) + 1, section=section, context=context)
    below = (*section, label) if label else section
    for column, cell in enumerate(row.cells):
        written = bool(label) and (column == 0 or (names and cell in beside))
        if not cell.merged and not written:
            name = _name_of(row, column, names)
            writer.write(cell.nodes, Flow(below + ((name,) if name else ()), context))


def _name_of(row: Row, column: int, names: Sequence[str]) -> str:
    """The heading of the column, or columns, over which a cell stands; "" if it stands over all."""
    last = column
    while last + 1 < len(row.cells) and row.cells[last + 1].merged == "across":
        last += 1
    if column == 0 and last + 1 == len(row.cells):
        return ""
    return " / ".join(dict.fromkeys(name for name in names[column : last + 1] if name))


def _write_box(writer: NodeWriter, rows: Sequence[Row], flow: Flow) -> None:
    """A table of one column is a frame around ordinary text."""
    inner = Flow(flow.section, flow.base_context)
    for row in rows:
        writer.write(row.cells[0].nodes, inner)


def _column_names(header_rows: Sequence[Row]) -> list[str]:
    width = max((len(row.cells) for row in header_rows), default=0)
    names = []
    for column in range(width):
        texts: list[str] = []
        for row in header_rows:
            text = _plain(row.cells[column]) if column < len(row.cells) else ""
            if text and text not in texts:
                texts.append(text)
        names.append(" / ".join(texts))
    return names


def _without_empty_columns(rows: list[Row]) -> list[Row]:
    """Drops columns that hold nothing in any row (spacers of web pages) and makes rows equally wide."""
    width = max((len(row.cells) for row in rows), default=0)
    padded = [Row(row.cells + (Cell(),) * (width - len(row.cells)), row.header) for row in rows]
    used = [column for column in range(width) if any(_has_own_content(row.cells[column]) for row in padded)]
    if len(used) == width:
        return padded
    return [Row(tuple(row.cells[column] for column in used), row.header) for row in padded]


def _has_own_content(cell: Cell) -> bool:
    return bool(cell.nodes) and cell.merged != "across"


def _holds_text(cell: Cell) -> bool:
    """True for a cell that holds a text of its own: a list, a table, or several long paragraphs."""
    texts = [node for node in cell.nodes if isinstance(node, TextNode) and without_marks(node.text)]
    if any(isinstance(node, TableNode) for node in cell.nodes):
        return True
    if any(node.kind in (NodeKind.ITEM, NodeKind.HEADING) for node in texts) and len(texts) > 1:
        return True
    return len(texts) > 1 and sum(len(node.text) for node in texts) > LONGEST_PLAIN_CELL


def _plain(cell: Cell) -> str:
    texts = [_table_text(node) if isinstance(node, TableNode) else node.text for node in cell.nodes]
    return " ".join(MARK_PATTERN.sub("", " ".join(texts)).replace("\ue002", " ").split())


def _emphasised(cell: Cell) -> bool:
    return all(node.emphasised for node in cell.nodes if isinstance(node, TextNode))


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
