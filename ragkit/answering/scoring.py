"""How likely each unit is to be the answer: signals of coverage, retrieval, form, population and shape, weighed.

The weights are a table in ``ragkit/answering/models/line_ranking.json``, fitted by ``benchmarks/fit_line_ranking.py``
(a conditional logit over the candidate units of a question); everything here is one pass over the candidates and one
product of a small matrix with a vector.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ragkit.answering.examples import amount_is_an_example
from ragkit.answering.matching import Credits, Question, TextView, view
from ragkit.answering.patient_fit import patient_signals
from ragkit.answering.patterns import LIST_KINDS, NUMERIC_KINDS, asked_unit_match, form_match, refers_elsewhere
from ragkit.answering.population import population_fit
from ragkit.answering.subject_fit import other_subject
from ragkit.answering.table_units import row_with_units
from ragkit.answering.units import Layout, Unit, UnitKind
from ragkit.answering.words import root
from ragkit.documents.document import Document
from ragkit.retrieval.passage import Passage
from ragkit.retrieval.query import AnswerKind

_BACKGROUND_SECTION = re.compile(
    r"\b(?:purpose|authority|references?|bibliograph\w*|background|introduction|table of contents|index|cross.?ref\w*|"
    r"literature|revision history|acknowledg\w*)\b",
    re.IGNORECASE,
)
_DEFINITIONS_SECTION = re.compile(r"\bdefinitions?\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_DEFINED = re.compile(
    r"\W*(?:\(?\w{1,3}[.)]\s+)?(?P<term>[^.:;\n]{2,70}?)\s*"
    r"(?::\s|[“\"”']?\s(?:means|is defined as|are defined as|refers to)\b)",
    re.IGNORECASE,
)
_NAMES_ASKED = re.compile(r"\b(?:who|whose|sign\w*|approve[ds]?|director|author|owner)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Evidence:
    """A document that search brought up, with the passages it was found by.

    Attributes:
        document: the document version.
        layout: its lists and lines.
        passages: its passages with their 1-based ranks among all passages.
        share: share of the reciprocal ranks of all passages that fall to this document.
        named: whether the question names it by its reference number.
        other_than_named: whether the question names another of the documents found by its number.
        title_precision: how much of its title the question speaks of.
        side: "adult" for a document that names no population and has a pediatric twin, else None.
    """

    document: Document
    layout: Layout
    passages: tuple[tuple[int, Passage], ...]
    share: float
    named: bool
    other_than_named: bool = False
    title_precision: float = 0.0
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that may answer, with everything the selection has to know of it.

    Attributes:
        unit: the unit.
        evidence: the document it stands in.
        passage, rank: the best passage that holds it, and that passage's rank.
        own, context, surroundings: per question term, how well its own words, its lead-ins and header, its section and
            title cover it.
        features: named signals, see ``SIGNALS``.
        words: number of words shown, context included.
        score: the weighed signals.
    """

    unit: Unit
    evidence: Evidence
    passage: Passage
    rank: int
    own: Credits
    context: Credits
    surroundings: Credits
    features: Mapping[str, float] = field(repr=False)
    words: int
    score: float = 0.0

    @property
    def text(self) -> str:
        """Its own words."""
        return _text_of(self.evidence.document, self.unit.spans)

    @property
    def covered(self) -> Credits:
        """Per question term, the best of own words, context and surroundings."""
        return tuple(map(max, self.own, self.context, self.surroundings))


def _text_of(document: Document, spans: Sequence[tuple[int, int]]) -> str:
    return "\n".join(document.text[start:end] for start, end in spans)


def describe(
    question: Question, evidence: Evidence, unit: Unit, passage: Passage, rank: int, best: Mapping[str, float]
) -> Candidate:
    """The signals of one unit; its score is not yet set.

    Args:
        question: the prepared question.
        evidence: the document the unit stands in.
        unit: the unit.
        passage: the best-ranked passage that holds it.
        rank: that passage's rank.
        best: the best "score", "dense" and "lexical" of all passages, to compare this passage's with.
    """
    document = evidence.document
    own_text = _text_of(document, unit.spans)
    context_text = _text_of(document, unit.context)
    own_view = view(own_text)
    own = question.credits(own_text)
    context = question.credits(context_text)
    section = question.credits(" / ".join(unit.section))
    title = question.credits(f"{document.governance.title} {document.governance.reference_number or ''}")
    features = {
        **_coverage_signals(question, own_view, (own, context, section, title)),
        **_neighbour_signals(question, evidence.layout, unit, list(map(max, own, context, section, title))),
        **_list_signals(question, document, unit, own, wanted=question.query.kinds[0] in LIST_KINDS),
        **_passage_signals(passage, rank, best, evidence),
        **_form_signals(question, document, unit, own_text, context_text),
        **_definition_signal(question, own_text),
        "title_precision": evidence.title_precision,
        **patient_signals(question.query.text, document.text, unit),
        **_shape_signals(question, unit, own_text, own_view),
        **population_fit(question.query, document, unit, own_text, context_text, evidence.side),
        **_wrong_subject_signals(question, document, unit, own_text, context_text),
    }
    words = own_view.length + (len(context_text.split()) if context_text else 0)
    return Candidate(unit, evidence, passage, rank, own, context, tuple(map(max, section, title)), features, words)


