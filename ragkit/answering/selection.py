"""Which units are shown: the best one, completed, and further ones only where they answer what it leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ragkit.answering.completion import complete
from ragkit.answering.matching import Question
from ragkit.answering.scoring import Candidate
from ragkit.answering.units import Span, UnitKind
from ragkit.documents.document import Document
from ragkit.retrieval.query import AnswerKind

WORD_BUDGET = 180
"""Further units are added only up to this many words in all."""
MAX_UNITS = 5
FITTING_MARGIN = 4.0
"""A line that fits the patient and the subject of the question comes before one that does not, if it scores at most
this much less, half of it in another document; otherwise the better one stands, and ``guards`` withholds it."""


@dataclass(frozen=True, slots=True)
class SelectionRule:
    """When a further unit is added.

    Attributes:
        margin: it may score this much less than the best one.
        new_terms_margin: the same for each share of the question's weight that only it covers.
        word_cost: what each of its words takes from that margin.
        word_budget: words in all after which no further unit is added.
        max_units: units in all.
    """

    margin: float = 2.5
    new_terms_margin: float = 2.0
    word_cost: float = 0.04
    word_budget: int = WORD_BUDGET
    max_units: int = MAX_UNITS


JUDGED_RULE = SelectionRule(margin=3.0, new_terms_margin=2.4, word_cost=0.045)
"""Where the small models judged the lines, whose scores lie farther apart then. Chosen on training items, each judged
by a model that has not seen it, so that about as many words are shown (see docs/measurements.md)."""


@dataclass(frozen=True)
class ShownSpan:
    """A span to show, and whether it is only there to make the next one understandable."""

    start: int
    end: int
    is_context: bool


@dataclass(frozen=True)
class Selection:
    """What will be shown, of one document.

    Attributes:
        document: the document.
        candidates: the units chosen, best first.
        spans: what is shown, in document order, without overlaps.
    """

    document: Document
    candidates: tuple[Candidate, ...]
    spans: tuple[ShownSpan, ...]

    @property
    def words(self) -> int:
        """Number of words shown."""
        return sum(len(self.document.text[span.start : span.end].split()) for span in self.spans)


def select(question: Question, candidates: Sequence[Candidate], rule: SelectionRule | None = None) -> Selection | None:
    """Chooses what to show from scored candidates, best first; None where there is no candidate."""
    rule = rule or SelectionRule()
    eligible = [candidate for candidate in candidates if candidate.unit.kind is not UnitKind.HEADING]
    if not eligible:
        return None
    first = _first_that_fits(question, eligible)
    chosen = [first]
    document = first.evidence.document
    spans = _spans_of(question, [first])
    for candidate in eligible[1:60]:
        if len(chosen) >= rule.max_units:
            break
        if (
            candidate.evidence.document is not document
            or _overlaps(candidate, spans)
            or must_not_answer(question, candidate)
        ):
            continue
        gain = _new_weight(question, candidate, chosen)
        allowed = rule.margin + rule.new_terms_margin * gain - rule.word_cost * candidate.words
        if candidate.score < first.score - allowed:
            continue
        longer = _spans_of(question, [*chosen, candidate])
        if _words(document, longer) > rule.word_budget:
            continue
        chosen.append(candidate)
        spans = longer
    return Selection(document, tuple(chosen), spans)


def _first_that_fits(question: Question, eligible: Sequence[Candidate]) -> Candidate:
    """The best line, or one that fits the question where the best does not and one comes close enough."""
    best = eligible[0]
    if not must_not_answer(question, best):
        return best
    for each in eligible[1:]:
        margin = FITTING_MARGIN if each.evidence is best.evidence else FITTING_MARGIN / 2
        if each.score >= best.score - margin and not must_not_answer(question, each):
            return each
    return best


def must_not_answer(question: Question, candidate: Candidate) -> bool:
    """Whether a line is for another patient, condition, device or route than the question's, or an example only."""
    features = candidate.features
    if question.query.kinds[0] in (AnswerKind.DOSE, AnswerKind.QUANTITY) and (
        "population_mismatch_adult" in features or "population_mismatch_young" in features
    ):
        return True
    return (
        "leaves_patient_out" in features
        or "example_only" in features
        or any(name.startswith("other_subject:") for name in features)
    )


def _spans_of(question: Question, chosen: Iterable[Candidate]) -> tuple[ShownSpan, ...]:
    own: set[Span] = set()
    context: set[Span] = set()
    document: Document | None = None
    for candidate in chosen:
        unit = candidate.unit
        document = candidate.evidence.document
        own.update(unit.spans)
        own.update(complete(candidate.evidence.layout, unit, question))
        context.update(unit.context)
    assert document is not None
    return merge_spans(document.text, own, context)


def merge_spans(text: str, own: Iterable[Span], context: Iterable[Span]) -> tuple[ShownSpan, ...]:
    """Own and context spans in document order, joined where only white space stands between them.

    A context span that lies within or directly before an own span becomes part of it, so that a list with its lead-in
    is one quotation.
    """
    marked = sorted(
        [(start, end, False) for start, end in own] + [(start, end, True) for start, end in context],
        key=lambda item: (item[0], -item[1]),
    )
    merged: list[ShownSpan] = []
    for start, end, is_context in marked:
        if merged:
            last = merged[-1]
            if end <= last.end and (is_context or not last.is_context):
                continue
            if start <= last.end or not text[last.end : start].strip():
                merged[-1] = ShownSpan(last.start, max(last.end, end), last.is_context and is_context)
                continue
        merged.append(ShownSpan(start, end, is_context))
    return tuple(merged)


def _overlaps(candidate: Candidate, spans: Sequence[ShownSpan]) -> bool:
    return any(
        start < shown.end and shown.start < end and not shown.is_context
        for start, end in candidate.unit.spans
        for shown in spans
    )


def _new_weight(question: Question, candidate: Candidate, chosen: Sequence[Candidate]) -> float:
    """Share of the question's weight that the candidate's own words cover and the chosen ones do not."""
    gain = 0.0
    for position, term in enumerate(question.terms):
        before = max(max(other.own[position], other.context[position]) for other in chosen)
        gain += term.weight * max(0.0, candidate.own[position] - before)
    return gain / question.total


def _words(document: Document, spans: Sequence[ShownSpan]) -> int:
    return sum(len(re.findall(r"\S+", document.text[span.start : span.end])) for span in spans)
