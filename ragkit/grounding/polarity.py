"""Words that tell which way a text points: negation, direction, good and bad outcomes (models/leanings.yaml)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from ragkit.grounding.words import Word, stem


@cache
def word_list(kind: str) -> frozenset[str]:
    """The stems of one kind: negators, up, down, bad, good or universals."""
    import yaml

    lists = yaml.safe_load((files("ragkit.grounding") / "models/leanings.yaml").read_text(encoding="utf-8"))
    return frozenset(stem(word) for word in lists[kind].split())


def is_negated(words: Iterable[Word]) -> bool:
    """Whether a word of negation is among the words."""
    return any(word.stem in word_list("negators") for word in words)
