"""Whether the lines found answer the question at all.

No single score separates questions that the documents answer from near misses (same topic, not stated), so several
signals are weighed by a small logistic model. Its coefficients are published in
``ragkit/answering/models/abstention.json`` and fitted by ``benchmarks/fit_abstention.py``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ragkit.answering.answer import AnswerStatus
from ragkit.answering.guards import withheld_because
from ragkit.answering.matching import Question
from ragkit.answering.patterns import NEGATION, NUMERIC_KINDS, REFERENCE, form_match
from ragkit.answering.population import asked_side
from ragkit.answering.scoring import Candidate
from ragkit.answering.selection import Selection
from ragkit.conversation.elliptical import read_ellipsis
from ragkit.conversation.measures import only_measure
from ragkit.retrieval.passage import Passage
from ragkit.retrieval.query import AnswerKind
from ragkit.retrieval.understanding.terms import COMMON_WEIGHT

_PREMISE = re.compile(
    r"\b(?:which|what|where)\b.{0,40}\b(?:paragraph|section|line|part|clause|page|exception|provision|form|annex|appendix|"
    r"step)s?\b.{0,60}\b(?:lets?|allows?|says?|permits?|covers?|gives?|tells?|lists?|sets?|authori[sz]es?|states?|"
    r"requires?|describes?|explains?|does|do|for|is|of)\b"
    r"|\bwhere (?:in|does|do|is)\b.{0,60}\b(?:say|says|lets?|allow|mention|state|authori[sz]e|permit)\b",
    re.IGNORECASE,
)
_PASSAGES_COVERED = 10
_LINES_JOINED = 60
BESIDE_THE_POINT = "beside_the_point"
"""The signal of lines that are about something else altogether: like a withheld one, it cannot be outvoted."""
LEAST_COVERAGE = 0.08
"""Lines that, with their section and title, hold less of the question than this are never shown."""
FOREIGN_COVERAGE, FOREIGN_SIMILARITY = 0.3, 0.3
"""A question whose lines hold less of it than this, and whose nearest passage is less similar than this, is about
something else altogether. Less than 1 % of the answerable training items are below both (default embedder)."""


@dataclass(frozen=True)
class Decision:
    """Whether to answer.

    Attributes:
        status: answered, partial, insufficient_evidence or needs_clarification.
        probability: that the selected lines answer the question, 0..1.
        signals: what it rests on.
        threshold: the least probability with which lines are shown.
        partial_below: lines shown with a lower probability than this are called partial.
    """

    status: AnswerStatus
    probability: float
    signals: dict[str, float]
    threshold: float = 0.5
    partial_below: float = 0.5


@dataclass(frozen=True)
class AbstentionModel:
    """A logistic model over the signals.

    Attributes:
        intercept: the constant term.
        coefficients: per signal, its weight; signals without one weigh nothing.
        threshold: the least probability with which lines are shown.
        partial_below: lines shown with a lower probability than this are called partial.
    """

    intercept: float
    coefficients: Mapping[str, float]
    threshold: float
    partial_below: float

    def probability(self, signals: Mapping[str, float]) -> float:
        """The probability that the lines answer, by the logistic function of the weighed signals."""
        total = self.intercept + sum(self.coefficients.get(name, 0.0) * value for name, value in signals.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def published_model() -> AbstentionModel:
    """The model that ships with ragkit."""
    return _model_in("abstention.json")


@cache
def judged_model() -> AbstentionModel:
    """The model that ships with ragkit for questions whose lines the small models judged."""
    return _model_in("abstention_judged.json")


def _model_in(name: str) -> AbstentionModel:
    data = json.loads(files("ragkit.answering").joinpath("models", name).read_text(encoding="utf-8"))
    return AbstentionModel(data["intercept"], data["coefficients"], data["threshold"], data["partial_below"])


def decide(
    question: Question,
    passages: Sequence[Passage],
    candidates: Sequence[Candidate],
    selection: Selection | None,
    judgements: Mapping[str, float] | None = None,
) -> Decision:
    """Decides between answering and abstaining.

    Args:
        question: the prepared question.
        passages: the ranked passages.
        candidates: all scored units, best first.
        selection: what would be shown; None where there is nothing.
        judgements: what the small models say of the lines, as signals; None where they were not asked.
    """
    if _names_nothing(question):
        return Decision(AnswerStatus.NEEDS_CLARIFICATION, 0.0, {})
    if selection is None or not passages:
        return Decision(AnswerStatus.INSUFFICIENT_EVIDENCE, 0.0, {})
    model = published_model() if judgements is None else judged_model()
    signals = evidence_signals(question, passages, candidates, selection) | dict(judgements or {})
    probability = model.probability(signals)
    withheld = withheld_because(question, selection)
    if withheld is not None:
        signals[f"withheld:{withheld.value}"] = 1.0
    beside = _beside_the_point(signals) or _only_numbers_shared(question, selection)
    if beside:
        signals[BESIDE_THE_POINT] = 1.0
    if withheld is not None or probability < model.threshold or beside:
        status = AnswerStatus.INSUFFICIENT_EVIDENCE
    else:
        status = AnswerStatus.PARTIAL if probability < model.partial_below else AnswerStatus.ANSWERED
    return Decision(status, probability, signals | {"probability": probability}, model.threshold, model.partial_below)


def _names_nothing(question: Question) -> bool:
    """Whether the question holds no word that says what it is about ("what's the dose?", "and for 95 kg?")."""
    measure = only_measure(read_ellipsis(question.query.text).rest)
    if measure is not None and not measure.name:
        return True
    return not question.terms or all(term.weight <= COMMON_WEIGHT for term in question.query.terms)


def _beside_the_point(signals: Mapping[str, float]) -> bool:
    """Whether the question is about something that the documents do not speak of at all."""
    coverage = signals["coverage"]
    return coverage < LEAST_COVERAGE or (coverage < FOREIGN_COVERAGE and signals["best_dense"] < FOREIGN_SIMILARITY)


def _only_numbers_shared(question: Question, selection: Selection) -> bool:
    """Whether the lines, their section and title share nothing but numbers with the question ("17 x 63")."""
    shared = {
        term.text
        for candidate in selection.candidates
        for term, credit in zip(question.terms, candidate.covered, strict=True)
        if credit
    }
    return bool(shared) and not any(character.isalpha() for text in shared for character in text)


def evidence_signals(
    question: Question, passages: Sequence[Passage], candidates: Sequence[Candidate], selection: Selection
) -> dict[str, float]:
    """The signals behind the decision, each about 0..1."""
    best = selection.candidates[0]
    shown = " \n".join(selection.document.text[span.start : span.end] for span in selection.spans)
    return {
        **_coverage(question, selection, shown),
        **_passage_coverage(question, passages, best),
        **_agreement(passages, best),
        **_form(question, selection, shown),
        **_joint(question, candidates, best),
        **_margins(candidates, best),
        "premise_asked": float(bool(_PREMISE.search(question.query.text))),
        "premise_negated": float(bool(_PREMISE.search(question.query.text)) and bool(NEGATION.search(shown))),
        "population_mismatch": max(
            best.features.get("population_mismatch_adult", 0.0), best.features.get("population_mismatch_young", 0.0)
        ),
        "population_asked": float(asked_side(question.query) is not None),
    }


def _coverage(question: Question, selection: Selection, shown: str) -> dict[str, float]:
    everything = sum(term.weight for term in question.terms) or 1.0
    own = question.credits(shown)
    surroundings = [max(c.surroundings[i] for c in selection.candidates) for i in range(len(question.terms))]
    covered = list(map(max, own, surroundings))
    terms = question.terms
    heaviest = max(term.weight for term in terms)
    uncovered = [term.weight * (1 - credit) for term, credit in zip(terms, covered, strict=True)]
    special = [i for i, term in enumerate(terms) if term.idf > 0 and term.weight / term.idf > 1.0]
    return {
        "shown_coverage": sum(t.weight * c for t, c in zip(terms, own, strict=True)) / everything,
        "coverage": sum(t.weight * c for t, c in zip(terms, covered, strict=True)) / everything,
        "heaviest_uncovered": max(uncovered) / heaviest,
        "uncovered_mass": sum(uncovered) / 10,
        "unknown_terms": sum(term.weight for term in terms if not term.occurs) / everything,
        "entity_uncovered": max((1 - covered[i] for i in special), default=0.0),
        "entity_not_shown": max((1 - own[i] for i in special), default=0.0),
        "unknown_entity": max((float(not terms[i].occurs) for i in special), default=0.0),
    }


def _passage_coverage(question: Question, passages: Sequence[Passage], best: Candidate) -> dict[str, float]:
    """Near misses share the topic but not the point: no single passage holds all that the question is about."""
    everything = sum(term.weight for term in question.terms) or 1.0

    def share(credits: Sequence[float]) -> float:
        return sum(term.weight * credit for term, credit in zip(question.terms, credits, strict=True)) / everything

    covered = [
        (passage, question.credits(f"{passage.title} {' '.join(passage.section)} {passage.text}"))
        for passage in passages[:_PASSAGES_COVERED]
    ]
    of_document = [credits for passage, credits in covered if passage.document_id == best.passage.document_id]
    union = [max(column) for column in zip(*of_document, strict=True)] if of_document else []
    anywhere = [max(column) for column in zip(*(credits for _, credits in covered), strict=True)]
    return {
        "best_passage_coverage": max(share(credits) for _, credits in covered),
        "own_passage_coverage": share(question.credits(f"{best.passage.title} {best.passage.text}")),
        "document_coverage": share(union) if union else 0.0,
        "anywhere_coverage": share(anywhere),
    }


def _agreement(passages: Sequence[Passage], best: Candidate) -> dict[str, float]:
    scores = best.passage.scores
    lexical = min(
        (p for p in passages if p.scores.lexical_rank), key=lambda p: p.scores.lexical_rank or 0, default=None
    )
    dense = min((p for p in passages if p.scores.dense_rank), key=lambda p: p.scores.dense_rank or 0, default=None)
    agree = lexical is not None and dense is not None
    return {
        "best_dense": max((p.scores.dense_score or 0.0 for p in passages), default=0.0),
        "passage_dense": scores.dense_score or 0.0,
        "lexical_reciprocal": 1 / scores.lexical_rank if scores.lexical_rank else 0.0,
        "dense_reciprocal": 1 / scores.dense_rank if scores.dense_rank else 0.0,
        "passage_reciprocal": 1 / best.rank,
        "same_document_first": float(agree and lexical.document_id == dense.document_id),  # type: ignore[union-attr]
        "same_passage_first": float(
            agree and (lexical.document_id, lexical.chunk_index) == (dense.document_id, dense.chunk_index)  # type: ignore[union-attr]
        ),
        "document_share": best.evidence.share,
        "document_named": float(best.evidence.named),
    }


def _form(question: Question, selection: Selection, shown: str) -> dict[str, float]:
    kind = question.query.kinds[0]
    own = max(form_match(kind, candidate.text) for candidate in selection.candidates)
    numeric = kind in NUMERIC_KINDS
    return {
        "form": own,
        "number_missing": float(numeric and own < 0.6),
        "numeric_kind": float(numeric),
        "refers_elsewhere": float(kind is not AnswerKind.REFERENCE and bool(REFERENCE.search(shown))),
        f"kind:{kind.value}": 1.0,
    }


def _joint(question: Question, candidates: Sequence[Candidate], best: Candidate) -> dict[str, float]:
    """Whether one line has both the form asked for and the question's words; a near miss has them in two lines."""
    everything = sum(term.weight for term in question.terms) or 1.0
    known = question.total / max(everything, question.total)  # a word that no document has is covered by no line
    formed = [
        known * question.coverage(candidate.covered) * candidate.features["form_first"]
        for candidate in candidates[:_LINES_JOINED]
    ]
    return {
        "joint_form": max(formed, default=0.0),
        "best_joint_form": known * question.coverage(best.covered) * best.features["form_first"],
        "asked_unit": best.features["asked_unit"],
        "asked_unit_anywhere": max(
            (candidate.features["asked_unit"] for candidate in candidates[:_LINES_JOINED]), default=0.0
        ),
    }


def _margins(candidates: Sequence[Candidate], best: Candidate) -> dict[str, float]:
    scores = [candidate.score for candidate in candidates[:50]]
    top = scores[0]
    normaliser = sum(math.exp(score - top) for score in scores)
    elsewhere = max((c.score for c in candidates if c.evidence is not best.evidence), default=best.score - 3.0)
    return {
        "score": best.score / 10,
        "share_of_best": math.exp(best.score - top) / normaliser,
        "margin": max(-1.0, min(1.0, (best.score - elsewhere) / 3)),
    }
