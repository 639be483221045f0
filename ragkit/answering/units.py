"""Units: the smallest pieces of a document that can be shown as an answer without losing their meaning.

A sentence of a paragraph, a list item with its lead-in, a row of a table with its header, a whole list. Each is a set
of spans of the canonical text, so that what is shown can always be cited word by word.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from threading import Lock

from ragkit.answering.patterns import DATE
from ragkit.answering.sentences import sentence_spans
from ragkit.documents.document import Block, BlockKind, Document

Span = tuple[int, int]

WHOLE_ITEM_WORDS = 40
"""A list item up to this long is one unit; a longer one is split into its sentences."""
WHOLE_ROW_WORDS = 60
"""A table row up to this long is one unit; a longer one is split into cells and sentences."""
LIST_WORDS = 260
"""A list longer than this is never a unit; its items are."""
_STANDS_BEHIND = re.compile(
    r"\b(?:approv\w*|sign\w*|director|administrat\w*|author|owner|prepared|chief|officer|chair\w*|M\.?D\.?)\b",
    re.IGNORECASE,
)
_DATE_OR_VERSION = re.compile(rf"{DATE.pattern}|\b(?:version|revision)(?: (?:no\.?|number))?\W{{0,3}}\d", re.IGNORECASE)
_UNRELATED_LINES = re.compile(
    r"\b(?:definitions?|glossary|abbreviations|authority|references?|cross.?references?|bibliography)\b", re.IGNORECASE
)
"""Headings of sections whose lines have nothing to do with each other: they are no list."""
_BODY_KINDS = {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.FOOTNOTE, BlockKind.CAPTION}


class UnitKind(StrEnum):
    """What a unit is."""

    SENTENCE = "sentence"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    LIST = "list"
    SECTION_LIST = "section_list"
    HEADER_LINE = "header_line"
    HEADER_DATES = "header_dates"
    HEADER_NAMES = "header_names"
    HEADING = "heading"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a document that can be shown.

    Attributes:
        kind: what it is.
        spans: its own words, in document order.
        context: the spans it cannot be understood without (lead-ins, table header), in document order.
        block: index of the block in which it starts.
        last_block: index of the block in which it ends.
        section: the trail of headings above it.
        ends_in_colon: whether it announces something that follows it.
    """

    kind: UnitKind
    spans: tuple[Span, ...]
    context: tuple[Span, ...]
    block: int
    last_block: int
    section: tuple[str, ...]
    ends_in_colon: bool = False

    @property
    def start(self) -> int:
        """Where its own words start."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """Where its own words end."""
        return self.spans[-1][1]

    @property
    def all_spans(self) -> tuple[Span, ...]:
        """Context and own words, in document order."""
        return tuple(sorted(set(self.context + self.spans)))


class Layout:
    """A document seen as lists and lines. Built once a document and kept, see ``LayoutCache``."""

    def __init__(self, document: Document):
        self.document = document
        self.text = document.text
        self.blocks = document.blocks
        self._starts = [block.start for block in document.blocks]
        self._units: dict[int, tuple[Unit, ...]] = {}

    @cached_property
    def children(self) -> dict[int, tuple[int, ...]]:
        """For each lead-in, the blocks directly under it (table rows are not list members)."""
        members: dict[int, list[int]] = {}
        for index, block in enumerate(self.blocks):
            if block.context and block.kind not in (BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER):
                members.setdefault(block.context[-1], []).append(index)
        return {lead: tuple(found) for lead, found in members.items()}

    def descendants(self, lead: int) -> tuple[int, ...]:
        """All blocks under a lead-in, at any depth, in document order."""
        found: list[int] = []
        for child in self.children.get(lead, ()):
            found.append(child)
            found.extend(self.descendants(child))
        return tuple(found)

    @cached_property
    def table_heads(self) -> frozenset[int]:
        """The blocks that caption or head a table's rows."""
        rows = (block for block in self.blocks if block.kind is BlockKind.TABLE_ROW)
        return frozenset(index for row in rows for index in row.context)

    @cached_property
    def section_members(self) -> dict[int, tuple[int, ...]]:
        """For each heading, the body blocks directly under it, up to the next heading."""
        members: dict[int, list[int]] = {}
        heading = -1
        for index, block in enumerate(self.blocks):
            if block.kind is BlockKind.HEADING:
                heading = index
            elif heading >= 0 and block.kind in _BODY_KINDS:
                members.setdefault(heading, []).append(index)
        return {head: tuple(found) for head, found in members.items()}

    @cached_property
    def heading_of(self) -> dict[int, int]:
        """For each body block, the heading it stands under."""
        return {member: head for head, members in self.section_members.items() for member in members}

    @cached_property
    def header_units(self) -> tuple[Unit, ...]:
        """The lines of the header block with dates, as one unit, and those that say who stands behind them."""
        header = [index for index, block in enumerate(self.blocks) if block.kind is BlockKind.HEADER_BLOCK]
        units = []
        for kind, pattern in ((UnitKind.HEADER_DATES, _DATE_OR_VERSION), (UnitKind.HEADER_NAMES, _STANDS_BEHIND)):
            lines = [i for i in header if pattern.search(self.text, self.blocks[i].start, self.blocks[i].end)]
            if (
                lines
                and sum(self.word_count(self.blocks[i].start, self.blocks[i].end) for i in lines) <= LIST_WORDS // 2
            ):
                spans = tuple((self.blocks[i].start, self.blocks[i].end) for i in lines)
                units.append(Unit(kind, spans, (), lines[0], lines[-1], self.blocks[lines[0]].section))
        return tuple(units)

    def rows_beside(self, row: int) -> tuple[int, ...]:
        """The rows of the table that the table row at block ``row`` belongs to: those under the same header."""
        context = self.blocks[row].context
        first, last = row, row
        while first > 0 and self._is_row_under(first - 1, context):
            first -= 1
        while last + 1 < len(self.blocks) and self._is_row_under(last + 1, context):
            last += 1
        return tuple(range(first, last + 1))

    def _is_row_under(self, index: int, context: tuple[int, ...]) -> bool:
        return self.blocks[index].kind is BlockKind.TABLE_ROW and self.blocks[index].context == context

    def block_range(self, start: int, end: int) -> range:
        """Indices of the blocks that the span ``[start, end)`` touches."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = bisect_left(self._starts, end)
        if first < last and self.blocks[first].end <= start:
            first += 1
        return range(first, max(last, first))

    def units_of(self, index: int) -> tuple[Unit, ...]:
        """The units that start in block ``index``: its lines, and the list or section it leads in."""
        cached = self._units.get(index)
        if cached is None:
            cached = tuple(_block_units(self, index))
            self._units[index] = cached
        return cached

    def lines_beside(self, unit: Unit) -> tuple[str, str]:
        """The sentence or line directly before the unit and the one directly after it; empty where there is none."""
        first, last = self.blocks[unit.block], self.blocks[unit.last_block]
        inside_before = self.text[first.start : unit.start].strip() if unit.start > first.start else ""
        inside_after = self.text[unit.end : last.end].strip() if unit.end < last.end else ""
        return (
            self._edge(inside_before, unit.block - 1, last=True),
            self._edge(inside_after, unit.last_block + 1, last=False),
        )

    def _edge(self, inside: str, neighbour: int, *, last: bool) -> str:
        if not inside:
            if not 0 <= neighbour < len(self.blocks) or self.blocks[neighbour].kind is BlockKind.HEADING:
                return ""
            inside = self.text[self.blocks[neighbour].start : self.blocks[neighbour].end]
        sentences = sentence_spans(inside)
        if not sentences:
            return ""
        start, end = sentences[-1 if last else 0]
        return inside[start:end]

    def word_count(self, start: int, end: int) -> int:
        """Number of words between two offsets."""
        return self.text.count(" ", start, end) + self.text.count("\n", start, end) + 1


class LayoutCache:
    """Keeps the layouts of recently used document versions."""

    def __init__(self, capacity: int = 64):
        self._capacity = capacity
        self._kept: OrderedDict[tuple[str, str, str], Layout] = OrderedDict()
        self._lock = Lock()

    def layout_of(self, document: Document) -> Layout:
        """The layout of a document version."""
        key = (document.document_id, document.version, document.content_hash)
        with self._lock:
            layout = self._kept.get(key)
            if layout is None or layout.text != document.text:
                layout = self._kept[key] = Layout(document)
            self._kept.move_to_end(key)
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return layout


def _block_units(layout: Layout, index: int) -> Iterator[Unit]:
    block = layout.blocks[index]
    if block.kind in (BlockKind.TABLE_HEADER, BlockKind.CAPTION):
        return
    if block.kind is BlockKind.HEADING:
        yield _unit(layout, index, UnitKind.HEADING, (block.start, block.end))
        yield from _section_list(layout, index)
        return
    if block.kind is BlockKind.HEADER_BLOCK:
        yield _unit(layout, index, UnitKind.HEADER_LINE, (block.start, block.end))
        return
    if block.kind is BlockKind.TABLE_ROW:
        yield from _row_units(layout, index)
        return
    yield from _line_units(layout, index, block)
    yield from _whole_list(layout, index)


def _line_units(layout: Layout, index: int, block: Block) -> Iterator[Unit]:
    if block.kind is BlockKind.LIST_ITEM:
        if layout.word_count(block.start, block.end) <= WHOLE_ITEM_WORDS:
            yield _unit(layout, index, UnitKind.LIST_ITEM, (block.start, block.end))
            return
        kind = UnitKind.LIST_ITEM
    else:
        kind = UnitKind.FOOTNOTE if block.kind is BlockKind.FOOTNOTE else UnitKind.SENTENCE
    for start, end in sentence_spans(layout.text[block.start : block.end]):
        yield _unit(layout, index, kind, (block.start + start, block.start + end))


def _row_units(layout: Layout, index: int) -> Iterator[Unit]:
    block = layout.blocks[index]
    if layout.word_count(block.start, block.end) <= WHOLE_ROW_WORDS:
        yield _unit(layout, index, UnitKind.TABLE_ROW, (block.start, block.end))
        return
    row = layout.text[block.start : block.end]
    first_cell_end = row.find("\t")
    label: tuple[Span, ...] = ()
    if first_cell_end > 0 and len(row[:first_cell_end].split()) <= 12:
        label = ((block.start, block.start + first_cell_end),)
    for cell in re.finditer(r"[^\t]+", row):
        span = (block.start + cell.start(), block.start + cell.end())
        if span in label:
            continue
        for start, end in sentence_spans(cell.group()):
            yield _unit(layout, index, UnitKind.TABLE_ROW, (span[0] + start, span[0] + end), extra_context=label)


def _whole_list(layout: Layout, index: int) -> Iterator[Unit]:
    members = layout.descendants(index)
    if not members:
        return
    lead = lead_in_span(layout, index)
    if layout.word_count(lead[0], layout.blocks[members[-1]].end) > LIST_WORDS:
        return
    spans = (lead, *((layout.blocks[member].start, layout.blocks[member].end) for member in members))
    yield Unit(
        kind=UnitKind.LIST,
        spans=spans,
        context=_context_spans(layout, index),
        block=index,
        last_block=members[-1],
        section=layout.blocks[index].section,
    )


def _section_list(layout: Layout, index: int) -> Iterator[Unit]:
    members = layout.section_members.get(index, ())
    if not members or layout.word_count(layout.blocks[index].end, layout.blocks[members[-1]].end) > LIST_WORDS // 2:
        return
    heading = layout.blocks[index]
    if _UNRELATED_LINES.search(layout.text, heading.start, heading.end):
        return
    yield Unit(
        kind=UnitKind.SECTION_LIST,
        spans=tuple((layout.blocks[member].start, layout.blocks[member].end) for member in members),
        context=((heading.start, heading.end),),
        block=members[0],
        last_block=members[-1],
        section=layout.blocks[members[0]].section,
    )


def _unit(layout: Layout, index: int, kind: UnitKind, span: Span, extra_context: tuple[Span, ...] = ()) -> Unit:
    return Unit(
        kind=kind,
        spans=(span,),
        context=_context_spans(layout, index) + extra_context,
        block=index,
        last_block=index,
        section=layout.blocks[index].section,
        ends_in_colon=layout.text[span[0] : span[1]].rstrip().endswith(":"),
    )


def _context_spans(layout: Layout, index: int) -> tuple[Span, ...]:
    return tuple(lead_in_span(layout, context) for context in layout.blocks[index].context)


def lead_in_span(layout: Layout, index: int) -> Span:
    """The span of block ``index`` that leads in what follows: its last sentence, or all of it where it is short."""
    block = layout.blocks[index]
    if block.kind in (BlockKind.TABLE_HEADER, BlockKind.CAPTION, BlockKind.HEADING):
        return (block.start, block.end)
    if layout.word_count(block.start, block.end) <= WHOLE_ITEM_WORDS and block.kind is BlockKind.LIST_ITEM:
        return (block.start, block.end)
    sentences = sentence_spans(layout.text[block.start : block.end])
    if not sentences:
        return (block.start, block.end)
    start, end = sentences[-1]
    return (block.start + start, block.start + end)
