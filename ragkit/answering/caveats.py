"""What the reader has to know beside the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ragkit.answering.matching import Question, view
from ragkit.answering.population import asked_side, unit_side
from ragkit.answering.scoring import Candidate
from ragkit.answering.selection import Selection
from ragkit.answering.units import UnitKind
from ragkit.documents.document import Document
from ragkit.documents.governance import Status
from ragkit.grounding.quantities import Quantity, quantities
from ragkit.retrieval.query import AnswerKind

_SAME_SUBJECT = 0.75
"""Two lines speak of the same thing if each covers this share of what the other covers of the question."""
_QUANTITY_KINDS = frozenset({AnswerKind.DOSE, AnswerKind.TIME_LIMIT, AnswerKind.QUANTITY})


def caveats_for(question: Question, selection: Selection, candidates: Sequence[Candidate], today: date) -> list[str]:
    """The caveats of an answer, the gravest first."""
    return [
        *_population(question, selection),
        *_disagreement(question, selection, candidates),
        *_life_cycle(selection.document, today),
        *question.query.caveats,
    ]


def _life_cycle(document: Document, today: date) -> list[str]:
    governance = document.governance
    caveats = []
    if governance.status in (Status.DRAFT, Status.IN_REVIEW):
        caveats.append(
            f"“{governance.title}” is marked {governance.status.value.replace('_', ' ')}; it is not yet in force."
        )
    if governance.review_due is not None and governance.review_due < today:
        caveats.append(f"Review of “{governance.title}” is overdue since {governance.review_due:%Y-%m-%d}.")
    if governance.effective_date is None:
        caveats.append(f"“{governance.title}” states no effective date.")
    return caveats


def _population(question: Question, selection: Selection) -> list[str]:
    asked = asked_side(question.query)
    best = selection.candidates[0]
    context = "\n".join(selection.document.text[start:end] for start, end in best.unit.context)
    found = unit_side(selection.document, best.unit, best.text, context, best.evidence.side)
    if asked is None or found is None or asked == found:
        return []
    names = {"adult": "adults", "young": "children"}
    return [f"The question is about {names[asked]}; the lines found are about {names[found]}."]


def _disagreement(question: Question, selection: Selection, candidates: Sequence[Candidate]) -> list[str]:
    """Another document in force that gives other numbers with the same units for the same thing."""
    if question.query.kinds[0] not in _QUANTITY_KINDS:
        return []
    best = selection.candidates[0]
    ours = _with_units(best.text)
    if not ours:
        return []
    for other in candidates[:12]:
        if other.evidence is best.evidence or other.unit.kind in (UnitKind.LIST, UnitKind.SECTION_LIST):
            continue
        theirs = _with_units(other.text)
        if _differ(ours, theirs) and _same_subject(question, best, other):
            title, number = (
                other.evidence.document.governance.title,
                other.evidence.document.governance.reference_number,
            )
            name = f"“{title}”" + (f" ({number})" if number else "")
            shown = " ".join(other.text.split())
            shown = shown if len(shown) <= 160 else shown[:157].rsplit(" ", 1)[0] + " …"
            page = other.evidence.document.page_at(other.unit.start)
            where = f", page {page}" if page else ""
            return [f"Another document in force gives different numbers: {name}{where}: “{shown}”"]
    return []


def _with_units(text: str) -> set[Quantity]:
    return {quantity for quantity in quantities(text) if quantity.unit}


def _differ(ours: set[Quantity], theirs: set[Quantity]) -> bool:
    """Whether for some unit both give numbers and none of them is the same."""
    for unit in {quantity.unit for quantity in ours} & {quantity.unit for quantity in theirs}:
        if not {q.number for q in ours if q.unit == unit} & {q.number for q in theirs if q.unit == unit}:
            return True
    return False


def _same_subject(question: Question, one: Candidate, other: Candidate) -> bool:
    first, second = question.coverage(one.covered), question.coverage(other.covered)
    if min(first, second) < _SAME_SUBJECT * max(first, second):
        return False
    shared = question.coverage(list(map(min, one.covered, other.covered)))
    words, others = view(one.text), view(other.text)
    common = len(words.roots & others.roots) / max(1, min(len(words.roots), len(others.roots)))
    return shared >= _SAME_SUBJECT * max(first, second) and common >= 0.5
