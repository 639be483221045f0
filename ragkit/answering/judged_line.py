"""A line of a policy as the small models read it: the same text in training and in use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ragkit.answering.scoring import Candidate
from ragkit.answering.table_units import row_with_units
from ragkit.answering.units import Span, Unit, UnitKind
from ragkit.cross_encoder.inputs import line_in_context
from ragkit.documents.document import Document

EVIDENCE_LINES = 4
"""So many lines are judged together: those that would be shown, then the next best."""


def judged_line(candidate: Candidate) -> str:
    """The line with its title, its section and what leads it in."""
    return judged_unit(candidate.evidence.document, candidate.unit)


def judged_unit(document: Document, unit: Unit) -> str:
    """A unit of a document with the title, the section and what leads it in.

    A heading is not told twice, as section and as lead-in; a table row's bare numbers have the units of its header.
    """
    title, section, lead_in = above_unit(document, unit)
    own = _words_of(document, unit.spans)
    if unit.kind is UnitKind.TABLE_ROW:
        for span in unit.context:
            own = row_with_units(own, document.text[slice(*span)].rpartition("\n")[2], certain_only=True)
        own = own.replace("\t", "; ")
    return line_in_context(own, title=title, section=section, lead_in=lead_in)


def above_unit(document: Document, unit: Unit) -> tuple[str, tuple[str, ...], str]:
    """What stands above a unit: the title, the headings, and the lead-in or table header, "" where there is none."""
    section = tuple(part for part in unit.section if part.strip())
    above = [_words_of(document, [span]) for span in unit.context]
    return document.governance.title or "", section, " ".join(part for part in above if part not in section)


def judged_evidence(shown: Sequence[Candidate], candidates: Sequence[Candidate]) -> list[str]:
    """The lines that are judged together; none holds words of another.

    Args:
        shown: what would be shown, best first.
        candidates: all lines, best first.
    """
    chosen = list(shown)
    for candidate in candidates:
        if len(chosen) >= EVIDENCE_LINES:
            break
        if candidate.unit.kind is not UnitKind.HEADING and not any(_overlap(candidate, each) for each in chosen):
            chosen.append(candidate)
    return [judged_line(each) for each in chosen]


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.evidence.document is other.evidence.document and any(
        start < end_of_other and start_of_other < end
        for start, end in one.unit.spans
        for start_of_other, end_of_other in other.unit.spans
    )


def _words_of(document: Document, spans: Iterable[Span]) -> str:
    return "\n".join(document.text[start:end] for start, end in spans)
