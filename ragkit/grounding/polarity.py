"""Which way a text points: negation, direction, good and bad outcomes, certainty.

"Reduces mortality" and "increases survival" point the same way; "no evidence that it reduces mortality" does not. The
signs are multiplied as in Choi and Cardie 2008, "Learning with compositional semantics as structural inference for
subsentential sentiment analysis", section 3, over the words that claim and evidence do not share.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ragkit.grounding.words import Word, stem


@cache
def word_list(kind: str) -> frozenset[str]:
    """The stems of one kind: negators, up, down, bad, good, hedges or universals."""
    import yaml

    lists = yaml.safe_load((files("ragkit.grounding") / "models/leanings.yaml").read_text(encoding="utf-8"))
    return frozenset(stem(word) for word in lists[kind].split())


@dataclass(frozen=True, slots=True)
class Leaning:
    """What points which way in a run of words: how many words of each kind."""

    negations: int
    up: int
    down: int
    bad: int
    good: int
    hedges: int

    @property
    def sign(self) -> int:
        """1 or -1: the product of the signs, words of "more" and "good" being plus and all others minus."""
        return -1 if (self.negations + self.down + self.bad) % 2 else 1

    @property
    def direction(self) -> int:
        """1 where it says more than less, -1 the other way round, 0 for neither; negation turns it round."""
        balance = (self.up > self.down) - (self.up < self.down)
        return -balance if self.negations % 2 else balance


def leaning(words: Iterable[Word]) -> Leaning:
    """How the words lean."""
    stems = [word.stem for word in words]
    kinds = ("negators", "up", "down", "bad", "good", "hedges")
    return Leaning(*(sum(stemmed in word_list(kind) for stemmed in stems) for kind in kinds))
