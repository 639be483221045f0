"""The first rung: only the evidence's own words are supported."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.grounding.base import Pair, Score
from ragkit.grounding.checking import check_claim


class VerbatimScorer:
    """Supported: every line of the claim stands in the evidence, word for word. What it cannot decide is unsupported.

    Exact, so the probabilities are 1 and 0. It is the check that every statement of an answer goes through.
    """

    name = "verbatim"
    fingerprint = "verbatim-1"

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """One score for each pair, in order."""
        return [check_claim(pair.claim, pair.evidence) for pair in pairs]