def _wrong_subject_signals(
    question: Question, document: Document, unit: Unit, own_text: str, context_text: str
) -> dict[str, float]:
    """Signals of lines that must not answer: about another condition, device or route, or an example only."""
    signals = {}
    group = other_subject(question.query, document, unit, own_text, context_text)
    if group is not None:
        signals[f"other_subject:{group}"] = 1.0
    if question.query.kinds[0] is AnswerKind.DOSE:
        lines = _lines_that_answer(question, document, unit) or [own_text]
        if all(amount_is_an_example(line, unit.section, context_text) for line in lines):
            signals["example_only"] = 1.0
    return signals


def _lines_that_answer(question: Question, document: Document, unit: Unit) -> list[str]:
    """The lines of a list that name a medicine of the question, or its rarest word; none for other units."""
    if unit.kind not in (UnitKind.LIST, UnitKind.SECTION_LIST):
        return []
    medicines = {term.text for term in question.query.terms if term.medicine}
    asked = [index for index, term in enumerate(question.terms) if term.text in medicines]
    if not asked:
        words = [index for index, term in enumerate(question.terms) if term.occurs and term.text.isalpha()]
        asked = sorted(words, key=lambda index: -question.terms[index].weight)[:1]
    lines = [document.text[start:end] for start, end in unit.spans]
    return [line for line in lines if any(question.credits(line)[index] for index in asked)]


def promise(question: Question, evidence: Evidence, unit: Unit, rank: int) -> float:
    """A first look at a unit, to spend the full one on the better half: coverage and rank only."""
    document = evidence.document
    credits = map(
        max,
        question.credits(_text_of(document, unit.spans)),
        question.credits(_text_of(document, unit.context)),
        question.credits(" / ".join(unit.section)),
        question.credits(f"{document.governance.title} {document.governance.reference_number or ''}"),
    )
    return question.coverage(tuple(credits)) + 0.3 / rank


def _coverage_signals(
    question: Question, own_view: TextView, levels: tuple[Credits, Credits, Credits, Credits]
) -> dict[str, float]:
    """Coverage by own words, lead-ins, section and title, each counting only what the ones before it lack."""
    own = levels[0]
    signals = {}
    covered: Credits = tuple(0.0 for _ in own)
    for name, credits in zip(("own", "context", "section", "title"), levels, strict=True):
        beyond = [max(0.0, new - old) for new, old in zip(credits, covered, strict=True)]
        signals[f"{name}_coverage"] = question.coverage(beyond)
        covered = tuple(map(max, credits, covered))
    weighed = [term.weight * credit for term, credit in zip(question.terms, own, strict=True)]
    heaviest = max((term.weight for term in question.terms if term.occurs), default=1.0)
    pairs = list(pairwise(own))
    return signals | {
        "rarest_covered": max(weighed, default=0.0) / max(heaviest, 1e-6),
        "density": sum(weighed) / math.sqrt(8 + own_view.length),
        "matched_terms": sum(1 for credit in own if credit) / max(1, len(own)),
        "adjacent_terms": sum(1 for one, next_one in pairs if one and next_one) / max(1, len(pairs)),
    }


def _neighbour_signals(question: Question, layout: Layout, unit: Unit, known: Sequence[float]) -> dict[str, float]:
    """Coverage by the lines directly before and after, for a line that goes on with "this", "such" or "it"."""
    before, after = layout.lines_beside(unit)
    signals = {}
    for name, text in (("before", before), ("after", after)):
        if text:
            credits = question.credits(text)
            beyond = [max(0.0, new - old) for new, old in zip(credits, known, strict=True)]
            signals[f"{name}_coverage"] = question.coverage(beyond)
    return signals


def _list_signals(
    question: Question, document: Document, unit: Unit, own: Credits, *, wanted: bool
) -> dict[str, float]:
    """A list is wanted for its lead-in; what only one of its items says is better answered by that item."""
    if unit.kind not in (UnitKind.LIST, UnitKind.SECTION_LIST):
        return {}
    lead = unit.spans[0] if unit.kind is UnitKind.LIST else unit.context[-1]
    members = unit.spans[1:] if unit.kind is UnitKind.LIST else unit.spans
    lead_credits = question.credits(document.text[lead[0] : lead[1]])
    best_member = max(
        (question.coverage(question.credits(document.text[start:end])) for start, end in members), default=0.0
    )
    return {
        "list_lead_coverage": question.coverage(lead_credits),
        "list_best_member": best_member,
        "list_members": math.log(1 + len(members)),
        "list_wanted_coverage" if wanted else "list_unwanted_coverage": question.coverage(own),
    }


