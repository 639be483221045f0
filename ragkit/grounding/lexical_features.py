"""The lexical features of a claim and its evidence: how much of it stands there, how closely, and what speaks against.

Every feature is a number that a person can recount with a pencil. Names that begin with ``cover`` say how much of the
claim the evidence holds; ``order`` and ``run``, how closely it follows its words; ``against``, what hints at the
opposite.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from ragkit.grounding import words as vocabulary
from ragkit.grounding.alignment import Alignment, Rarity, align
from ragkit.grounding.polarity import leaning, word_list
from ragkit.grounding.words import Word

_SURROUNDINGS = 3
_SUPERLATIVE = re.compile(r"(?:\w{3,}est|most|least|first|last)$")


def lexical_features(claim: str, evidence: tuple[str, ...], rarity: Rarity) -> dict[str, float]:
    """The features of one pair; all 0 where there is nothing to compare.

    Args:
        claim: one claim.
        evidence: the spans it is held against, together.
        rarity: how much a stem says (inverse document frequency).
    """
    alignment = align(claim, evidence, rarity)
    if not alignment.content or not alignment.evidence.sentences:
        return {}
    return {
        **_coverage(alignment),
        **_closeness(alignment),
        **_names_and_numbers(alignment),
        **_against(alignment),
    }


def _coverage(alignment: Alignment) -> dict[str, float]:
    first, pair = alignment.order[:1], alignment.order[:2]
    window = _best_window(alignment)
    missing = 1 - alignment.soft.max(axis=1)
    present = alignment.exact.max(axis=1)
    return {
        "cover_plain": float(present.mean()),
        "cover_rare": alignment.coverage(alignment.exact),
        "cover_soft": alignment.coverage(alignment.soft),
        "cover_best_sentence": alignment.coverage(alignment.exact, first),
        "cover_best_sentence_soft": alignment.coverage(alignment.soft, first),
        "cover_best_pair_soft": alignment.coverage(alignment.soft, pair),
        "cover_window_soft": alignment.coverage(alignment.soft, window),
        "cover_gain_of_pair": alignment.coverage(alignment.soft, pair) - alignment.coverage(alignment.soft, first),
        "cover_synonyms": alignment.coverage(alignment.soft) - alignment.coverage(alignment.exact),
        "missing_words": math.log1p(float((missing > 0.5).sum())),
        "missing_heaviest": float((missing * alignment.rarity).max()),
        "cover_complete": float(not (missing > 0.5).any()),
    }


def _best_window(alignment: Alignment) -> tuple[int, ...]:
    """The best sentence with the better one of its neighbours."""
    best = alignment.order[0]
    count = len(alignment.evidence.sentences)
    windows = [tuple(sorted({best, other})) for other in (best - 1, best + 1) if 0 <= other < count] or [(best,)]
    return max(windows, key=lambda window: alignment.coverage(alignment.soft, window))


def _closeness(alignment: Alignment) -> dict[str, float]:
    claim = [word.stem for word in alignment.claim]
    everything = {
        pair for sentence in alignment.evidence.sentences for pair in pairwise(word.stem for word in sentence)
    }
    triples = {
        triple
        for sentence in alignment.evidence.sentences
        for triple in zip(*(tuple(word.stem for word in sentence[start:]) for start in range(3)), strict=False)
    }
    best = [word.stem for word in alignment.best]
    own_pairs, own_triples = list(pairwise(claim)), list(zip(claim, claim[1:], claim[2:], strict=False))
    return {
        "order_pairs": _share(own_pairs, everything),
        "order_triples": _share(own_triples, triples),
        "order_subsequence": _common_subsequence(claim, best) / len(claim),
        "run_longest": _longest_run(claim, best) / len(claim),
        "order_content_subsequence": _content_subsequence(alignment),
    }


def _share(items: Sequence[object], held: Collection[object]) -> float:
    return sum(item in held for item in items) / len(items) if items else 0.0


def _content_subsequence(alignment: Alignment) -> float:
    claim = [word.stem for word in alignment.claim if word.content]
    best = [word.stem for word in alignment.best if word.content]
    return _common_subsequence(claim, best) / len(claim) if claim else 0.0


def _common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for left in one:
        previous = 0
        for index, right in enumerate(other, 1):
            previous, row[index] = row[index], previous + 1 if left == right else max(row[index], row[index - 1])
    return row[-1]


def _longest_run(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest run of words that stands in both."""
    longest, row = 0, [0] * (len(other) + 1)
    for left in one:
        previous = 0
        for index, right in enumerate(other, 1):
            previous, row[index] = row[index], previous + 1 if left == right else 0
            longest = max(longest, row[index])
    return longest


