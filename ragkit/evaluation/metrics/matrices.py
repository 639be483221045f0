"""What a scorer says about a record, as matrices that are computed once: claim x evidence, claim x reference and so on.

The boolean matrices hold the verdict (supported or not), the graded ones the probability. After RAGChecker (Ru et al.
2024, "RAGChecker: A Fine-grained Framework for Diagnosing Retrieval-Augmented Generation", section 3), whose claims of
the model's answer, chunks and claims of the ground-truth answer are here:

- claims of the answer: ``claims.claims_of``;
- chunks: the first ``EVIDENCE_DEPTH`` retrieved passages, and the quotes that the answer cites;
- claims of the ground truth: the gold quotes, divided in the same way. Gold spans of several documents that say the
  same are alternatives: the one that is carried best counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ragkit.evaluation.claims import Claim, claims_of, split_claims
from ragkit.evaluation.matching import alternatives_of, contains_nugget, needed_together
from ragkit.evaluation.metrics.convention import answer_of, shown_text
from ragkit.evaluation.record import Record
from ragkit.grounding.base import Pair, Score
from ragkit.grounding.verdict import Verdict

EVIDENCE_DEPTH = 5
"""Retrieved passages that claims are held against, from the best."""

Grid = tuple[tuple[Pair, ...], ...]
"""Rows of pairs, to be judged."""


@dataclass(frozen=True)
class Matrix:
    """Judgements of rows against columns.

    Attributes:
        support: (rows, columns), probability that the column carries the row, 0..1.
        supported: (rows, columns), whether the verdict is "supported".
        contradicted: (rows, columns), whether the verdict is "contradicted".
    """

    support: NDArray[np.float64]
    supported: NDArray[np.bool_]
    contradicted: NDArray[np.bool_]

    @staticmethod
    def of(scores: Sequence[Sequence[Score]], columns: int) -> Matrix:
        """The matrix of rows of scores; ``columns`` gives the width where there is no row."""
        shape = (len(scores), columns)
        flat = [score for row in scores for score in row]
        return Matrix(
            np.array([score.support for score in flat], dtype=np.float64).reshape(shape),
            np.array([score.verdict is Verdict.SUPPORTED for score in flat], dtype=np.bool_).reshape(shape),
            np.array([score.verdict is Verdict.CONTRADICTED for score in flat], dtype=np.bool_).reshape(shape),
        )

    def rows(self) -> NDArray[np.bool_]:
        """(rows,), whether any column carries the row."""
        return np.asarray(self.supported.any(axis=1), dtype=np.bool_)

    def columns(self) -> NDArray[np.bool_]:
        """(columns,), whether the column carries any row."""
        return np.asarray(self.supported.any(axis=0), dtype=np.bool_)


@dataclass(frozen=True)
class Judgement:
    """Everything that was judged about one record.

    Attributes:
        statements: number of the answer's statements; 0 for a refusal.
        claims: the answer's claims; empty for a refusal.
        passages: claims x retrieved passages.
        quotes: claims x citations of the answer, each alone.
        own: claims x 1, the citations of the claim's own statement together.
        together: claims x 1, all citations of the answer together.
        without: (claim, citation number) -> whether the statement's other citations carry the claim.
        reference: claims x alternatives of the gold (quotes of one document, and the nuggets, together).
        gold: the claims of the gold quotes.
        alternatives: indices into ``gold`` that belong together; any one group answers.
        gold_passages: gold x retrieved passages.
        gold_answer: gold x 1, the answer's statements together.
        nuggets: for each must_have, whether it stands in the statements, or they carry a gold claim that holds it.
    """

    statements: int
    claims: tuple[Claim, ...]
    passages: Matrix
    quotes: Matrix
    own: Matrix
    together: Matrix
    without: Mapping[tuple[int, int], bool]
    reference: Matrix
    gold: tuple[str, ...]
    alternatives: tuple[tuple[int, ...], ...]
    gold_passages: Matrix
    gold_answer: Matrix
    nuggets: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Judgements:
    """The judgements of a run.

    Attributes:
        by_key: record key -> judgement.
        errors: record key -> why it could not be judged. Such a record fails in every metric that needs a scorer.
    """

    by_key: Mapping[str, Judgement] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """The pairs that have to be judged for one record, where their scores go."""

    record: Record
    claims: tuple[Claim, ...]
    gold: tuple[str, ...]
    alternatives: tuple[tuple[int, ...], ...]
    grids: Mapping[str, Grid]
    without: Mapping[tuple[int, int], Pair]

    def pairs(self) -> Iterator[Pair]:
        """All of them, some more than once."""
        for grid in self.grids.values():
            for row in grid:
                yield from row
        yield from self.without.values()

    def filled(self, scores: Mapping[Pair, Score]) -> Judgement:
        """The judgement, once every pair has its score."""
        width = {
            "passages": len(evidence_passages(self.record)),
            "quotes": len(real_quotes(self.record)),
            "reference": len(self.alternatives),
            "gold_passages": len(evidence_passages(self.record)),
        }
        matrices = {
            name: Matrix.of([[scores[pair] for pair in row] for row in grid], width.get(name, 1))
            for name, grid in self.grids.items()
        }
        return Judgement(
            statements=len(answer_of(self.record).statements) if self.record.shown else 0,
            claims=self.claims,
            without={place: scores[pair].verdict is Verdict.SUPPORTED for place, pair in self.without.items()},
            gold=self.gold,
            alternatives=self.alternatives,
            nuggets=self._nuggets(matrices["gold_answer"].rows()),
            **matrices,
        )

    def _nuggets(self, carried: NDArray[np.bool_]) -> tuple[bool, ...]:
        """A nugget is a few words and no claim; what can be judged is the gold claim in which it stands."""
        text = shown_text(self.record) if self.record.shown else ""
        return tuple(
            contains_nugget(text, nugget)
            or any(
                contains_nugget(claim, nugget)
                for claim, is_carried in zip(self.gold, carried, strict=True)
                if is_carried
            )
            for nugget in self.record.question.must_have
        )


def evidence_passages(record: Record) -> tuple[str, ...]:
    """The texts of the retrieved passages that claims are held against."""
    return tuple(passage.text for passage in record.passages[:EVIDENCE_DEPTH])


def real_quotes(record: Record) -> dict[int, str]:
    """Citation number -> its quote, or "" where the quote does not stand at its place in the document.

    A quote that nobody looked up is no evidence either.
    """
    facts = record.facts
    return {
        citation.number: citation.quote if position < len(facts) and facts[position].resolves else ""
        for position, citation in enumerate(answer_of(record).citations)
    }


def layout_of(record: Record) -> Layout:
    """The pairs of one record that was answered or refused."""
    claims = claims_of(answer_of(record)) if record.shown else ()
    passages = evidence_passages(record)
    quotes = real_quotes(record)
    groups = needed_together(record.question.gold, record.question.all_gold_needed)
    gold, alternatives = _gold_claims([[span.quote for span in group] for group in groups])
    nuggets = tuple(text for nugget in _all_nuggets(record) for text in alternatives_of(nugget))
    references = [tuple(span.quote for span in group) + nuggets for group in groups]
    statements = tuple(statement.text for statement in answer_of(record).statements) if record.shown else ()
    texts = [claim.text for claim in claims]
    grids = {
        "passages": _grid(texts, [(passage,) for passage in passages]),
        "quotes": _grid(texts, [_spans([quote]) for quote in quotes.values()]),
        "own": tuple((Pair(claim.text, _own_quotes(claim, quotes)),) for claim in claims),
        "together": _grid(texts, [_spans(quotes.values())]),
        "reference": _grid(texts, references),
        "gold_passages": _grid(gold, [(passage,) for passage in passages]),
        "gold_answer": _grid(gold, [statements]),
    }
    without = {
        (row, number): Pair(claim.text, _own_quotes(claim, quotes, leave_out=number))
        for row, claim in enumerate(claims)
        for number in dict.fromkeys(claim.citations)
        if len(set(claim.citations)) > 1
    }
    return Layout(record, claims, gold, alternatives, grids, without)


def _all_nuggets(record: Record) -> Iterator[str | tuple[str, ...]]:
    yield from record.question.must_have
    yield from record.question.nice_to_have


def _gold_claims(groups: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """The claims of all gold quotes, and which of them belong together."""
    gold: list[str] = []
    alternatives = []
    for group in groups:
        start = len(gold)
        gold.extend(claim for quote in group for claim in split_claims(quote))
        alternatives.append(tuple(range(start, len(gold))))
    return tuple(gold), tuple(alternatives)


def _grid(rows: Iterable[str], columns: Sequence[tuple[str, ...]]) -> Grid:
    return tuple(tuple(Pair(row, column) for column in columns) for row in rows)


def _spans(quotes: Iterable[str]) -> tuple[str, ...]:
    return tuple(quote for quote in quotes if quote)


def _own_quotes(claim: Claim, quotes: Mapping[int, str], leave_out: int | None = None) -> tuple[str, ...]:
    numbers = [number for number in dict.fromkeys(claim.citations) if number != leave_out]
    return _spans(quotes.get(number, "") for number in numbers)
