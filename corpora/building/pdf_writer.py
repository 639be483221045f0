"""Writes a policy as PDF: running heads and feet, page numbers, ruled tables, one or two columns.

Only the standard fonts are used and nothing is compressed, so that the bytes depend on no other library.
"""

from __future__ import annotations

import io
from html import escape
from typing import Any

from reportlab.lib.colors import black, lightgrey
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Paragraph as PdfParagraph
from reportlab.platypus import Table as PdfTable

from building.header_block import header_lines, header_rows
from building.source import Block, Heading, ListBlock, Paragraph, Run, Source, Table

WIDTH, HEIGHT = letter
MARGIN = 0.9 * inch
TOP = HEIGHT - 1.0 * inch
GUTTER = 0.3 * inch
# A heading or caption needs this much room below it, or it starts the next page.
SHORTEST_START = 1.3 * inch
FONTS = {"Helvetica": ("Helvetica", "Helvetica-Bold"), "Times": ("Times-Roman", "Times-Bold")}
# The standard fonts have no glyph for these; the Symbol font has.
SYMBOLS = "≥≤→≠"


def write_pdf(source: Source) -> bytes:
    """The policy as a PDF file; the same source always gives the same bytes."""
    total = _build(source, 0)[1]
    return _build(source, total)[0]


def _build(source: Source, total: int) -> tuple[bytes, int]:
    buffer = io.BytesIO()
    pages = _Pages(source, total)
    template = BaseDocTemplate(
        buffer,
        pagesize=letter,
        pageTemplates=pages.templates(),
        title=source.text("title"),
        author=source.text("owner"),
        subject=source.text("reference_number"),
        creator="Northmoor Health policy library",
        invariant=1,
        pageCompression=0,
    )
    template.build(_Body(source).story(), canvasmaker=Canvas)
    return buffer.getvalue(), template.page


class _Pages:
    """The page furniture: frames, running head, running foot."""

    def __init__(self, source: Source, total: int) -> None:
        self._source, self._total = source, total
        self._font = FONTS[source.meta.get("font", "Helvetica")]

    def templates(self) -> list[PageTemplate]:
        width, height = WIDTH - 2 * MARGIN, TOP - 0.9 * inch
        whole = Frame(MARGIN, 0.9 * inch, width, height, 0, 0, 0, 0)
        if self._source.meta.get("layout") != "two-column":
            return [PageTemplate("one", [whole], onPage=self._furniture)]
        column = (width - GUTTER) / 2
        first_height = height - 2.3 * inch
        above = Frame(MARGIN, 0.9 * inch + first_height, width, 2.3 * inch, 0, 0, 0, 0)
        first = [self._column(x, column, first_height) for x in (0, 1)]
        later = [self._column(x, column, height) for x in (0, 1)]
        return [
            PageTemplate("first", [above, *first], onPage=self._furniture),
            PageTemplate("later", later, onPage=self._furniture),
        ]

    @staticmethod
    def _column(index: int, width: float, height: float) -> Frame:
        return Frame(MARGIN + index * (width + GUTTER), 0.9 * inch, width, height, 0, 0, 0, 0)

    def _furniture(self, canvas: Any, template: BaseDocTemplate) -> None:
        source = self._source
        canvas.saveState()
        canvas.setFont(self._font[0], 8.5)
        canvas.drawString(MARGIN, HEIGHT - 0.65 * inch, "NORTHMOOR HEALTH")
        subject = f"{source.text('reference_number')} {source.text('title')}"
        canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 0.65 * inch, subject)
        canvas.line(MARGIN, HEIGHT - 0.72 * inch, WIDTH - MARGIN, HEIGHT - 0.72 * inch)
        canvas.drawString(MARGIN, 0.55 * inch, "Printed copies are uncontrolled.")
        canvas.drawRightString(WIDTH - MARGIN, 0.55 * inch, f"Page {template.page} of {self._total}")
        canvas.restoreState()


