"""What a claim adds at its end: words that the evidence does not hold at all, where it holds everything before them."""

from __future__ import annotations

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.concepts import without_concepts
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.wording import content, stem, word_list

_LONG = 2
"""So many missing content words at the end are an addition; a single one is often another word for the same."""
_KNOWN = 2


def check(aligned: Aligned) -> RuleResult:
    """One conflict if the evidence holds the claim up to its last words and nothing of these."""
    result = RuleResult()
    ending, missing, known = added_ending(aligned)
    if len(ending) >= _LONG and len(ending) == missing and known >= _KNOWN:
        result.miss(Rule.ADDITION, f"the evidence says nothing of: {' '.join(ending[:6])}")
    return result


def added_ending(aligned: Aligned) -> tuple[list[str], int, int]:
    """The last content words of the claim that the evidence does not hold, how many it does not hold at all, and does.

    Quantities, medicines, routes and the like are left out: they have rules of their own.
    """
    held = content(aligned.evidence)
    bare = without_concepts(aligned.claim)
    carrying = content(bare)
    words = [word for word in word_list(bare) if stem(word) in carrying]
    known = [stem(word) in held for word in words]
    ending = words[len(words) - known[::-1].index(True) :] if any(known) else words
    return ending, known.count(False), known.count(True)