def _names_and_numbers(alignment: Alignment) -> dict[str, float]:
    stems = alignment.evidence.where
    best = {word.stem for word in alignment.best}
    numbers = [word for word in alignment.content if word.is_number]
    names = [word for word in alignment.claim[1:] if word.text[0].isupper() and word.content]
    lost_numbers = [word for word in numbers if word.stem not in stems]
    lost_names = [word for word in names if word.stem not in stems]
    return {
        "numbers_missing": float(bool(lost_numbers)),
        "numbers_missing_share": len(lost_numbers) / len(numbers) if numbers else 0.0,
        "numbers_elsewhere": float(any(word.stem in stems and word.stem not in best for word in numbers)),
        "names_missing": float(bool(lost_names)),
        "names_missing_share": len(lost_names) / len(names) if names else 0.0,
    }


def _surroundings(alignment: Alignment) -> tuple[Word, ...]:
    """The part of the best sentence around the words it shares with the claim."""
    claim = {word.stem for word in alignment.content}
    places = [place for place, word in enumerate(alignment.best) if word.stem in claim]
    if not places:
        return alignment.best
    return alignment.best[max(0, places[0] - _SURROUNDINGS) : places[-1] + _SURROUNDINGS + 1]


def _against(alignment: Alignment) -> dict[str, float]:
    near = _surroundings(alignment)
    claim_stems = {word.stem for word in alignment.claim}
    near_stems = {word.stem for word in near}
    own, other = leaning(alignment.claim), leaning(near)
    own_rest = leaning(word for word in alignment.claim if word.stem not in near_stems)
    other_rest = leaning(word for word in near if word.stem not in claim_stems)
    opposites = _opposites(alignment.content, near_stems, claim_stems)
    anywhere = _opposites(alignment.content, set(alignment.evidence.where), claim_stems)
    return {
        "against_negation": float(bool(own.negations % 2) != bool(other.negations % 2)),
        "against_negation_claim": float(own.negations > 0 and not other.negations),
        "against_negation_evidence": float(other.negations > 0 and not own.negations),
        "negated_both": float(own.negations > 0 and other.negations > 0),
        "negated_claim": float(own.negations > 0),
        "against_direction": float(own.direction * other.direction < 0),
        "same_direction": float(own.direction * other.direction > 0),
        "against_direction_rest": float(own_rest.direction * other_rest.direction < 0),
        "against_sign_rest": float(own_rest.sign != other_rest.sign),
        "against_opposites": float(min(opposites, 2)),
        "against_opposites_anywhere": float(min(anywhere, 2)),
        "against_hedged_evidence": float(other.hedges > 0 and not own.hedges),
        "hedged_claim": float(own.hedges > 0),
        "against_universal": float(
            any(word.stem in word_list("universals") and word.stem not in near_stems for word in alignment.claim)
        ),
        "against_superlative": float(
            any(_SUPERLATIVE.match(word.text.lower()) and word.stem not in near_stems for word in alignment.claim)
        ),
        "against_direction_missing": float(
            any(
                word.stem in word_list("up") | word_list("down") and word.stem not in alignment.evidence.where
                for word in alignment.content
            )
        ),
        "against_filler": _fillers(alignment),
    }


def _opposites(content: Sequence[Word], held: set[str], claim: set[str]) -> int:
    """How many words of the claim are missing while their opposite stands there and not in the claim."""
    return sum(
        word.stem not in held and any(other in held and other not in claim for other in vocabulary.antonyms(word.stem))
        for word in content
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