def _passage_signals(passage: Passage, rank: int, best: Mapping[str, float], evidence: Evidence) -> dict[str, float]:
    scores = passage.scores
    return {
        "reciprocal_rank": 1 / rank,
        "passage_score": passage.score / best["score"] if best["score"] > 0 else 0.0,
        "dense": (scores.dense_score or 0.0) - best["dense"] if scores.dense_score is not None else -0.2,
        "lexical": (scores.lexical_score or 0.0) / best["lexical"] if best["lexical"] > 0 else 0.0,
        "document_share": evidence.share,
        "document_named": float(evidence.named),
        "other_than_named": float(evidence.other_than_named),
    }


def _form_signals(
    question: Question, document: Document, unit: Unit, own_text: str, context_text: str
) -> dict[str, float]:
    """Whether the unit, and what leads it in, have the form of the kinds of answer asked for.

    A long list has a number or a "not" somewhere; so a list counts by the share of its lines that have the form.
    """
    lines = [document.text[start:end] for start, end in unit.spans]
    counted = own_text
    if unit.kind is UnitKind.TABLE_ROW:
        header = context_text.rpartition("\n")[2]
        own_text = row_with_units(own_text, header)
        lines = [own_text]
        counted = f"{header}\n{own_text}"  # "At least every" stands over "4 hours"
    signals = {"asked_unit": asked_unit_match(question.query.text, counted)}
    above = f"{unit.section[-1] if unit.section else ''}\n{context_text}"
    if unit.kind is UnitKind.LIST:
        above = f"{above}\n{lines[0]}"
    for position, kind in enumerate(question.query.kinds[:2]):
        match = sum(form_match(kind, line) for line in lines) / len(lines)
        if kind in LIST_KINDS and len(lines) > 1:
            match = max(match, form_match(kind, above))
        if position == 0:
            signals[f"form:{kind.value}"] = match
            signals[f"above:{kind.value}"] = form_match(kind, above)
        signals["form_first" if position == 0 else "form_second"] = match
    return signals


def _definition_signal(question: Question, own_text: str) -> dict[str, float]:
    """Whether the line opens with a term of the question that it explains ("Term: ...", "Term means ...")."""
    head = _DEFINED.match(own_text)
    if head is None:
        return {}
    heaviest = max((term.weight for term in question.terms), default=1.0)
    credits = question.credits(head.group("term"))
    weighed = (term.weight * credit for term, credit in zip(question.terms, credits, strict=True))
    return {"defines": max(weighed, default=0.0) / max(heaviest, 1e-6)}


def title_precision(question: Question, document: Document) -> float:
    """How much of the document's title the question speaks of, 0..1: a quick guide is not the policy itself."""
    roots = {word for term in question.terms for phrase in term.phrases for word in map(root, phrase.split())}
    content = [word for word in view(document.governance.title).stems.split() if len(word) > 2]
    return sum(root(word) in roots for word in content) / max(1, len(content))


def _shape_signals(question: Question, unit: Unit, own_text: str, own_view: TextView) -> dict[str, float]:
    kinds = question.query.kinds
    wants_list = any(kind in LIST_KINDS for kind in kinds[:1])
    signals = {f"kind:{unit.kind.value}": 1.0}
    if unit.kind in (UnitKind.LIST, UnitKind.SECTION_LIST):
        signals["list_wanted" if wants_list else "list_unwanted"] = 1.0
        if kinds[0] is AnswerKind.CRITERIA_LIST:
            signals["list_for_criteria"] = 1.0
    if unit.kind is UnitKind.HEADER_LINE:
        signals["header_for_governance" if AnswerKind.GOVERNANCE in kinds else "header_unasked"] = 1.0
    elif unit.kind in (UnitKind.HEADER_DATES, UnitKind.HEADER_NAMES):
        names_asked = bool(_NAMES_ASKED.search(question.query.text))
        fits = names_asked == (unit.kind is UnitKind.HEADER_NAMES)
        signals["header_first" if kinds[0] is AnswerKind.GOVERNANCE else "header_later"] = 1.0 if fits else -1.0
    if AnswerKind.REFERENCE not in kinds and refers_elsewhere(own_text):
        signals["refers_elsewhere"] = 1.0
    if kinds[0] in NUMERIC_KINDS and not _NUMBER.search(own_text):
        signals["number_missing"] = 1.0
    length = own_view.length
    signals["log_length"] = math.log(max(1, length) / 20)
    signals["very_short"] = 1.0 if length < 4 else 0.0
    signals["long_list" if unit.kind in (UnitKind.LIST, UnitKind.SECTION_LIST) else "long"] = max(0.0, length - 60) / 60
    signals["ends_in_colon"] = float(unit.ends_in_colon)
    if unit.section and _BACKGROUND_SECTION.search(unit.section[-1]):
        signals["background_section"] = 1.0
    if kinds[0] in LIST_KINDS and unit.section and _DEFINITIONS_SECTION.search(unit.section[-1]):
        signals["definition_for_list"] = 1.0
    return signals
