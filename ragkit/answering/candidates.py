"""From ranked passages to scored candidate units."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from ragkit.answering.matching import Question
from ragkit.answering.population import twins_of_pediatric
from ragkit.answering.scoring import Candidate, Evidence, describe, promise, title_precision
from ragkit.answering.units import Layout, LayoutCache, Unit
from ragkit.documents.document import Document
from ragkit.retrieval.passage import Passage
from ragkit.retrieval.query import AnswerKind

LoadDocument = Callable[[str, str], Document]
"""(document_id, version) -> Document; the caller keeps recently used ones."""

PASSAGES = 12
"""How many passages are looked at."""
NEIGHBOURS = 2
"""How many blocks before and after a passage are looked at as well."""

DESCRIBED = 60
"""How many units are looked at closely."""

RULE_WEIGHTS = {
    "holds_patient": 4.5,
    "leaves_patient_out": -5.0,
    "definition_for_list": -1.5,
    "example_only": -4.0,
} | {f"other_subject:{group}": -3.0 for group in ("conditions", "devices", "routes", "purposes", "reversed_agents")}
"""Signals weighed by rule, not by fit: questions with a weight or an age are too few to learn from, and a wrong row is
a wrong dose; the definition of a term is no list of criteria; the dose for one condition is none for another."""

_layouts = LayoutCache()


@cache
def ranking_weights() -> Mapping[str, float]:
    """The published weights of the line ranking, by signal."""
    return _weights_in("line_ranking.json")


@cache
def judged_ranking_weights() -> Mapping[str, float]:
    """The published weights of the line ranking where the small models judged the lines too."""
    return _weights_in("line_ranking_judged.json")


def _weights_in(name: str) -> Mapping[str, float]:
    text = files("ragkit.answering").joinpath("models", name).read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(text)["weights"]
    return weights


def gather_evidence(
    question: Question, passages: Sequence[Passage], load_document: LoadDocument
) -> tuple[Evidence, ...]:
    """The documents behind the first ``PASSAGES`` passages, best first."""
    found: dict[tuple[str, str], list[tuple[int, Passage]]] = {}
    for rank, passage in enumerate(passages[:PASSAGES], start=1):
        found.setdefault((passage.document_id, passage.version), []).append((rank, passage))
    total = sum(1 / rank for ranked in found.values() for rank, _ in ranked) or 1.0
    named = {number.lower().lstrip("0") for number in question.query.reference_numbers}
    documents = {key: load_document(*key) for key in found}
    adult_twins = twins_of_pediatric(list(documents.values()))
    evidence = []
    numbers = {key: (each.governance.reference_number or "").lower().lstrip("0") for key, each in documents.items()}
    any_named = bool(named & set(numbers.values()))
    for key, ranked in found.items():
        document = documents[key]
        number = numbers[key]
        evidence.append(
            Evidence(
                document=document,
                layout=_layouts.layout_of(document),
                passages=tuple(ranked),
                share=sum(1 / rank for rank, _ in ranked) / total,
                named=bool(number) and number in named,
                other_than_named=any_named and number not in named,
                title_precision=title_precision(question, document),
                side="adult" if document.document_id in adult_twins else None,
            )
        )
    return tuple(evidence)


def gather_candidates(
    question: Question, evidence: Sequence[Evidence], weights: Mapping[str, float] | None = None
) -> list[Candidate]:
    """All units in and around the passages, each once, with its score; the best first.

    Args:
        question: the prepared question.
        evidence: the documents, from ``gather_evidence``.
        weights: weights of the signals; the published ones by default.
    """
    weights = ranking_weights() if weights is None else weights
    best = _best_scores(evidence)
    header_asked = AnswerKind.GOVERNANCE in question.query.kinds
    found = [
        (item, unit, rank, passage)
        for item in evidence
        for unit, (rank, passage) in _units_around(item, header_asked).items()
    ]
    if len(found) > DESCRIBED:
        found.sort(key=lambda each: -promise(question, each[0], each[1], each[2]))
    candidates: list[Candidate] = []
    for item, unit, rank, passage in found[:DESCRIBED]:
        candidate = describe(question, item, unit, passage, rank, best)
        candidates.append(replace(candidate, score=weigh(candidate.features, weights)))
    candidates.sort(key=lambda candidate: -candidate.score)
    return candidates


def candidate_for(question: Question, evidence: Sequence[Evidence], item: Evidence, unit: Unit) -> Candidate:
    """One unit of a document as a scored candidate, also one that stands in no passage.

    Args:
        question: the prepared question.
        evidence: all documents, from ``gather_evidence``.
        item: the unit's document.
        unit: the unit.
    """
    rank, passage = next(
        ((rank, passage) for rank, passage in item.passages if passage.start <= unit.start < passage.end),
        item.passages[-1],
    )
    candidate = describe(question, item, unit, passage, rank, _best_scores(evidence))
    return replace(candidate, score=weigh(candidate.features, ranking_weights()))


def _best_scores(evidence: Sequence[Evidence]) -> dict[str, float]:
    """The best score of each kind among all passages, which each passage's own is compared with."""
    passages = [passage for item in evidence for _, passage in item.passages]
    return {
        "score": max((passage.score for passage in passages), default=0.0),
        "dense": max((p.scores.dense_score for p in passages if p.scores.dense_score is not None), default=0.0),
        "lexical": max((passage.scores.lexical_score or 0.0 for passage in passages), default=0.0),
    }


def weigh(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The sum of the signals, each times its weight; what is weighed by rule is not for the fit to say."""
    return sum(value * RULE_WEIGHTS.get(name, weights.get(name, 0.0)) for name, value in features.items())


def _units_around(item: Evidence, header_asked: bool) -> dict[Unit, tuple[int, Passage]]:
    """The units of a document around its passages, each with the best-ranked passage that brought it in.

    The header block belongs to every passage of a document when it is what the question asks about.
    """
    layout = item.layout
    found: dict[Unit, tuple[int, Passage]] = {}
    if header_asked:
        found.update((unit, item.passages[0]) for unit in layout.header_units)
    for rank, passage in item.passages:
        blocks = layout.block_range(passage.start, passage.end)
        for index in _with_neighbours_and_leads(layout, blocks):
            for unit in layout.units_of(index):
                found.setdefault(unit, (rank, passage))
    return found


def _with_neighbours_and_leads(layout: Layout, blocks: range) -> list[int]:
    wanted = set(range(max(0, blocks.start - NEIGHBOURS), min(len(layout.blocks), blocks.stop + NEIGHBOURS)))
    for index in blocks:
        wanted.update(layout.blocks[index].context)
        heading = layout.heading_of.get(index)
        if heading is not None:
            wanted.add(heading)
    return sorted(wanted)
