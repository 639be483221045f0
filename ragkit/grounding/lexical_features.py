"""The lexical features of a claim and its evidence: how much of it stands there, how closely, and what speaks against.

Every feature is a number that a person can recount with a pencil. Two groups go into two models: ``SAID`` says whether
the evidence speaks of what is claimed at all, ``OPPOSED`` whether something in it speaks against the claim. Names that
begin with ``cover``, ``order`` or ``agree`` can only speak for a claim; ``missing``, ``numbers_missing`` and
``against`` only against it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from ragkit.grounding import words as vocabulary
from ragkit.grounding.alignment import Alignment, Rarity, align
from ragkit.grounding.polarity import is_negated, word_list
from ragkit.grounding.tenor import tenor_features
from ragkit.grounding.words import Word

SAID = (
    "cover_plain",
    "cover_rare",
    "cover_soft",
    "cover_best_pair",
    "cover_local",
    "missing_words",
    "missing_heaviest",
    "numbers_missing",
    "order_pairs",
)
OPPOSED = (
    "against_denied_here",
    "against_denied_there",
    "against_filler",
    "against_negation_claim",
    "against_negation_evidence",
    "against_opposites",
    "against_superlative",
    "against_universal",
    "agree_changes",
    "agree_direction",
    "agree_effect",
    "agree_finding",
)
_SURROUNDINGS = 3
_SUPERLATIVE = re.compile(r"(?:\w{3,}est|most|least|first|last)$")


def lexical_features(claim: str, evidence: tuple[str, ...], rarity: Rarity) -> dict[str, float]:
    """The features of one pair, ``SAID`` and ``OPPOSED``; empty where there is nothing to compare.

    Args:
        claim: one claim.
        evidence: the spans it is held against, together.
        rarity: how much a stem says (inverse document frequency).
    """
    alignment = align(claim, evidence, rarity)
    if not alignment.content or not alignment.evidence.sentences:
        return {}
    return {**_said(alignment), **_against(alignment), **tenor_features(alignment)}


def _said(alignment: Alignment) -> dict[str, float]:
    missing = 1 - alignment.soft.max(axis=1)
    claim = [word.stem for word in alignment.claim]
    held = {pair for sentence in alignment.evidence.sentences for pair in pairwise(word.stem for word in sentence)}
    numbers = [word for word in alignment.content if word.is_number]
    return {
        "cover_plain": float(alignment.exact.max(axis=1).mean()),
        "cover_rare": alignment.coverage(alignment.exact),
        "cover_soft": alignment.coverage(alignment.soft),
        "cover_best_pair": alignment.coverage(alignment.soft, alignment.order[:2]),
        "missing_words": math.log1p(float((missing > 0.5).sum())),
        "missing_heaviest": float((missing * alignment.rarity).max()),
        "numbers_missing": float(any(word.stem not in alignment.evidence.where for word in numbers)),
        "order_pairs": _share(list(pairwise(claim)), held),
    }


def _share(items: Sequence[object], held: Collection[object]) -> float:
    return sum(item in held for item in items) / len(items) if items else 0.0


def _surroundings(alignment: Alignment) -> tuple[Word, ...]:
    """The part of the best sentence around the words it shares with the claim."""
    claim = {word.stem for word in alignment.content}
    places = [place for place, word in enumerate(alignment.best) if word.stem in claim]
    if not places:
        return alignment.best
    return alignment.best[max(0, places[0] - _SURROUNDINGS) : places[-1] + _SURROUNDINGS + 1]


def _against(alignment: Alignment) -> dict[str, float]:
    near = _surroundings(alignment)
    here = {word.stem for word in near}
    own, other = is_negated(alignment.claim), is_negated(near)
    new = [word for word in alignment.claim if word.stem not in here]
    return {
        "against_negation_claim": float(own and not other),
        "against_negation_evidence": float(other and not own),
        "against_opposites": float(min(_opposites(alignment, here), 2)),
        "against_universal": float(any(word.stem in word_list("universals") for word in new)),
        "against_superlative": float(any(_SUPERLATIVE.match(word.text.lower()) for word in new)),
        "against_filler": _fillers(alignment),
    }


def _opposites(alignment: Alignment, here: set[str]) -> int:
    """How many words of the claim are missing while their opposite stands there and not in the claim."""
    claim = {word.stem for word in alignment.claim}
    return sum(
        word.stem not in here and any(other in here and other not in claim for other in vocabulary.antonyms(word.stem))
        for word in alignment.content
    )


def _fillers(alignment: Alignment) -> float:
    """Share of the claim's missing words in whose place the best sentence has another word.

    "The pump is kept for 24 hours" against "the pump is kept for 48 hours": both neighbours stand there side by side
    with something else between them.
    """
    best = [word.stem for word in alignment.best]
    claim = [word.stem for word in alignment.claim]
    between = {(left, right) for left, _, right in zip(best, best[1:], best[2:], strict=False)}
    before = set(best[:-1])
    missing = [place for place, word in enumerate(alignment.claim) if word.content and word.stem not in best]
    if not missing:
        return 0.0
    swapped = sum(
        (0 < place < len(claim) - 1 and (claim[place - 1], claim[place + 1]) in between)
        or (place == len(claim) - 1 and claim[place - 1] in before)
        for place in missing
    )
    return swapped / len(missing)
