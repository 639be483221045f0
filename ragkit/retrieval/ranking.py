"""The order of the candidates: a fused rank, moved by a few general features of the passage and its document.

The weights were fitted by ``benchmarks/retrieval_weights.py`` (softmax over a question's candidates, Cao et al. 2007,
"Learning to rank: from pairwise approach to listwise approach") on other questions than the ones that
``docs/measurements.md`` reports. One was raised by hand: a document that the question names by number comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from operator import attrgetter, mul


@dataclass(frozen=True)
class Features:
    """What is known of a candidate; every feature lies between -1 and 1.

    Attributes:
        lexical: 61 / (60 + rank) in the full-text search, 0 where it was not found there.
        dense: 61 / (60 + rank) in the vector search, 0 where it was not found there.
        words: 61 / (60 + rank) by the group BM25 of ``matching``.
        similarity: cosine similarity of question and passage.
        bm25: group BM25 as a share of the highest possible.
        coverage: weight of the question's terms that occur in the passage, its title or its section trail.
        heading: weight of the question's terms that occur in its title or section trail.
        line: weight of the question's terms that occur together in its best line or sentence.
        document: how strong the other candidates of the same document are, against the strongest document.
        named: 1 where the question names the document by its number; 0.5 for a part of a numbered series.
        population: 1 where heading, title or scope name the population asked for, -1 where they name another.
        form: whether the passage has the form of the kind of answer asked for.
    """

    lexical: float = 0.0
    dense: float = 0.0
    words: float = 0.0
    similarity: float = 0.0
    bm25: float = 0.0
    coverage: float = 0.0
    heading: float = 0.0
    line: float = 0.0
    document: float = 0.0
    named: float = 0.0
    population: float = 0.0
    form: float = 0.0


@dataclass(frozen=True)
class RankingWeights:
    """One weight a feature; ``lexical`` = ``dense`` = 1 and the rest 0 is plain reciprocal rank fusion."""

    lexical: float = 2.0
    dense: float = 2.65
    words: float = 1.75
    similarity: float = 5.5
    bm25: float = 3.2
    coverage: float = 4.4
    heading: float = 1.2
    line: float = 2.6
    document: float = 1.2
    named: float = 6.0
    population: float = 0.7
    form: float = 1.35

    def score(self, features: Features) -> float:
        """The weighted sum of the features, divided by the sum of the weights."""
        weighted: float = sum(map(mul, self._values, feature_values(features)))
        return weighted / self.total

    @cached_property
    def total(self) -> float:
        """Sum of the weights, so that scores of different settings can be compared."""
        return sum(self._values) or 1.0

    @cached_property
    def _values(self) -> tuple[float, ...]:
        return tuple(getattr(self, name) for name in FEATURE_NAMES)


DEFAULT_WEIGHTS = RankingWeights()
FEATURE_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Features))
feature_values: Callable[[Features], tuple[float, ...]] = attrgetter(*FEATURE_NAMES)


def document_strengths(values: Mapping[tuple[int, int], float], best_of: int = 3) -> dict[int, float]:
    """For every version: the sum of its ``best_of`` strongest candidates, divided by the strongest version's."""
    grouped: dict[int, list[float]] = {}
    for (version_key, _), value in values.items():
        grouped.setdefault(version_key, []).append(value)
    sums = {key: sum(sorted(found, reverse=True)[:best_of]) for key, found in grouped.items()}
    most = max(sums.values(), default=0.0)
    return {key: total / most for key, total in sums.items()} if most > 0 else dict.fromkeys(sums, 0.0)
