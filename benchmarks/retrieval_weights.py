"""Fits the weights of ``ragkit.retrieval.ranking``, and says what they are worth on questions they were not fitted on.

    python benchmarks/retrieval_weights.py DOCUMENTS_DIR QUESTIONS.jsonl... [--cache DIR]

Input as for ``retrieval_quality.py``; use other questions than the ones you measure on. The likelihood of a hit under a
softmax over each question's candidates is maximised (ListNet's top-one loss: Cao et al., ICML 2007) with weights that
are not negative and a little L2. Five folds tell what the fit is worth on questions it has not seen.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from retrieval_quality import Methods, Question, build, is_hit, read_questions
from scipy.optimize import minimize

from ragkit.embedding.factory import build_embedder
from ragkit.retrieval.ranking import DEFAULT_WEIGHTS, FEATURE_NAMES, RankingWeights, feature_values
from ragkit.retrieval.retriever import Retriever
from ragkit.settings import Settings

REGULARISATION = 0.001
FOLDS = 5

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One question's candidates: features (n, features), which are hits, and which source each is of."""

    features: Values
    hits: NDArray[np.bool_]
    sources: tuple[str, ...]


def case_of(question: Question, retriever: Retriever, methods: Methods) -> Case:
    scope = methods.scope(question.site)
    candidates = retriever.candidates(retriever.understand(question.text, scope), scope)
    return Case(
        np.array([feature_values(each.features) for each in candidates], dtype=np.float64),
        np.array([is_hit(question, each.row.source, each.chunk.text) for each in candidates]),
        tuple(each.row.source for each in candidates),
    )


def rank_of_hit(case: Case, weights: Values, per_source: int = 4, depth: int = 20) -> int | None:
    if not case.hits.any():
        return None
    taken: dict[str, int] = defaultdict(int)
    rank = 0
    for at in np.argsort(-(case.features @ weights), kind="stable"):
        source = case.sources[at]
        if taken[source] >= per_source:
            continue
        taken[source] += 1
        rank += 1
        if rank > depth:
            return None
        if case.hits[at]:
            return rank
    return None


def figures(cases: Sequence[Case], weights: Values) -> tuple[float, float]:
    """hit@5 and MRR."""
    ranks = [rank_of_hit(case, weights) for case in cases]
    found = [rank for rank in ranks if rank is not None]
    return sum(rank <= 5 for rank in found) / len(cases), sum(1 / rank for rank in found) / len(cases)


def loss(weights: Values, cases: Sequence[Case]) -> tuple[float, Values]:
    """Mean negative log-likelihood of a hit, and its gradient."""
    value, gradient = 0.0, np.zeros_like(weights)
    for case in cases:
        scores = case.features @ weights
        shares = np.exp(scores - scores.max())
        of_hits = shares[case.hits]
        value -= float(np.log(of_hits.sum() / shares.sum()))
        gradient += shares @ case.features / shares.sum() - of_hits @ case.features[case.hits] / of_hits.sum()
    penalty = REGULARISATION * float(weights @ weights)
    return value / len(cases) + penalty, gradient / len(cases) + 2 * REGULARISATION * weights


def fitted(cases: Sequence[Case]) -> Values:
    usable = [case for case in cases if case.hits.any()]
    start = np.ones(len(FEATURE_NAMES))
    bounds = [(0.0, None)] * len(FEATURE_NAMES)
    return np.asarray(minimize(loss, start, args=(usable,), jac=True, bounds=bounds, method="L-BFGS-B").x)


def cross_validated(cases: Sequence[Case]) -> tuple[float, float]:
    """hit@5 and MRR on unseen folds."""
    order = np.random.default_rng(7).permutation(len(cases))
    results = []
    for fold in range(FOLDS):
        test = [cases[at] for at in order[fold::FOLDS]]
        train = [cases[at] for position, at in enumerate(order) if position % FOLDS != fold]
        results.append(figures(test, fitted(train)))
    return float(np.mean([hit for hit, _ in results])), float(np.mean([mrr for _, mrr in results]))


def vector(weights: RankingWeights) -> Values:
    return np.array([getattr(weights, name) for name in FEATURE_NAMES])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir(), "retrieval_weights.kb"))
    arguments = parser.parse_args()
    settings = Settings()
    embedder = build_embedder(settings)
    questions = read_questions(arguments.questions)
    store = build(arguments.cache, arguments.documents, {each.site for each in questions}, embedder, settings)
    methods = Methods(store, embedder, settings)
    retriever = Retriever(store, embedder, settings)
    cases = [case_of(question, retriever, methods) for question in questions]
    now = vector(DEFAULT_WEIGHTS)
    reachable = sum(bool(case.hits.any()) for case in cases) / len(cases)
    print(f"{len(cases)} questions; a hit is among the candidates of {reachable:.3f}")
    print("                        hit@5 MRR")
    print("weights in use          {:.3f} {:.3f}".format(*figures(cases, now)))
    print("fitted, unseen folds    {:.3f} {:.3f}".format(*cross_validated(cases)))
    weights = fitted(cases)
    print("fitted on all           {:.3f} {:.3f}".format(*figures(cases, weights)))
    for name, before, after in zip(FEATURE_NAMES, now, weights, strict=True):
        without = now.copy()
        without[FEATURE_NAMES.index(name)] = 0.0
        hit, mrr = figures(cases, without)
        print(f"  {name:12} in use {before:5.2f}, fitted {after:5.2f}; in use without it {hit:.3f} {mrr:.3f}")


if __name__ == "__main__":
    main()
