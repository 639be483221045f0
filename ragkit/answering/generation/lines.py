"""Lines: the smallest pieces of a document that can be cited, seen one by one.

The extractive answerer shows lists and sections as a whole; a language model cites the items. So everything that may
be shown is divided into its atoms here: sentences, list items, table rows, header lines, footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ragkit.answering.composing import as_shown
from ragkit.answering.scoring import Candidate, Evidence
from ragkit.answering.selection import Selection, ShownSpan, merge_spans
from ragkit.answering.table_units import row_with_units
from ragkit.answering.units import Layout, Span, Unit, UnitKind, lead_in_span
from ragkit.documents.document import BlockKind

ATOMIC = frozenset({UnitKind.SENTENCE, UnitKind.LIST_ITEM, UnitKind.TABLE_ROW, UnitKind.HEADER_LINE, UnitKind.FOOTNOTE})
"""Kinds of units that hold no other units."""
_IN_A_ROW = frozenset({UnitKind.LIST_ITEM, UnitKind.TABLE_ROW})
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[A-Za-z]|[ivxIVX]{1,4})[.)]\s+\S")

LineKey = tuple[str, str, int, int]
SequenceKey = tuple[str, str, int]


@dataclass(frozen=True)
class Line:
    """An atom of a document.

    Attributes:
        candidate: the unit with its document, its score and what the guards look at.
    """

    candidate: Candidate

    @property
    def evidence(self) -> Evidence:
        """The document it stands in."""
        return self.candidate.evidence

    @property
    def unit(self) -> Unit:
        """Its words and what it cannot be understood without."""
        return self.candidate.unit

    @property
    def key(self) -> LineKey:
        """Names the line."""
        return key_of(self.evidence, self.unit)

    @property
    def place(self) -> tuple[int, int]:
        """Where its own words stand in its document."""
        return (self.unit.start, self.unit.end)

    @cached_property
    def text(self) -> str:
        """Its own words, white space made plain."""
        return as_shown("\n".join(self._words(span) for span in self.unit.spans))

    @cached_property
    def context(self) -> tuple[str, ...]:
        """Its lead-ins, the caption and header of its table, the label of its row."""
        return tuple(as_shown(self._words(span)) for span in self.unit.context)

    @cached_property
    def evidence_text(self) -> str:
        """What it says in the document's words: context and own words, bare numbers with their column's unit."""
        own = self.text
        if self.unit.kind is UnitKind.TABLE_ROW and self.context:
            own = row_with_units(own, self.context[-1].rpartition("\n")[2], certain_only=True)
        return "\n".join((*self.context, own))

    @cached_property
    def sequence(self) -> SequenceKey | None:
        """Names the list, the steps or the table that it is an item of; None for a line that stands alone."""
        document = self.evidence.document
        block = document.blocks[self.unit.block]
        steps = self.unit.start == block.start and _NUMBERED.match(document.text, block.start, block.end) is not None
        if self.unit.kind not in _IN_A_ROW and not steps:
            return None
        root = block.context[0] if block.context else self.evidence.layout.heading_of.get(self.unit.block, -1)
        return (document.document_id, document.version, root)

    def _words(self, span: Span) -> str:
        return self.evidence.document.text[span[0] : span[1]]


def key_of(evidence: Evidence, unit: Unit) -> LineKey:
    """Names a unit of a document."""
    return (evidence.document.document_id, evidence.document.version, unit.start, unit.end)


def atoms_between(layout: Layout, start: int, end: int) -> tuple[Unit, ...]:
    """The atoms whose own words touch the span ``[start, end)``, in document order."""
    return tuple(
        unit
        for index in layout.block_range(start, end)
        for unit in layout.units_of(index)
        if unit.kind in ATOMIC and unit.start < end and start < unit.end
    )


def atoms_of(layout: Layout, unit: Unit) -> tuple[Unit, ...]:
    """The atoms of a unit: itself where it is one, else what its spans hold."""
    if unit.kind in ATOMIC:
        return (unit,)
    found = (atom for start, end in unit.spans for atom in atoms_between(layout, start, end))
    return tuple(dict.fromkeys(found))


def siblings_of(layout: Layout, unit: Unit) -> tuple[Unit, ...]:
    """The other items of the list that a list item stands in, in document order; none for other units."""
    block = layout.blocks[unit.block]
    if unit.kind is not UnitKind.LIST_ITEM:
        return ()
    members: Iterable[int]
    if block.context:
        members = layout.children.get(block.context[-1], ())
    else:
        members = layout.section_members.get(layout.heading_of.get(unit.block, -1), ())
    return tuple(atom for index in members for atom in layout.units_of(index) if atom.kind is UnitKind.LIST_ITEM)


def selected_atoms(selection: Selection) -> tuple[Unit, ...]:
    """The atoms that a selection shows, in document order, without those that only lead others in.

    Words that belong to no atom (a caption between two paragraphs) become atoms of their own, so that nothing that the
    selection shows is lost.
    """
    layout = selection.candidates[0].evidence.layout
    atoms: list[Unit] = []
    for shown in selection.spans:
        if not shown.is_context:
            found = [atom for atom in atoms_between(layout, shown.start, shown.end) if _inside(atom, shown)]
            atoms += [*found, *_left_over(layout, shown, found)]
    kept = [atom for atom in atoms if not only_leads_in(layout, atom)]
    return tuple(sorted(dict.fromkeys(kept or atoms), key=lambda atom: atom.start))


def only_leads_in(layout: Layout, atom: Unit) -> bool:
    """Whether an atom says nothing without what follows it: the lead-in of a list, the caption of a table."""
    block = atom.last_block
    if block in layout.table_heads:
        return True
    return atom.ends_in_colon and block in layout.children and atom.spans == (lead_in_span(layout, block),)


def _holds(unit: Unit, line: Line) -> bool:
    return any(start <= line.unit.start and line.unit.end <= end for start, end in unit.spans)


def _inside(atom: Unit, shown: ShownSpan) -> bool:
    return shown.start <= atom.start and atom.end <= shown.end


def _left_over(layout: Layout, shown: ShownSpan, atoms: Iterable[Unit]) -> list[Unit]:
    """What is shown and stands in no atom, in no atom's context and in no heading."""
    atoms = list(atoms)
    covered = sorted({span for atom in atoms for span in (*atom.spans, *atom.context)})
    rest: list[Unit] = []
    position = shown.start
    for start, end in [*covered, (shown.end, shown.end)]:
        for index in layout.block_range(position, start) if position < start else ():
            block = layout.blocks[index]
            first, last = max(position, block.start), min(start, block.end)
            words = layout.text[first:last]
            if words.strip() and block.kind is not BlockKind.HEADING and index not in layout.table_heads:
                span = (first + len(words) - len(words.lstrip()), first + len(words.rstrip()))
                rest.append(Unit(UnitKind.SENTENCE, (span,), (), index, index, block.section))
        position = max(position, end)
    return rest


def spans_of(lines: Iterable[Line], selection: Selection | None = None) -> tuple[ShownSpan, ...]:
    """What has to be shown for some lines of one document: own words and context, in document order.

    Args:
        lines: the lines, at least one.
        selection: what the extractive answer shows of the document; the heading of a section that it shows as a list
            goes with the section's lines.
    """
    lines = list(lines)
    own = {span for line in lines for span in line.unit.spans}
    context = {span for line in lines for span in line.unit.context}
    for candidate in selection.candidates if selection is not None else ():
        if candidate.unit.kind is UnitKind.SECTION_LIST and any(_holds(candidate.unit, line) for line in lines):
            context.update(candidate.unit.context)
    return merge_spans(lines[0].evidence.document.text, own, context)
