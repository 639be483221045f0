"""What the small models say of the lines that search brought: does this line answer, do these lines together.

The judgements are signals among others: the line ranking and the abstention model weigh them, with weights fitted for
that (``models/line_ranking_judged.json``, ``models/abstention_judged.json``). No judgement outvotes a guard.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ragkit.answering.answer import LinesJudged
from ragkit.answering.candidates import judged_ranking_weights, weigh
from ragkit.answering.judged_line import judged_evidence, judged_line
from ragkit.answering.scoring import Candidate
from ragkit.answering.selection import Selection
from ragkit.answering.units import UnitKind
from ragkit.cross_encoder.base import CrossEncoder

LINES_JUDGED = 24
"""So many of the best lines are judged; the others keep their place behind them."""
LARGEST_LOGIT = 6.0
RELEVANCE = "relevance"


@dataclass(frozen=True)
class Judge:
    """Asks the small models.

    Attributes:
        model: the cross-encoder.
        seconds: how long judging the lines of one question may take; None for as long as it takes.
    """

    model: CrossEncoder
    seconds: float | None = None

    def lines(
        self, question: str, candidates: Sequence[Candidate], weights: Mapping[str, float] | None = None
    ) -> tuple[list[Candidate], LinesJudged]:
        """The candidates with the relevance of each as a signal, ordered anew, and how many were judged.

        Args:
            question: as it is searched.
            candidates: scored without the judgement, best first.
            weights: weights of the signals; the published ones by default.
        """
        chosen = [each for each in candidates if each.unit.kind is not UnitKind.HEADING][:LINES_JUDGED]
        found = self.model.relevance(question, [judged_line(each) for each in chosen], seconds=self.seconds)
        logits = {
            id(each): logit(probability)
            for each, probability in zip(chosen, found.probabilities, strict=True)
            if probability is not None
        }
        least = min(logits.values(), default=0.0)
        weights = judged_ranking_weights() if weights is None else weights
        again = []
        for candidate in candidates:
            features = {**candidate.features, RELEVANCE: logits.get(id(candidate), least)}
            again.append(replace(candidate, features=features, score=weigh(features, weights)))
        again.sort(key=lambda candidate: -candidate.score)
        return again, LinesJudged(model=self.model.fingerprint, asked=len(chosen), judged=found.judged)

    def evidence(self, question: str, candidates: Sequence[Candidate], selection: Selection) -> dict[str, float]:
        """Signals for the decision whether to answer, from lines that were judged.

        Args:
            question: as it is searched.
            candidates: from ``lines``, best first.
            selection: what would be shown.
        """
        answers = self.model.answerability(question, judged_evidence(selection.candidates, candidates))
        shown = [candidate.features[RELEVANCE] for candidate in selection.candidates]
        return {
            "judged_answerability": logit(answers) / LARGEST_LOGIT,
            "judged_shown": max(shown) / LARGEST_LOGIT,
            "judged_best": max(candidate.features[RELEVANCE] for candidate in candidates) / LARGEST_LOGIT,
        }


def logit(probability: float) -> float:
    """log(p / (1 - p)), held between -6 and 6."""
    inside = min(max(probability, 1e-9), 1 - 1e-9)
    return max(-LARGEST_LOGIT, min(LARGEST_LOGIT, math.log(inside / (1 - inside))))
