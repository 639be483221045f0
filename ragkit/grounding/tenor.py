"""What the evidence finds on the claim's subject, and whether the claim agrees.

The nearest sentence is often the question ("we asked whether ..."), and the answer stands elsewhere. So all
sentences count, by how much of the claim they hold; those that only ask or announce count little, those that conclude
count more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ragkit.grounding.alignment import Alignment, Array
from ragkit.grounding.polarity import word_list
from ragkit.grounding.words import Word

_ASKS = re.compile(
    r"\b(?:whether|aim(?:s|ed)?|objectives?|purpose|background|methods|hypothes\w+|unknown|unclear|"
    r"we (?:sought|aim|ask|investigate|examine|evaluate|assess|review)\w*|"
    r"to (?:determine|evaluate|assess|investigate|examine|explore|elucidate|compare|study|understand))\b",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\b(?:conclusions?|interpretation|results?|findings?|found|find|show(?:s|ed|n)?|demonstrat\w+|conclud\w+|observed|"
    r"indicat\w+|reveal\w+|report(?:s|ed)?|suggest\w*|confirm\w*|significant(?:ly)?|associated|recommend\w*)\b",
    re.IGNORECASE,
)
_NOTHING_FOUND = re.compile(
    r"\b(?:no|not|neither|never|without|nor|cannot|lack(?:s|ed)? of|fail(?:s|ed)? to|unable to|little)\b"
    r"(?:\W+\w+){0,4}?\W+"
    r"(?:significant\w*|association|associated|evidence|difference|differ|effect\w*|affect\w*|impact|benefit\w*|"
    r"relat\w+|link\w*|correlat\w+|reduc\w+|increas\w+|decreas\w+|improv\w+|prevent\w*|chang\w+|caus\w+|protect\w*|"
    r"lead|led|support\w*|show\w*|found|detect\w*|observed|transmi\w+|contain\w*|help\w*|work\w*|suffic\w+|"
    r"recommend\w*|appear\w*|play\w*|influenc\w+)\b|"
    r"\b(?:ineffective|insufficient|unrelated|unlikely|unaffected|unchanged|inconclusive|no longer|rarely|absence of|"
    r"nonsignificant|independent of|similar between|comparable)\b|n['’]t\b",
    re.IGNORECASE,
)
_ASKING_COUNTS, _CONCLUDING_COUNTS = 0.4, 1.4
_NEAREST_POWER = 4.0
_BEFORE, _AFTER, _NAMED = 4, 5, 3
_BY_VALUE, _SHARED_BEFORE = 0.6, 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """That something becomes more or less.

    Attributes:
        direction: 1 for more, -1 for less; turned round by a negation just before.
        after: the content words that follow: "reduces *mortality in adults*".
        before: those before: "*mortality* was reduced".
    """

    direction: int
    after: frozenset[str]
    before: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tenor:
    """What one sentence says.

    Attributes:
        nothing: whether it denies an effect or a finding.
        direction: 1 for more, -1 for less, 0 for neither or both; turned round where ``nothing``.
        effect: 1 where good things grow or bad ones shrink, -1 the other way round, 0 for no such statement; likewise.
        finding: 1 where it speaks of an effect, -1 where it denies one, else 0.
        counts: how much the sentence counts as a finding.
        changes: what becomes more or less.
    """

    nothing: bool
    direction: int
    effect: int
    finding: int
    counts: float
    changes: tuple[Change, ...]


def tenor_of(words: Sequence[Word]) -> Tenor:
    """The tenor of a sentence."""
    return _tenor(tuple(words))


@lru_cache(maxsize=8192)
def _tenor(words: tuple[Word, ...]) -> Tenor:
    text = " ".join(word.text for word in words)
    up, down, good, bad = (
        sum(word.stem in word_list(kind) for word in words) for kind in ("up", "down", "good", "bad")
    )
    nothing = bool(_NOTHING_FOUND.search(text))
    turn = -1 if nothing else 1
    direction, value = (up > down) - (up < down), (good > bad) - (good < bad)
    counts = (_ASKING_COUNTS if _ASKS.search(text) else 1.0) * (_CONCLUDING_COUNTS if _CONCLUDES.search(text) else 1.0)
    finding = -1 if nothing else int(bool(direction or value))
    return Tenor(nothing, turn * direction, turn * direction * value, finding, counts, _changes(words))


def _changes(words: tuple[Word, ...]) -> tuple[Change, ...]:
    up, down, negators = word_list("up"), word_list("down"), word_list("negators")
    signs = [(word.stem in up) - (word.stem in down) for word in words]
    found = []
    for place, sign in enumerate(signs):
        if sign:
            start = max(0, place - _BEFORE)
            before = [word for word, other in zip(words[start:place], signs[start:place], strict=True) if not other]
            end = place + 1 + _AFTER
            after = [
                word for word, other in zip(words[place + 1 : end], signs[place + 1 : end], strict=True) if not other
            ]
            found.append(
                Change(
                    -sign if any(word.stem in negators for word in before) else sign,
                    frozenset([word.stem for word in after if word.content][:_NAMED]),
                    frozenset([word.stem for word in before if word.content][-_NAMED:]),
                )
            )
    return tuple(found)


def tenor_features(alignment: Alignment) -> dict[str, float]:
    """How the claim's tenor lies to that of the evidence, sentences weighted by what they hold of the claim."""
    claim = tenor_of(alignment.claim)
    found = [tenor_of(sentence) for sentence in alignment.evidence.sentences]
    held = _held(alignment)
    weights = held**_NEAREST_POWER * np.array([tenor.counts for tenor in found])
    if not weights.sum():
        return {}
    weights = weights / weights.sum()

    def mean(values: Iterable[float]) -> float:
        return float(weights @ np.array(list(values), dtype=np.float64))

    nothing = mean(float(tenor.nothing) for tenor in found)
    return {
        "against_denied_here": (1 - nothing) if claim.nothing else 0.0,
        "against_denied_there": 0.0 if claim.nothing else nothing,
        "agree_finding": claim.finding * mean(tenor.finding for tenor in found),
        "agree_direction": claim.direction * mean(tenor.direction for tenor in found),
        "agree_effect": claim.effect * mean(tenor.effect for tenor in found),
        "agree_changes": mean(_agreement(claim.changes, tenor.changes) for tenor in found) if claim.changes else 0.0,
        "cover_local": float(held.max()),
    }


