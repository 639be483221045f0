"""The plain baseline that a scorer has to beat: which share of the claim's content words stands in the evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.grounding.base import Pair, Score
from ragkit.grounding.verdict import Verdict
from ragkit.grounding.words import STOP_WORDS

_WORD = re.compile(r"[a-z0-9]+")


class CoverageScorer:
    """Support = share of the claim's distinct content words that stand in the evidence, as they are.

    Args:
        threshold: from which share on a claim is called supported.
    """

    name = "coverage"

    def __init__(self, threshold: float = 0.5) -> None:
        self.threshold = threshold

    @property
    def fingerprint(self) -> str:
        """Changes with the threshold."""
        return f"coverage-1-{self.threshold}"

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """One score for each pair, in order."""
        shares = [coverage(pair) for pair in pairs]
        return [Score(Verdict.SUPPORTED if share >= self.threshold else Verdict.UNSUPPORTED, share) for share in shares]


def coverage(pair: Pair) -> float:
    """Share of the claim's distinct content words (all words, where it has none) that the evidence holds, 0..1.

    >>> coverage(Pair("The pump is checked daily.", ("Check the pump daily.",)))
    0.6666666666666666
    """
    words = set(_WORD.findall(pair.claim.lower()))
    wanted = words - STOP_WORDS or words
    held = {word for span in pair.evidence for word in _WORD.findall(span.lower())}
    return len(wanted & held) / len(wanted) if wanted else 0.0
