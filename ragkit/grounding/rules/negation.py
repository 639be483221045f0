"""A negation that the evidence does not have, or one that the claim lost."""

from __future__ import annotations

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.polarity import Negation, negations
from ragkit.grounding.rules.wording import content

_ALIKE = 0.4


def check(aligned: Aligned) -> RuleResult:
    """Compares what the claim denies with what the nearest sentences deny, word by word."""
    result = RuleResult()
    if aligned.coverage < _ALIKE:
        return result
    ours = negations(aligned.claim)
    theirs = [negation for line in aligned.near for negation in negations(line)]
    denied = frozenset(word for negation in theirs for word in negation.scope)
    for negation in ours:
        shared = negation.scope & content(aligned.best)
        if negation.scope & denied:
            result.agree(Rule.NEGATION)
        elif _much(shared, negation) and not theirs:
            result.contradict(Rule.NEGATION, f"denied here, affirmed in the evidence: {_show(shared)}")
    if ours:
        return result
    words = content(aligned.claim)
    for negation in negations(aligned.best):
        shared = negation.scope & words
        if _much(shared, negation) and not _affirmed_elsewhere(aligned, shared):
            result.contradict(Rule.NEGATION, f"affirmed here, denied in the evidence: {_show(shared)}")
    return result


def _much(shared: frozenset[str], negation: Negation) -> bool:
    return bool(shared) and 2 * len(shared) >= len(negation.scope)


def _affirmed_elsewhere(aligned: Aligned, shared: frozenset[str]) -> bool:
    """Whether a sentence about as near says the same words without a negation."""
    return any(
        shared <= content(line) and not any(negation.scope & shared for negation in negations(line))
        for line in aligned.near[1:]
    )


def _show(words: frozenset[str]) -> str:
    return ", ".join(sorted(words)[:4])