def _agreement(claimed: Sequence[Change], found: Sequence[Change]) -> float:
    """-1 to 1: whether what becomes more or less in the claim does so in the sentence, the mean over the claim's."""
    return sum(max((_same(one, other) for other in found), key=abs, default=0.0) for one in claimed) / len(claimed)


def _same(one: Change, other: Change) -> float:
    """Agreement of two changes: of the same thing, or else of things that are both good or bad."""
    turned = one.direction * other.direction
    if one.after & other.after:
        return float(turned)
    if _value(one) and _value(other):
        return _BY_VALUE * turned * _value(one) * _value(other)
    shared = len(one.before & other.before) + len(one.after & other.before) + len(one.before & other.after)
    return turned * min(1.0, _SHARED_BEFORE * shared)


def _value(change: Change) -> int:
    """1 where what changes is good, -1 where it is bad, 0 where that is not known."""
    for words in (change.after, change.before):
        good, bad = len(words & word_list("good")), len(words & word_list("bad"))
        if good != bad:
            return 1 if good > bad else -1
    return 0


def _held(alignment: Alignment) -> Array:
    """For each sentence the share of the claim it holds, words that stand in every sentence counting little."""
    sentences = alignment.soft.shape[1]
    spread = (alignment.soft > 0).sum(axis=1)
    weights = alignment.rarity * (np.log((2.0 + sentences) / (1.0 + spread)) + 0.2)
    return np.asarray(weights @ alignment.soft / weights.sum())
