"""Scorers for the tests of the metrics: one that compares words, and ones that break."""

from collections.abc import Sequence

from ragkit.errors import GroundingError
from ragkit.evaluation.matching import contains
from ragkit.grounding.base import Pair, Score
from ragkit.grounding.verdict import Verdict


class WordForWord:
    """Supported is what stands in the evidence word for word, line by line; nothing is ever contradicted."""

    name = "word for word"
    fingerprint = "word for word 1"

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self.calls = 0

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        self.calls += 1
        self.pairs += pairs
        return [self._score(pair) for pair in pairs]

    def _score(self, pair: Pair) -> Score:
        lines = pair.claim.splitlines()
        if lines and all(any(contains(each, line) for each in pair.evidence) for line in lines):
            return Score(Verdict.SUPPORTED, 1.0)
        return Score(Verdict.UNSUPPORTED, 0.0)


class FailsOn(WordForWord):
    """Cannot judge pairs with a certain word in them; "" is in every pair."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        self.calls += 1
        if any(self.word in " ".join([pair.claim, *pair.evidence]) for pair in pairs):
            raise GroundingError("the server is gone")
        return [self._score(pair) for pair in pairs]


class Gives(WordForWord):
    """Gives one and the same list of scores, whatever it is asked."""

    def __init__(self, scores: list[Score]) -> None:
        super().__init__()
        self.scores = scores

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return self.scores
