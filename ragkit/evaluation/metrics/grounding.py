"""Grounding of the answer in what was retrieved, and its agreement with the gold, claim by claim.

The definitions are RAGChecker's (Ru et al. 2024, section 3.3); ``matrices`` says what its claims and chunks are here. A
claim is *carried by the evidence* if one retrieved passage, or the answer's own quotes together, carry it. A quote that
does not stand in its document is no evidence.

Where our formula differs, the docstring says so. Refusals, empty answers and errors follow ``metrics.base``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragkit.evaluation.metrics.base import Family, Metric
from ragkit.evaluation.metrics.convention import (
    Measure,
    must_answer,
    of_what_is_needed,
    of_what_is_shown,
    worst_where_not_judged,
)
from ragkit.evaluation.metrics.matrices import Judgement, Judgements

Judged = Callable[[Judgement], float | None]


def carried_by_evidence(judgement: Judgement) -> NDArray[np.bool_]:
    """(claims,), whether a passage or the answer's quotes carry the claim.

    >>> from ragkit.evaluation.metrics import toy
    >>> judged = toy.judgement([(1,), (1,)], passages=[[0, 0.9], [0, 0]], quotes=[[0], [0.2]])
    >>> carried_by_evidence(judged).tolist()
    [True, False]
    """
    quoted = np.logical_or(judgement.together.rows(), judgement.own.rows())
    return np.asarray(np.logical_or(judgement.passages.rows(), quoted), dtype=np.bool_)


def _share(hits: NDArray[np.bool_]) -> float:
    """The share of true ones; 0 for an answer without a claim, which claims nothing and is no success."""
    return float(hits.mean()) if hits.size else 0.0


def faithfulness(judgement: Judgement) -> float:
    """Share of the answer's claims that the evidence carries (Ru et al. 2024, section 3.3.3).

    RAGChecker's evidence is the chunks alone; here also what the answer quotes, which may be longer than a passage.

    >>> from ragkit.evaluation.metrics import toy
    >>> faithfulness(toy.judgement([(1,), (1,)], passages=[[0.9, 0.1], [0.2, 0.3]]))
    0.5
    """
    return _share(carried_by_evidence(judgement))


def graded_faithfulness(judgement: Judgement) -> float:
    """Mean over the claims of the highest probability with which any evidence carries the claim.

    The graded matrix in place of the boolean one: it sees a loss that no verdict shows yet.

    >>> from ragkit.evaluation.metrics import toy
    >>> round(graded_faithfulness(toy.judgement([(1,), (1,)], passages=[[0.9, 0.1], [0.2, 0.3]])), 2)
    0.6
    """
    graded = np.hstack([judgement.passages.support, judgement.together.support, judgement.own.support])
    return float(graded.max(axis=1).mean()) if len(judgement.claims) else 0.0


def groundedness(judgement: Judgement) -> float:
    """Share of the answer's claims that the quotes cited for them carry, taken together.

    One judgement for each claim, as in the human-labelled sets that measure a scorer's error. So it is this share that
    can be corrected for that error; in ``faithfulness`` a claim has many chances to be called supported wrongly.

    >>> from ragkit.evaluation.metrics import toy
    >>> groundedness(toy.judgement([(1,), (2,)], passages=[[1], [1]], quotes=[[1, 0], [1, 0]], own=[1, 0]))
    0.5
    """
    return _share(judgement.own.rows())


def contradiction(judgement: Judgement) -> float:
    """Share of the claims that the quotes cited for them contradict: a changed number, a lost "not".

    >>> from ragkit.evaluation.metrics import toy
    >>> contradiction(toy.judgement([(1,), (1,)], quotes=[[1.0], [-1.0]], own=[1.0, -1.0]))
    0.5
    """
    return _share(judgement.own.contradicted[:, 0]) if judgement.claims else 1.0


def hallucination(judgement: Judgement) -> float:
    """Share of the claims that neither the evidence nor the gold carries (Ru et al. 2024, section 3.3.3).

    >>> from ragkit.evaluation.metrics import toy
    >>> judged = toy.judgement([(1,), (1,), (1,), (1,)], passages=[[0.9], [0.1], [0.1], [0.9]], reference=[0, 0, 1, 1])
    >>> hallucination(judged)
    0.25
    """
    made_up = ~carried_by_evidence(judgement) & ~judgement.reference.rows()
    return _share(made_up) if judgement.claims else 1.0


def self_knowledge(judgement: Judgement) -> float:
    """Share of the claims that are right by the gold and that no evidence carries (Ru et al. 2024, section 3.3.3).

    What a language model knew by itself. Right or not, a member of staff cannot check it: lower is better here.

    >>> from ragkit.evaluation.metrics import toy
    >>> self_knowledge(toy.judgement([(1,), (1,)], passages=[[0.9], [0.1]], reference=[1, 1]))
    0.5
    """
    return _share(~carried_by_evidence(judgement) & judgement.reference.rows()) if judgement.claims else 1.0


def precision(judgement: Judgement) -> float:
    """Share of the answer's claims that the gold carries (Ru et al. 2024, section 3.3.1).

    An answer that quotes the whole section where the gold is one sentence of it has a low precision and is not wrong.

    >>> from ragkit.evaluation.metrics import toy
    >>> precision(toy.judgement([(1,), (1,)], reference=[1, 0]))
    0.5
    """
    return _share(judgement.reference.rows())


def recall(judgement: Judgement) -> float:
    """Share of the gold claims that the answer carries, for the best alternative (Ru et al. 2024, section 3.3.1).

    >>> from ragkit.evaluation.metrics import toy
    >>> recall(toy.judgement(gold_answer=[1, 0, 0, 1]))
    0.5
    """
    return _best(judgement, judgement.gold_answer.rows())


def claim_recall(judgement: Judgement) -> float:
    """Share of the gold claims that a retrieved passage carries, for the best alternative (ibid., section 3.3.2).

    A matter of the search: it does not look at the answer, and applies to a refusal too. 0 where nothing was retrieved.

    >>> from ragkit.evaluation.metrics import toy
    >>> claim_recall(toy.judgement(gold_passages=[[0, 1], [0, 0]]))
    0.5
    """
    return _best(judgement, judgement.gold_passages.rows())


def _best(judgement: Judgement, carried: NDArray[np.bool_]) -> float:
    return max((_share(carried[list(group)]) for group in judgement.alternatives), default=0.0)


def _relevant_passages(judgement: Judgement) -> NDArray[np.bool_]:
    """(passages,), whether a passage carries any gold claim."""
    return judgement.gold_passages.columns()


def context_precision(judgement: Judgement) -> float:
    """Share of the retrieved passages that carry any gold claim (Ru et al. 2024, section 3.3.2).

    A matter of the search, as ``claim_recall``. 0 where nothing was retrieved.

    >>> from ragkit.evaluation.metrics import toy
    >>> context_precision(toy.judgement(gold_passages=[[0, 1, 0, 0]]))
    0.25
    """
    return _share(_relevant_passages(judgement))


def context_utilisation(judgement: Judgement) -> float | None:
    """Of the gold claims that a passage carries, the share that the answer carries (ibid., section 3.3.3).

    None where no passage carries any: there was nothing to use, and ``claim_recall`` is 0 already.

    >>> from ragkit.evaluation.metrics import toy
    >>> context_utilisation(toy.judgement(gold_passages=[[1], [1], [0]], gold_answer=[1, 0, 1]))
    0.5
    """
    retrieved, answered = judgement.gold_passages.rows(), judgement.gold_answer.rows()
    shares = [
        _share(answered[list(group)][retrieved[list(group)]])
        for group in judgement.alternatives
        if retrieved[list(group)].any()
    ]
    return max(shares, default=None)


def relevant_noise(judgement: Judgement) -> float:
    """Share of the claims that the gold does not carry and a relevant passage does (ibid., section 3.3.3).

    What the answer shows from the right place beyond what was asked.

    >>> from ragkit.evaluation.metrics import toy
    >>> relevant_noise(toy.judgement([(1,), (1,)], passages=[[1, 0], [0, 1]], reference=[0, 0], gold_passages=[[1, 0]]))
    0.5
    """
    return _noise(judgement, _relevant_passages(judgement))


def irrelevant_noise(judgement: Judgement) -> float:
    """Share of the claims that the gold does not carry and a passage that is not relevant does (ibid., section 3.3.3).

    What the answer shows from the wrong place.

    >>> from ragkit.evaluation.metrics import toy
    >>> passages = [[0, 1], [0, 1]]
    >>> irrelevant_noise(toy.judgement([(1,), (1,)], passages=passages, reference=[0, 1], gold_passages=[[1, 0]]))
    0.5
    """
    return _noise(judgement, ~_relevant_passages(judgement))


def _noise(judgement: Judgement, columns: NDArray[np.bool_]) -> float:
    noisy = ~judgement.reference.rows() & judgement.passages.supported[:, columns].any(axis=1)
    return _share(noisy) if judgement.claims else 1.0


def grounding_metrics(judgements: Judgements) -> tuple[Metric, ...]:
    """All of them, for the judgements of one run.

    >>> [metric.name for metric in grounding_metrics(Judgements())][:2]
    ['grounding.faithfulness', 'grounding.faithfulness_graded']
    """
    of = _Builder(judgements)
    return (
        of.shown("faithfulness", "Faithfulness", "Share of the claims that the evidence carries.", faithfulness),
        of.shown("faithfulness_graded", "Faithfulness, graded", "Mean probability that the evidence carries a claim.",
              graded_faithfulness),
        of.shown("groundedness", "Groundedness", "Share of the claims that their own quotes carry.", groundedness),
        of.shown("contradiction", "Contradicted claims", "Share of the claims that their own quotes contradict.",
              contradiction, 1.0),
        of.shown("hallucination", "Hallucination", "Share of the claims that neither evidence nor gold carries.",
              hallucination, 1.0),
        of.shown("precision", "Claim precision", "Share of the claims that the gold carries.", precision, gold=True),
        of.needed("recall", "Gold claims in the answer", "Share of the gold claims that the answer carries.", recall),
        of.searched("claim_recall", "Claim recall", "Share of the gold claims that a retrieved passage carries.",
                 claim_recall),
        of.searched("context_precision", "Context precision", "Share of the passages that carry a gold claim.",
                 context_precision),
        of.needed("context_utilisation", "Context utilisation", "Of the gold claims retrieved, the share answered.",
               context_utilisation),
        of.shown("noise_relevant", "Noise from relevant passages",
              "Share of the claims beyond the gold, from passages that carry gold.", relevant_noise, 1.0, gold=True),
        of.shown("noise_irrelevant", "Noise from other passages",
              "Share of the claims beyond the gold, from passages that carry none.", irrelevant_noise, 1.0, gold=True),
        of.shown("self_knowledge", "Self-knowledge", "Share of the claims that are right and stand in no evidence.",
              self_knowledge, 1.0, gold=True),
    )  # fmt: skip


@dataclass(frozen=True)
class _Builder:
    """Makes the metrics of one run."""

    judgements: Judgements

    def shown(
        self, name: str, title: str, definition: str, function: Judged, worst: float = 0.0, gold: bool = False
    ) -> Metric:
        """Of what is shown; with ``gold`` only for questions that have some."""
        measure = of_what_is_shown(self._of_judgement(function), worst)
        return self._metric(name, title, definition, _only_with_gold(measure) if gold else measure, worst, gold)

    def needed(self, name: str, title: str, definition: str, function: Judged) -> Metric:
        """Of what has to be shown."""
        return self._metric(name, title, definition, of_what_is_needed(self._of_judgement(function)), 0.0, True)

    def searched(self, name: str, title: str, definition: str, function: Judged) -> Metric:
        """Of what was retrieved, whatever became of it."""
        return self._metric(name, title, definition, _only_with_gold(self._of_judgement(function)), 0.0, True)

    def _of_judgement(self, function: Judged) -> Measure:
        return lambda record: function(self.judgements.by_key[record.key])

    def _metric(self, name: str, title: str, definition: str, measure: Measure, worst: float, gold: bool) -> Metric:
        metric = Metric(
            name=f"grounding.{name}",
            family=Family.GROUNDING,
            title=title,
            definition=definition,
            measure=measure,
            applies=must_answer if gold else lambda record: True,
            higher_is_better=worst == 0.0,
            worst=worst,
        )
        return worst_where_not_judged(metric, self.judgements.errors)


def _only_with_gold(measure: Measure) -> Measure:
    return lambda record: measure(record) if must_answer(record) else None