class _Body:
    """Turns blocks into flowables."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._plain, self._bold = FONTS[source.meta.get("font", "Helvetica")]
        self._two = source.meta.get("layout") == "two-column"
        size = 9.2 if self._two else 10
        self._text = ParagraphStyle("text", fontName=self._plain, fontSize=size, leading=size * 1.28, spaceAfter=5)
        self._cell = ParagraphStyle("cell", parent=self._text, fontSize=9, leading=11.2, spaceAfter=0)
        self._cell_bullet = ParagraphStyle(
            "cell bullet", parent=self._cell, leftIndent=10, bulletIndent=1, spaceAfter=2
        )
        self._caption = ParagraphStyle(
            "caption", parent=self._text, fontName=self._bold, spaceBefore=4, keepWithNext=int(self._two)
        )
        self._width = (WIDTH - 2 * MARGIN - GUTTER) / 2 if self._two else WIDTH - 2 * MARGIN

    def story(self) -> list[Flowable]:
        title = ParagraphStyle("title", fontName=self._bold, fontSize=15, leading=19, spaceAfter=6, alignment=TA_CENTER)
        story: list[Flowable] = [PdfParagraph(escape(self._source.text("title")), title)]
        story += self._lines() if self._source.meta.get("header") == "lines" else [self._header_table()]
        story.append(Spacer(1, 8))
        if self._two:
            story += [NextPageTemplate("later"), FrameBreak()]
        return story + self._blocks(self._source.blocks)

    def _lines(self) -> list[Flowable]:
        return [PdfParagraph(escape(line), self._cell) for line in header_lines(self._source)]

    def _header_table(self) -> Flowable:
        rows = header_rows(self._source)
        pairs = zip(rows[::2], [*rows[1::2], ("", "")], strict=False)
        cells = [[self._label(a[0]), self._value(a[1]), self._label(b[0]), self._value(b[1])] for a, b in pairs]
        whole = WIDTH - 2 * MARGIN
        return PdfTable(
            cells, [whole * part for part in (0.18, 0.32, 0.18, 0.32)], style=[("GRID", (0, 0), (-1, -1), 0.6, black)]
        )

    def _label(self, text: str) -> PdfParagraph:
        return PdfParagraph(f"<b>{escape(text)}</b>", self._cell)

    def _value(self, text: str) -> PdfParagraph:
        return PdfParagraph(escape(text), self._cell)

    def _blocks(self, blocks: tuple[Block, ...]) -> list[Flowable]:
        story: list[Flowable] = []
        for block in blocks:
            if not self._two and (isinstance(block, Heading) or (isinstance(block, Paragraph) and block.caption)):
                story.append(CondPageBreak(SHORTEST_START))
            if isinstance(block, Heading):
                story.append(self._heading(block))
            elif isinstance(block, Paragraph):
                story.append(PdfParagraph(self._inline(block.runs), self._caption if block.caption else self._text))
            elif isinstance(block, ListBlock):
                story += self._list(block, 0)
            else:
                story += [self._table(block), Spacer(1, 8)]
        return story

    def _heading(self, block: Heading) -> Flowable:
        size = {1: 12.0, 2: 10.6}.get(block.level, 10.0)
        style = ParagraphStyle(
            "heading",
            fontName=self._bold,
            fontSize=size,
            leading=size * 1.3,
            spaceBefore=7,
            spaceAfter=3,
            keepWithNext=int(self._two),
        )
        return PdfParagraph(self._inline(block.runs), style)

    def _list(self, block: ListBlock, depth: int) -> list[Flowable]:
        story: list[Flowable] = []
        style = ParagraphStyle(
            "item", parent=self._text, leftIndent=20 + 18 * depth, bulletIndent=4 + 18 * depth, spaceAfter=3
        )
        for position, item in enumerate(block.items):
            mark = _mark(position, depth) if block.ordered else ("\u2022", "o", "-")[depth]
            for child in item:
                if isinstance(child, ListBlock):
                    story += self._list(child, depth + 1)
                elif isinstance(child, Paragraph):
                    story.append(PdfParagraph(self._inline(child.runs), style, bulletText=mark or None))
                    mark = ""
        return story

    def _table(self, table: Table) -> Flowable:
        sides = self._source.meta.get("layout") == "adult-pediatric" and len(table.header) == 2
        heads = [self._cell_lines(cell, bold=True) for cell in table.header]
        rows = [[self._side(cell) if sides else self._cell_lines(cell) for cell in row] for row in table.rows]
        shares = self._source.meta.get("column_shares", {}).get(len(table.header)) or [1] * len(table.header)
        widths = [self._width * share / sum(shares) for share in shares]
        style: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("BACKGROUND", (0, 0), (-1, 0), lightgrey)]
        style.append(("GRID", (0, 0), (-1, -1), 0.6, black))
        return PdfTable([heads, *rows], widths, repeatRows=1, style=style)

    def _side(self, lines: tuple[tuple[Run, ...], ...]) -> list[PdfParagraph]:
        return [PdfParagraph(self._inline(line), self._cell_bullet, bulletText="\u2022") for line in lines]

    def _cell_lines(self, lines: tuple[tuple[Run, ...], ...], bold: bool = False) -> list[PdfParagraph]:
        texts = [self._inline(line) for line in lines]
        return [PdfParagraph(f"<b>{text}</b>" if bold else text, self._cell) for text in texts]

    @staticmethod
    def _inline(runs: tuple[Run, ...]) -> str:
        text = ""
        for run in runs:
            piece = escape(run.text, quote=False)
            for symbol in SYMBOLS:
                piece = piece.replace(symbol, f'<font name="Symbol">{symbol}</font>')
            for wanted, tag in ((run.bold, "b"), (run.italic, "i"), (run.struck, "strike"), (run.inserted, "u")):
                piece = f"<{tag}>{piece}</{tag}>" if wanted else piece
            text += f'<font color="white">{piece}</font>' if run.hidden else piece
        return text


def _mark(position: int, depth: int) -> str:
    if depth == 0:
        return f"{position + 1}."
    if depth == 1:
        return f"{chr(ord('a') + position)}."
    return ("i.", "ii.", "iii.", "iv.", "v.", "vi.", "vii.", "viii.")[position]
