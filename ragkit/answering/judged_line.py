"""A line of a policy as the small models read it: the same text in training and in use."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.answering.scoring import Candidate
from ragkit.answering.units import UnitKind
from ragkit.cross_encoder.inputs import line_in_context

EVIDENCE_LINES = 4
"""So many lines are judged together: those that would be shown, then the next best."""


def judged_line(candidate: Candidate) -> str:
    """The line with its title, its section and what leads it in."""
    document = candidate.evidence.document
    lead_in = " ".join(document.text[start:end] for start, end in candidate.unit.context)
    return line_in_context(
        candidate.text, title=document.governance.title or "", section=candidate.unit.section, lead_in=lead_in
    )


def judged_evidence(shown: Sequence[Candidate], candidates: Sequence[Candidate]) -> list[str]:
    """The lines that are judged together.

    Args:
        shown: what would be shown, best first.
        candidates: all lines, best first.
    """
    kept = {id(each) for each in shown}
    next_best = [each for each in candidates if id(each) not in kept and each.unit.kind is not UnitKind.HEADING]
    return [judged_line(each) for each in [*shown, *next_best][: max(len(shown), EVIDENCE_LINES)]]
