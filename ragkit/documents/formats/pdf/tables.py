"""Grids become table rows; layout tables are read cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ragkit.documents.formats.pdf.columns import split_columns
from ragkit.documents.formats.pdf.drawings import Fill
from ragkit.documents.formats.pdf.flow import FlowBand, FlowLine, FlowParagraph, FlowPart, FlowRow, Region
from ragkit.documents.formats.pdf.geometry import Line
from ragkit.documents.formats.pdf.grids import Cell, Grid
from ragkit.documents.formats.pdf.lines import build_lines
from ragkit.documents.formats.pdf.markers import readings_of

_BAND_WORDS = 14
_HEADER_WORDS = 12
_GIANT_WORDS = 70
"""A cell of more words and several paragraphs is read as running text; one of twice as many in any case."""
_PARAGRAPH_GAP = 1.75
_PADDING = 4.0


@dataclass(slots=True)
class TableMemory:
    """What a table that goes on over a page break takes along.

    Attributes:
        number: the last table's number.
        edges: the left edges of its columns.
        open: whether nothing has followed it yet.
        header: texts of its header rows.
        title, band: headings in effect.
        columns: column headings by column.
        layout: whether it is a layout table.
        shaded_bands: whether its bands stand on a shade.
    """

    number: int = 0
    edges: tuple[float, ...] = ()
    open: bool = False
    header: list[tuple[str, ...]] = field(default_factory=list)
    title: str = ""
    band: str = ""
    columns: dict[int, str] = field(default_factory=dict)
    layout: bool = False
    shaded_bands: bool = False


@dataclass(slots=True)
class _CellText:
    cell: Cell
    lines: list[Line]

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def words(self) -> int:
        return sum(len(line.words) for line in self.lines)

    @property
    def bold(self) -> bool:
        return bool(self.lines) and all(line.bold for line in self.lines)

    def is_flow(self) -> bool:
        """Whether it holds several paragraphs or a list."""
        markers = sum(1 for line in self.lines if len(line.words) > 1 and readings_of(line.words[0].text))
        gaps = sum(
            1
            for a, b in zip(self.lines, self.lines[1:], strict=False)
            if b.baseline - a.baseline > _PARAGRAPH_GAP * max(a.size, b.size)
        )
        if markers >= 2 or (gaps >= 2 and self.words > 25) or self.words > 2 * _GIANT_WORDS:
            return True
        return self.words > _GIANT_WORDS and gaps + markers > 0


class TableReader:
    """Reads one grid.

    Args:
        grid: the grid with its words.
        page: 1-based page.
        fills: filled boxes of the page, which show header rows.
        memory: the table before, which this grid may go on with.
    """

    def __init__(self, grid: Grid, page: int, fills: Sequence[Fill], memory: TableMemory):
        self._grid = grid
        self._page = page
        self._fills = [f for f in fills if not f.image and f.colour and min(f.colour[:3]) < 250]
        self._cells = {id(cell): _CellText(cell, build_lines(cell.words, page)) for cell in grid.cells}
        self._memory = memory
        self._parts: list[FlowPart] = []
        edges = tuple(round(c.box.x0) for c in grid.cells if c.columns == 1)
        edges = tuple(sorted(set(edges)))
        goes_on = (
            memory.open
            and len(edges) == len(memory.edges) > 1
            and all(abs(a - b) <= 8 for a, b in zip(edges, memory.edges, strict=True))
        )
        if not goes_on:
            memory.number += 1
            memory.header, memory.title, memory.band, memory.columns = [], "", "", {}
            memory.layout = memory.shaded_bands = False
        self._continued = goes_on
        memory.edges, memory.open = edges, True

    def parts(self) -> list[FlowPart]:
        """The grid's contents in reading order."""
        rows = [self._row(index) for index in range(self._grid.rows)]
        rows = [row for row in rows if any(cell.lines for cell in row)]
        if self._grid.flowchart:
            return [FlowParagraph(cell.text) for row in rows for cell in row]
        if len(rows) == 1 and self._grid.columns == 1:
            for row in rows:
                self._flow(row, ("box", self._page, row[0].cell.box.top))
            return self._parts
        layout = self._grid.columns <= 3 and any(self._is_layout(row) for row in rows)
        layout = layout or (self._continued and self._memory.layout)
        self._memory.layout = layout
        pending: list[list[_CellText]] = []
        seen_content = self._continued
        for index, row in enumerate(rows):
            if self._is_repeated_header(row):
                continue
            if self._is_band(row):
                self._columns(pending)
                self._memory.shaded_bands = self._is_shaded(row[0].cell)
                self._band(row[0].text, first=index == 0 and not self._continued)
            elif not seen_content and self._is_header(row, rows[index + 1 : index + 3]):
                self._header(row)
                seen_content = bool(rows[index + 1 :]) and not self._is_second_header(row)
            elif layout or self._is_layout(row) or (len(row) == 1 and row[0].cell.columns == self._grid.columns):
                seen_content = True
                pending.append(row)
            else:
                seen_content = True
                self._columns(pending)
                self._data_row(row, first=index == 0)
        self._columns(pending)
        return self._parts

    def _row(self, index: int) -> list[_CellText]:
        return [self._cells[id(cell)] for cell in self._grid.row_cells(index)]

    def _trail(self) -> tuple[str, ...]:
        return tuple(text for text in (self._memory.title, self._memory.band) if text)

    def _is_repeated_header(self, row: list[_CellText]) -> bool:
        return self._continued and tuple(c.text for c in row) in self._memory.header

    def _is_band(self, row: list[_CellText]) -> bool:
        filled = [c for c in row if c.lines]
        if len(filled) != 1 or filled[0].cell.columns < self._grid.columns:
            return False
        cell = filled[0]
        if len(cell.lines) > 2 or cell.words > _BAND_WORDS or cell.text.rstrip().endswith((".", ";")):
            return False
        shaded = self._is_shaded(cell.cell)
        if self._memory.shaded_bands and not shaded:
            return False
        return cell.bold or shaded or cell.lines[0].text.isupper()

    def _band(self, text: str, *, first: bool) -> None:
        memory = self._memory
        if first:
            self._parts.append(FlowBand(text, ()))
            memory.title, memory.band = text, ""
            return
        above = (memory.title,) if memory.title else ()
        self._parts.append(FlowBand(text, above))
        memory.band = text

    def _is_shaded(self, cell: Cell) -> bool:
        x, y = (cell.box.x0 + cell.box.x1) / 2, (cell.box.top + cell.box.bottom) / 2
        return any(
            f.box.holds(x, y) and f.box.height < 3 * max(cell.box.height, 12) and f.box.width >= 0.5 * cell.box.width
            for f in self._fills
        )

    def _is_header(self, row: list[_CellText], following: list[list[_CellText]]) -> bool:
        filled = [c for c in row if c.lines]
        if len(filled) < 2 or any(c.words > _HEADER_WORDS or c.is_flow() for c in filled):
            return False
        if not following:
            return False
        marked = all(c.bold or self._is_shaded(c.cell) for c in filled)
        below = [c for r in following for c in r if c.lines and c.cell.columns < self._grid.columns]
        if marked and not all(c.bold or self._is_shaded(c.cell) for c in below):
            return True
        if not self._grid.ruled:
            return False
        plain = all(not any(ch.isdigit() for ch in c.text) and c.words <= 6 for c in filled)
        caps = all(c.text.isupper() for c in filled)
        words = sum(c.words for c in filled)
        full = len(filled) == len(row) or (len(filled) == len(row) - 1 and not row[0].lines)
        if full and self._grid.rows >= 3 and all(c.words <= 6 for c in filled):
            below_words = [sum(c.words for c in r) for r in following]
            if words <= 0.5 * min(below_words) or not row[0].lines:
                return True
        return len(filled) == len(row) and plain and (caps or (self._grid.rows >= 3 and not marked))

    def _is_second_header(self, row: list[_CellText]) -> bool:
        """Whether cells of the row span columns, so that the next row still heads them."""
        return any(c.cell.columns > 1 for c in row) and len(row) > 1

    def _header(self, row: list[_CellText]) -> None:
        memory = self._memory
        texts = tuple(c.text for c in row)
        memory.header.append(texts)
        for c in row:
            for column in range(c.cell.column, c.cell.column + c.cell.columns):
                above = memory.columns.get(column, "")
                memory.columns[column] = f"{above}, {c.text}" if above and above != c.text else c.text
        self._parts.append(FlowRow(texts, True, memory.number, self._trail()))

    def _is_layout(self, row: list[_CellText]) -> bool:
        """Whether cells of the row are running text. In a table of many columns one list in a cell is no such thing."""
        flows = [c for c in row if c.is_flow()]
        if self._grid.columns <= 3:
            return bool(flows)
        return len(flows) >= 2 or any(c.words > 1.5 * _GIANT_WORDS for c in flows)

    def _columns(self, rows: list[list[_CellText]]) -> None:
        """Reads rows of a layout table: each column from top to bottom, column after column."""
        batch: list[list[_CellText]] = []
        for row in rows:
            if len(row) == 1 and row[0].cell.columns == self._grid.columns:
                self._batch(batch)
                batch = []
                self._flow(row, ("cell", self._memory.number, self._memory.band, -1))
            else:
                batch.append(row)
        self._batch(batch)
        rows.clear()

    def _batch(self, rows: list[list[_CellText]]) -> None:
        labelled = [row for row in rows if self._label_of(row)]
        if labelled and len(labelled) >= 0.5 * len([row for row in rows if len(row) > 1]):
            for row in rows:
                label = self._label_of(row)
                for c in row[1:] if label else row:
                    self._flow([c], self._key(c), label=label)
            return
        for column in sorted({c.cell.column for row in rows for c in row}):
            for c in (c for row in rows for c in row if c.cell.column == column):
                if self._heads_its_column(c):
                    self._parts.append(FlowBand(c.text, self._trail()))
                    self._memory.columns[column] = c.text
                else:
                    self._flow([c], self._key(c))

    def _heads_its_column(self, c: _CellText) -> bool:
        """A short cell in bold on a shade, in the middle of a layout table, heads what is below it."""
        short = c.lines and len(c.lines) <= 2 and c.words <= _BAND_WORDS and not c.text.rstrip().endswith(".")
        return bool(short) and self._is_shaded(c.cell) and (c.bold or c.text.isupper())

    def _label_of(self, row: list[_CellText]) -> str:
        """A short first cell beside long ones names its row."""
        if len(row) < 2 or row[0].is_flow() or not row[0].lines:
            return ""
        short = row[0].words <= 10 and row[0].words * 3 < max(c.words for c in row[1:])
        return row[0].text if short else ""

    def _key(self, c: _CellText) -> tuple[object, ...]:
        column = c.cell.column
        return ("cell", self._memory.number, self._memory.band, column, self._memory.columns.get(column, ""))

    def _flow(self, cells: list[_CellText], key: tuple[object, ...], *, label: str = "") -> None:
        for c in cells:
            if not c.lines:
                continue
            heading = self._memory.columns.get(c.cell.column, "") if c.cell.columns < self._grid.columns else ""
            trail = self._trail() + ((label,) if label else ()) + ((heading,) if heading and heading != label else ())
            box = c.cell.box
            for group in split_columns(c.cell.words):
                lines = build_lines(group, self._page)
                left = box.x0 if len(group) == len(c.cell.words) else min(line.x0 for line in lines)
                right = min(box.x1 - _PADDING, max(box.x0 + 0.5 * box.width, box.x1 - _PADDING))
                if len(group) < len(c.cell.words):
                    right = max(line.x1 for line in lines)
                size = None if self._grid.rows == 1 and len(c.lines) <= 2 else _body_size(c.lines)
                region = Region(left, right, (*key, label) if label else key, trail, size)
                if label:
                    self._parts.append(FlowBand(label, self._trail()))
                    label = ""
                self._parts += [FlowLine(line, region) for line in lines]

    def _data_row(self, row: list[_CellText], *, first: bool) -> None:
        texts = tuple(c.text for c in row)
        starts = {c.cell.column for c in row if c.lines}
        spanned = bool(row) and min((c.cell.column for c in row), default=0) > 0
        broken = first and self._continued and 0 not in starts and len(starts) < self._grid.columns
        first_line = row[0].lines[0] if row[0].lines else None
        self._parts.append(
            FlowRow(
                texts,
                header=False,
                table=self._memory.number,
                trail=self._trail(),
                goes_on=spanned or broken,
                first=first_line,
                left=row[0].cell.box.x0,
            )
        )


def _body_size(lines: Sequence[Line]) -> float:
    """The font size of most of a cell's text; 0 if it has only one line, which then heads nothing."""
    if len(lines) < 2:
        return 0.0
    return max(lines, key=lambda line: sum(len(other.text) for other in lines if other.size == line.size)).size
