"""Lines in reading order become blocks: headings, paragraphs, list items, table rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ragkit.documents.document import BlockKind
from ragkit.documents.formats.pdf.flow import FlowHeaderLine, FlowHeading, FlowLine, FlowPart, FlowRow, Region
from ragkit.documents.formats.pdf.geometry import Line
from ragkit.documents.formats.pdf.headings import Heading, SectionTrail, heading_of, run_in_label
from ragkit.documents.formats.pdf.joining import join_lines, shorten_fill
from ragkit.documents.formats.pdf.lines import make_line
from ragkit.documents.formats.pdf.markers import Reading, readings_of
from ragkit.documents.formats.pdf.nesting import ListNesting, OpenItem
from ragkit.documents.parsed import CanonicalTextBuilder

_LABEL_WORDS = 9


@dataclass(frozen=True, slots=True)
class Measures:
    """What is usual in the document.

    Attributes:
        body_size: font size of most text.
        pitch: distance of baselines within a paragraph, in font sizes.
        vocabulary: the document's words.
    """

    body_size: float
    pitch: float
    vocabulary: frozenset[str]


@dataclass(slots=True)
class _Pending:
    """The block whose lines are being gathered."""

    kind: BlockKind
    lines: list[Line]
    region: Region
    text: str
    node: OpenItem | None = None
    heading: Heading | None = None
    continued: bool = False
    """It was written at the end of a page already; what comes now is added to it."""
    written: bool = False
    glue: str = " "
    indents: list[float] = field(default_factory=list)


class StructureWriter:
    """Writes blocks into a canonical text, part by part."""

    def __init__(self, builder: CanonicalTextBuilder, measures: Measures):
        self._builder = builder
        self._measures = measures
        self._nesting = ListNesting()
        self._sections = SectionTrail()
        self._pending: _Pending | None = None
        self._region: Region | None = None
        self._page = 0
        self._table: int | None = None
        self._table_context: list[int] = []

    def write_page(self, page: int, parts: Sequence[FlowPart]) -> None:
        """Writes the parts of one page."""
        self._write_pending()
        self._builder.start_page(page)
        self._page = page
        for index, part in enumerate(parts):
            if isinstance(part, FlowLine):
                following = parts[index + 1] if index + 1 < len(parts) else None
                self._line(part, following.line if isinstance(following, FlowLine) else None)
            else:
                self._other(part)

    def close(self) -> None:
        """Writes what is still pending."""
        self._finish()

    # -- lines ----------------------------------------------------------------------------------------------------

    def _line(self, part: FlowLine, following: Line | None) -> None:
        line, region = part.line, part.region
        if self._region is None or region.trail != self._region.trail or (region.fresh and region != self._region):
            self._finish()
            self._nesting.clear()
        self._region = region
        mark = self._mark(line)
        if self._goes_on(line, region, mark):
            self._append(line)
            return
        self._finish()
        if mark:
            self._start_item(line, region, mark)
        else:
            self._start_text(line, region, following)

    def _mark(self, line: Line) -> tuple[Reading, ...]:
        if len(line.words) < 2:
            return ()
        readings = readings_of(line.words[0].text)
        if readings and line.words[1].x0 - line.words[0].x1 < 0.15 * line.size:
            return ()
        return readings

    def _goes_on(self, line: Line, region: Region, mark: tuple[Reading, ...]) -> bool:
        pending = self._pending
        if pending is None or pending.heading is not None and not self._same_look(pending, line):
            return False
        last = pending.lines[-1]
        same_page = last.page == line.page and region == pending.region
        x = line.x0 - region.x0
        at_text = any(abs(x - indent) <= 0.6 * line.size for indent in pending.indents)
        if same_page and not self._near(pending, last, line):
            return False
        full = self._is_full(last, line, pending.region)
        if mark and not (full and at_text and self._is_wrapped_number(mark)):
            return False
        if pending.heading is not None:
            return same_page and (full or abs(line.x0 - last.x0) < 2 or pending.heading.look[3] is True)
        unfinished = line.text[:1].islower() and not last.text.rstrip().endswith((".", ":", ";", "!", "?"))
        if not at_text and not (len(pending.lines) == 1 and pending.node and self._hangs(pending, x, line)):
            return False
        if not same_page and last.text.rstrip().endswith((".", ":", ";", "!", "?")) and not line.text[:1].islower():
            return False
        return full or unfinished

    def _same_look(self, pending: _Pending, line: Line) -> bool:
        last = pending.lines[-1]
        return last.bold == line.bold and abs(last.size - line.size) < 0.6

    def _hangs(self, pending: _Pending, x: float, line: Line) -> bool:
        """Whether a second line may stand at ``x``: first line indents and hanging indents."""
        node = pending.node
        if node is None:
            return False
        if node.reading is not None:
            return node.mark_x - 0.6 * line.size <= x <= node.text_x + 2.5 * line.size
        return node.mark_x - 5 * line.size <= x <= node.mark_x + 0.6 * line.size or (
            pending.text.find(":") > 0 and x > node.mark_x
        )

    def _near(self, pending: _Pending, last: Line, line: Line) -> bool:
        distance = line.baseline - last.baseline
        if distance <= 0:
            return False
        usual = self._measures.pitch * max(line.size, last.size)
        if len(pending.lines) >= 2 and pending.lines[-2].page == last.page:
            usual = min(usual, max(last.baseline - pending.lines[-2].baseline, 1.0 * line.size))
            usual = max(usual, 1.1 * line.size)
        return distance <= 1.3 * usual

    def _is_full(self, last: Line, line: Line, region: Region) -> bool:
        """Whether the first word of ``line`` would not have fitted into ``last``."""
        first = line.words[0]
        return last.x1 + 0.25 * line.size + (first.x1 - first.x0) > region.x1 - 0.8 * line.size

    def _is_wrapped_number(self, mark: tuple[Reading, ...]) -> bool:
        """A number at the start of a wrapped line ("within / 24. Then ...") that carries on no open list."""
        for reading in mark:
            for item in self._nesting.open:
                if item.reading is not None and item.reading.kind == reading.kind:
                    if reading.kind.startswith("bullet") or reading.value == item.reading.value + 1:
                        return False
            if reading.kind.startswith("bullet") and reading.kind[-1] not in "-–—*":
                return False
        return not any(reading.value == 1 for reading in mark)

    def _append(self, line: Line) -> None:
        pending = self._pending
        assert pending is not None
        text = self._clean(line.text)
        if pending.written:
            joined = join_lines(pending.text, text, self._measures.vocabulary)
            # a word broken over the page keeps its hyphen: what is written stays
            pending.glue = "" if not joined.startswith(pending.text + " ") else " "
            pending.written, pending.continued, pending.text = False, True, text
        else:
            pending.text = join_lines(pending.text, text, self._measures.vocabulary)
        pending.indents.append(line.x0 - pending.region.x0)
        pending.lines.append(line)

    # -- new blocks -----------------------------------------------------------------------------------------------

    def _start_item(self, line: Line, region: Region, mark: tuple[Reading, ...]) -> None:
        mark_x, text_x = line.x0 - region.x0, line.words[1].x0 - region.x0
        node = self._nesting.place(mark, mark_x, text_x, line.size)
        rest = make_line(line.words[1:], line.page)
        rest.underlined = line.underlined
        assert node.reading is not None
        label = run_in_label(rest.text)
        if label is None and not node.reading.kind.startswith(("bullet", "circled")):
            heading = heading_of(
                rest.text, rest, body_size=self._measures.body_size, centred=False, kind=node.reading.kind
            )
            if heading is not None:
                node.heading = True
                self._pending = _Pending(
                    BlockKind.HEADING, [line], region, self._clean(line.text), node, heading, indents=[text_x]
                )
                return
        elif label is not None and self._nesting.level() == 1 and len(label) < len(rest.text):
            node.heading = True
            self._run_in(line, rest, label, region, node)
            return
        self._pending = _Pending(BlockKind.LIST_ITEM, [line], region, self._clean(line.text), node, indents=[text_x])
        if label is not None and len(label) == len(rest.text):
            node.heading = True
            look = heading_of(
                rest.text, rest, body_size=self._measures.body_size, centred=False, kind=node.reading.kind
            )
            self._pending.kind, self._pending.heading = BlockKind.HEADING, look

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
            heading = Heading((round(line.size), line.bold, True, False, kind), line.size * 2 + 2)
        self._pending = _Pending(BlockKind.HEADING, [head], region, self._clean(head.text), node, heading)
        self._finish()
        x = tail.x0 - region.x0
        paragraph = OpenItem(None, x, x, leads=False)
        self._nesting.open.append(paragraph)
        indents = [x] if node is None else [x, node.text_x]
        self._pending = _Pending(
            BlockKind.PARAGRAPH, [tail], region, self._clean(tail.text), paragraph, indents=indents
        )

    def _start_text(self, line: Line, region: Region, following: Line | None) -> None:
        x = line.x0 - region.x0
        middle = (line.x0 + line.x1) / 2
        width = region.x1 - region.x0
        centred = abs(middle - (region.x0 + region.x1) / 2) < 0.03 * width and line.x0 - region.x0 > 0.1 * width
        label = run_in_label(line.text)
        outside = x <= 1.5 * line.size
        hanging = following is not None and label is not None and following.x0 > line.x0 + 2 * line.size
        if label and len(label) < len(line.text) and outside and (hanging or self._tabbed(line, label)):
            self._nesting.clear()
            self._run_in(line, line, label, region, None)
            return
        heading = heading_of(line.text, line, body_size=self._measures.body_size, centred=centred, kind=None)
        if heading is not None and (centred or outside):
            self._nesting.clear()
            self._pending = _Pending(
                BlockKind.HEADING, [line], region, self._clean(line.text), None, heading, indents=[x]
            )
            return
        node = self._nesting.place_paragraph(x, line.size, leads=False)
        self._pending = _Pending(BlockKind.PARAGRAPH, [line], region, self._clean(line.text), node, indents=[x])

    @staticmethod
    def _tabbed(line: Line, label: str) -> bool:
        count = len(label.split())
        return len(line.words) > count and line.words[count].x0 - line.words[count - 1].x1 > 0.6 * line.size

    # -- writing --------------------------------------------------------------------------------------------------

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

    def _finish(self) -> None:
        self._write_pending()
        self._pending = None

    def _add(self, pending: _Pending) -> None:
        trail = pending.region.trail
        if pending.kind is BlockKind.HEADING and pending.heading is not None:
            section = self._sections.trail
            level = self._sections.enter(pending.heading, pending.text)
            section = self._sections.trail[:-1] + trail
            self._builder.add(BlockKind.HEADING, pending.text, level=level, section=section)
            return
        node = pending.node
        context: tuple[int, ...] = ()
        level = 0
        if node is not None and node in self._nesting.open:
            context = tuple(item.block for item in self._nesting.parents() if item.block is not None)
            if pending.kind is BlockKind.LIST_ITEM:
                level = self._nesting.level()
            else:
                node.leads = self._is_lead_in(pending)
        section = self._sections.trail + trail
        index = self._builder.add(pending.kind, pending.text, level=level, section=section, context=context)
        if node is not None:
            node.block = index

    @staticmethod
    def _is_lead_in(pending: _Pending) -> bool:
        text = pending.text.rstrip()
        if text.endswith(":"):
            return True
        return (
            len(text.split()) <= _LABEL_WORDS
            and not text.endswith((".", ";", ","))
            and (pending.lines[0].bold or pending.lines[0].underlined)
        )

    def _other(self, part: FlowRow | FlowHeaderLine | FlowHeading) -> None:
        self._finish()
        self._nesting.clear()
        if isinstance(part, FlowHeaderLine):
            self._builder.add(BlockKind.HEADER_BLOCK, self._clean(part.text))
        elif isinstance(part, FlowHeading):
            heading = Heading(("band", part.rank), part.rank)
            level = self._sections.enter(heading, self._clean(part.text))
            self._builder.add(BlockKind.HEADING, self._clean(part.text), level=level, section=self._sections.trail[:-1])
        else:
            self._row(part)

    def _row(self, row: FlowRow) -> None:
        if row.table != self._table:
            self._table, self._table_context = row.table, []
        kind = BlockKind.TABLE_HEADER if row.header else BlockKind.TABLE_ROW
        context = tuple(self._table_context)
        text = "\t".join(self._clean(cell) for cell in row.cells)
        index = self._builder.add(kind, text, section=self._sections.trail, context=context)
        if row.header and index is not None:
            self._table_context.append(index)

    @staticmethod
    def _clean(text: str) -> str:
        return shorten_fill(text).strip()
