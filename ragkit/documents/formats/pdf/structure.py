"""Lines in reading order become blocks: headings, paragraphs, list items, table rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.documents.document import BlockKind
from ragkit.documents.formats.pdf.flow import (
    FlowBand,
    FlowExcluded,
    FlowFootnote,
    FlowHeaderLine,
    FlowLine,
    FlowParagraph,
    FlowPart,
    FlowRow,
    Region,
)
from ragkit.documents.formats.pdf.geometry import Line
from ragkit.documents.formats.pdf.headings import Heading, SectionTrail, heading_of, is_caps, run_in_label
from ragkit.documents.formats.pdf.joining import join_lines, shorten_fill
from ragkit.documents.formats.pdf.lines import make_line
from ragkit.documents.formats.pdf.markers import Reading
from ragkit.documents.formats.pdf.nesting import Lead, ListNesting, OpenItem
from ragkit.documents.formats.pdf.pending import Pending
from ragkit.documents.formats.pdf.wrapping import Measures, Wrapping, bare_mark, is_unfinished, list_mark
from ragkit.documents.parsed import CanonicalTextBuilder

_AMOUNT = re.compile(
    r"\d\s?(?:mg|mcg|µg|g|kg|ml|l|units?|meq|mmol|j|joules?|mins?|minutes?|h|hours?|days?|%|x)\b|\d.*\d", re.I
)
_HEADING_WORDS = 20
_LARGER = 1.1
"""A heading is larger than the text by this share."""
_CAPTION = re.compile(r"^(?:Table|TABLE|Figure|FIGURE|Exhibit|EXHIBIT|Chart)\s+(?:\d[\w.\-]*|[A-Z]|[IVX]+)\s*[:.–-]?\s")
_NUMBERED_CAPTION = re.compile(r"^(?:Table|TABLE|Figure|FIGURE|Exhibit|EXHIBIT|Chart)\s+[\dA-Z][\w.\-]*[:.]\s+[A-Z]")
"""A caption and not the middle of a sentence ("... as in / Table 2 and ...")."""


class StructureWriter:
    """Writes blocks into a canonical text, part by part."""

    def __init__(self, builder: CanonicalTextBuilder, measures: Measures):
        self._builder = builder
        self._measures = measures
        self._wrapping = Wrapping(measures)
        self._nesting = ListNesting()
        self._page_sections = SectionTrail()
        self._cell_sections = SectionTrail()
        self._pending: Pending | None = None
        self._region: Region | None = None
        self._last_line: Line | None = None
        self._table: int | None = None
        self._table_context: list[int] = []
        self._last_row: int | None = None
        self._excluded: list[FlowExcluded] = []

    @property
    def measures(self) -> Measures:
        """What is usual in the document."""
        return self._measures

    def write_page(self, page: int, parts: Sequence[FlowPart]) -> None:
        """Writes the parts of one page."""
        if self._pending is not None and self._breaks_word(parts):
            self._pending.text, self._pending.broken = self._pending.text[:-1], True
        self._write_pending()
        self._builder.start_page(page)
        for index, part in enumerate(parts):
            if isinstance(part, FlowLine):
                following = parts[index + 1] if index + 1 < len(parts) else None
                self._line(part, following.line if isinstance(following, FlowLine) else None)
            elif isinstance(part, FlowExcluded):
                self._excluded.append(part)
            elif isinstance(part, FlowFootnote):
                self._footnote(part)
            else:
                self._other(part)
        if self._pending is None:
            self._write_excluded()

    def _footnote(self, part: FlowFootnote) -> None:
        """Written before the block that is pending, which may go on with the next page."""
        if self._pending is not None and (self._pending.written or self._pending.continued):
            self._finish()
        self._builder.add(BlockKind.FOOTNOTE, self._clean(part.text), section=self._page_sections.trail)

    def close(self) -> None:
        """Writes what is still pending."""
        self._finish()

    # -- lines ----------------------------------------------------------------------------------------------------

    def _line(self, part: FlowLine, following: Line | None) -> None:
        line, region = part.line, part.region
        if self._region is None or region.key != self._region.key or region.trail != self._region.trail:
            self._finish()
            self._nesting.clear()
            self._cell_sections = SectionTrail()
        self._region = region
        self._nesting.left = region.x0
        mark = list_mark(line) or bare_mark(line, self._nesting)
        if self._goes_on(line, region, mark):
            self._append(line)
        else:
            self._finish()
            if mark:
                self._start_item(line, region, mark, following)
            else:
                self._start_text(line, region, following)
        self._last_line = line

    def _goes_on(self, line: Line, region: Region, mark: tuple[Reading, ...]) -> bool:
        pending = self._pending
        if pending is None:
            return False
        last = pending.lines[-1]
        same_region = last.page == line.page and region == pending.region
        if same_region and not mark and pending.heading is None and self._wrapping.carries_on(last, line):
            shift = line.x0 - region.x0 - pending.indents[0]
            centred = abs(last.x0 + last.x1 - line.x0 - line.x1) < 12
            if -5 * line.size <= shift <= 8 * line.size or centred:
                return True
        if same_region and not self._wrapping.is_near(pending.lines, line):
            return False
        if pending.heading is not None:
            centred = bool(pending.heading.look[3])
            return same_region and not mark and self._wrapping.heading_goes_on(last, line, pending.region, centred)
        if not same_region and self._opens_anew(last, line):
            return False
        at_text = any(abs(line.x0 - region.x0 - x) <= 0.6 * line.size for x in pending.indents)
        if mark and not (
            at_text
            and self._wrapping.is_full(last, line, pending.region)
            and self._wrapping.is_wrapped_number(mark, self._nesting)
        ):
            return False
        if not at_text and not pending.hangs(line.x0 - region.x0, line.size):
            return False
        return self._wrapping.sentence_goes_on(last, line, pending.region, same_region=same_region)

    @staticmethod
    def _opens_anew(last: Line, line: Line) -> bool:
        """Whether the first line of a page or column shows that it carries on nothing: a caption, a label in bold."""
        label = line.bold and not last.bold and line.text[:1].isupper() and not is_unfinished(last.text)
        return label or bool(_NUMBERED_CAPTION.match(line.text))

    def _append(self, line: Line) -> None:
        pending = self._pending
        assert pending is not None
        text = self._clean(line.text)
        if pending.written:
            joined = join_lines(pending.text, text, frozenset())
            pending.glue = " " if joined.startswith(pending.text + " ") and not pending.broken else ""
            pending.written, pending.continued, pending.broken, pending.text = False, True, False, text
        else:
            pending.text = join_lines(pending.text, text, self._measures.vocabulary)
        pending.indents.append(line.x0 - pending.region.x0)
        pending.lines.append(line)

    def _breaks_word(self, parts: Sequence[FlowPart]) -> bool:
        """Whether the pending block ends in a word that the next page goes on with, so that its hyphen is none."""
        pending = self._pending
        part = next((part for part in parts if not isinstance(part, FlowExcluded)), None)
        if pending is None or pending.written or not pending.text.endswith("-") or not isinstance(part, FlowLine):
            return False
        line, region = part.line, part.region
        if self._region is None or (region.key, region.trail) != (self._region.key, self._region.trail):
            return False
        if not self._goes_on(line, region, list_mark(line) or bare_mark(line, self._nesting)):
            return False
        return not join_lines(pending.text, self._clean(line.text), self._measures.vocabulary).startswith(pending.text)

    # -- new blocks -----------------------------------------------------------------------------------------------

    def _start_item(self, line: Line, region: Region, mark: tuple[Reading, ...], following: Line | None) -> None:
        mark_x, text_x = line.x0 - region.x0, line.words[1].x0 - region.x0
        node = self._nesting.place_item(mark, mark_x, text_x, line.size)
        rest = make_line(line.words[1:], line.page)
        rest.underlined = line.underlined
        assert node.reading is not None
        self._pending = Pending(BlockKind.LIST_ITEM, [line], region, self._clean(line.text), node, indents=[text_x])
        if node.reading.is_bullet or node.reading.kind == "circled":
            return
        label = run_in_label(rest.text)
        if label is not None and len(label) < len(rest.text):
            if self._nesting.level() == 1 and not region.is_cell:
                self._nesting.head(node, line.size)
                self._run_in(line, rest, label, region, node)
            return
        heading = heading_of(rest.text, rest, body_size=self._measures.body_size, centred=False, kind=node.reading.kind)
        if heading is not None and not region.is_cell and self._numbered_heading(rest, following, region):
            self._nesting.head(node, line.size)
            self._pending.kind, self._pending.heading = BlockKind.HEADING, heading

    def _numbered_heading(self, rest: Line, following: Line | None, region: Region) -> bool:
        """A numbered line in bold is a heading if it names something; in the text's size and with amounts, an order."""
        if is_caps(rest.text):
            return True
        larger = rest.size >= _LARGER * self._measures.body_size
        return (larger or not _AMOUNT.search(rest.text)) and not self._runs_on(rest, following, region)

    def _runs_on(self, line: Line, following: Line | None, region: Region) -> bool:
        """Whether the next line carries on the sentence, so that this one is no heading."""
        if following is None or following.page != line.page or not self._wrapping.is_near([line], following):
            return False
        alike = abs(following.size - line.size) < 0.6 and following.bold == line.bold
        return alike and following.text[:1].islower() and not line.text.rstrip().endswith((":", "."))

    def _run_in(self, line: Line, rest: Line, label: str, region: Region, node: OpenItem | None) -> None:
        """A label in capitals before its text becomes a heading, the text a paragraph."""
        count = len(label.split())
        marked = len(line.words) - len(rest.words)
        head = make_line(line.words[: marked + count], line.page)
        tail = make_line(rest.words[count:], line.page)
        kind = node.reading.kind if node and node.reading else None
        label_line = make_line(rest.words[:count], line.page)
        heading = heading_of(label, label_line, body_size=self._measures.body_size, centred=False, kind=kind)
        if heading is None:
            heading = Heading((line.size, line.bold, True, False, kind), line.size * 2 + 2)
        self._pending = Pending(BlockKind.HEADING, [head], region, self._clean(head.text), node, heading)
        self._finish()
        x = tail.x0 - region.x0
        paragraph = OpenItem(None, x, x, lead=Lead.NO)
        self._nesting.open.append(paragraph)
        indents = [x] if node is None else [x, node.text_x]
        self._pending = Pending(BlockKind.PARAGRAPH, [tail], region, self._clean(tail.text), paragraph, indents=indents)

    def _start_text(self, line: Line, region: Region, following: Line | None) -> None:
        x = line.x0 - region.x0
        width = region.x1 - region.x0
        off_centre = abs((line.x0 + line.x1) / 2 - (region.x0 + region.x1) / 2)
        centred = off_centre < 0.04 * width and x > 0.1 * width
        outside = x <= 1.5 * line.size
        label = run_in_label(line.text)
        if label and len(label) < len(line.text) and outside and not region.is_cell:
            hanging = following is not None and following.x0 > line.x0 + 2 * line.size
            if hanging or self._tabbed(line, label):
                self._nesting.clear()
                self._run_in(line, line, label, region, None)
                return
        size = self._measures.body_size if region.body_size is None else region.body_size
        heading = heading_of(line.text, line, body_size=size, centred=centred, kind=None) if size else None
        if _CAPTION.match(line.text) or (self._runs_on(line, following, region) and not is_caps(line.text)):
            heading = None
        if heading is not None and (centred or outside) and self._may_head(line, region, centred):
            self._nesting.clear()
            self._pending = Pending(BlockKind.HEADING, [line], region, self._clean(line.text), None, heading)
            return
        near = self._last_line is not None and self._wrapping.is_near([self._last_line], line)
        label_like = line.bold or line.underlined or line.text.rstrip().endswith(":")
        node = self._nesting.place_paragraph(x, line.size, near=near, label=label_like)
        kind = BlockKind.CAPTION if _CAPTION.match(line.text) else BlockKind.PARAGRAPH
        self._pending = Pending(kind, [line], region, self._clean(line.text), node, indents=[x])

    def _may_head(self, line: Line, region: Region, centred: bool) -> bool:
        """In a cell a label in bold leads in the lines under it; it heads nothing more."""
        if not region.is_cell:
            return True
        size = region.body_size or self._measures.body_size
        return line.size >= 1.15 * size or (is_caps(line.text) and centred)

    @staticmethod
    def _tabbed(line: Line, label: str) -> bool:
        count = len(label.split())
        return len(line.words) > count and line.words[count].x0 - line.words[count - 1].x1 > 0.6 * line.size

    # -- writing --------------------------------------------------------------------------------------------------

    @property
    def _sections(self) -> SectionTrail:
        return self._cell_sections if self._region is not None and self._region.is_cell else self._page_sections

    def _section(self, region: Region) -> tuple[str, ...]:
        if not region.is_cell:
            return self._page_sections.trail
        return self._page_sections.trail + region.trail + self._cell_sections.trail

    def _write_pending(self) -> None:
        """Writes the pending block at the end of a page; the next page may go on with it."""
        pending = self._pending
        if pending is None or pending.written:
            return
        if pending.continued:
            self._builder.continue_last(pending.text, pending.glue)
        else:
            self._add(pending)
        pending.written, pending.continued = True, False
        self._write_excluded()

    def _write_excluded(self) -> None:
        for part in self._excluded:
            self._builder.exclude(part.reason, part.detail, part.text)
        self._excluded.clear()

    def _finish(self) -> None:
        self._write_pending()
        self._pending = None

    def _add(self, pending: Pending) -> None:
        if pending.heading is not None and len(pending.text.split()) > _HEADING_WORDS and not is_caps(pending.text):
            pending.kind, pending.heading = BlockKind.PARAGRAPH, None
        if pending.heading is not None:
            level = self._sections.enter(pending.heading, pending.text)
            section = self._section(pending.region)[:-1]
            index = self._builder.add(BlockKind.HEADING, pending.text, level=level, section=section)
            if pending.node is not None:
                pending.node.block = index
            return
        node, level = pending.node, 0
        context: tuple[int, ...] = ()
        if node is not None and node in self._nesting.open:
            context = tuple(item.block for item in self._nesting.parents() if item.block is not None)
            if pending.kind is BlockKind.LIST_ITEM:
                level = self._nesting.level()
            else:
                node.lead = pending.lead()
        index = self._builder.add(
            pending.kind, pending.text, level=level, section=self._section(pending.region), context=context
        )
        if node is not None:
            node.block = index

    def _other(self, part: FlowRow | FlowHeaderLine | FlowBand | FlowParagraph) -> None:
        self._finish()
        if isinstance(part, FlowHeaderLine):
            self._builder.add(BlockKind.HEADER_BLOCK, self._clean(part.text))
        elif isinstance(part, FlowParagraph):
            self._nesting.clear()
            self._builder.add(BlockKind.PARAGRAPH, self._clean(part.text), section=self._page_sections.trail)
        elif isinstance(part, FlowBand):
            self._nesting.clear()
            outer = self._page_sections.trail + part.trail
            self._builder.add(BlockKind.HEADING, self._clean(part.text), level=len(outer) + 1, section=outer)
        else:
            self._row(part)

    def _row(self, row: FlowRow) -> None:
        if row.table != self._table:
            self._table, self._table_context = row.table, self._caption()
            self._nesting.clear()
        section = self._page_sections.trail + row.trail
        text = "\t".join(self._clean(cell) for cell in row.cells)
        context = list(self._table_context)
        if row.goes_on and self._last_row is not None:
            context.append(self._last_row)
        node = self._row_node(row)
        context += [item.block for item in self._nesting.parents() if item.block is not None] if node else []
        kind = BlockKind.TABLE_HEADER if row.header else BlockKind.TABLE_ROW
        index = self._builder.add(kind, text, section=section, context=tuple(sorted(set(context))))
        if index is None:
            return
        if node is not None:
            node.block = index
        if row.header:
            self._table_context.append(index)
        elif not row.goes_on:
            self._last_row = index

    def _row_node(self, row: FlowRow) -> OpenItem | None:
        """The place of a row with a list mark in its first cell among the rows and items above it."""
        mark = list_mark(row.first) if row.first is not None and not row.header else ()
        if not mark or row.first is None:
            self._nesting.clear()
            return None
        words = row.first.words
        return self._nesting.place_item(mark, words[0].x0 - row.left, words[1].x0 - row.left, row.first.size)

    def _caption(self) -> list[int]:
        """The block right before a table, if it introduces it."""
        if not self._builder.blocks:
            return []
        index = len(self._builder.blocks) - 1
        last = self._builder.blocks[index]
        text = self._builder.text[last.start : last.end]
        leads = last.kind is BlockKind.CAPTION or (
            last.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM) and text.endswith(":")
        )
        return [*last.context, index] if leads else []

    @staticmethod
    def _clean(text: str) -> str:
        return shorten_fill(text).strip()
