"""A negation that the evidence does not have, or one that the claim lost."""

from __future__ import annotations

import re

from ragkit.grounding.rules.aligning import Aligned, nearest
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.polarity import Negation, hints_at_negation, negations
from ragkit.grounding.rules.wording import content

_ALIKE = 0.5
"""Share of the words of a negated clause that the other side must hold for the two to speak of the same thing."""
_CONDITIONAL = re.compile(r"\b(?:unless|except\w*|until|without|other than|only)\b", re.IGNORECASE)


def check(aligned: Aligned) -> RuleResult:
    """Compares each negated clause with the clause of the other side that speaks of the same thing."""
    result = RuleResult()
    for negation in negations(aligned.claim):
        if not negation.conditional:
            _added(aligned, negation, result)
    if not hints_at_negation(aligned.claim):
        _lost(aligned, result)
    return result


def _added(aligned: Aligned, negation: Negation, result: RuleResult) -> None:
    """The claim denies what the evidence affirms."""
    words = negation.scope if negation.contrast else negation.clause
    lines, share = nearest(words, aligned.evidence, 0.7)
    denied = [other for line in lines for other in negations(line)]
    if any(negation.scope & (other.scope | other.clause) for other in denied):
        result.agree(Rule.NEGATION)
    elif share >= _ALIKE and aligned.coverage_all >= 0.4 and not any(hints_at_negation(line) for line in lines):
        shared = _words(negation.scope) & content(lines[0])
        if 2 * len(shared) >= len(negation.scope) > 0:
            result.contradict(Rule.NEGATION, f"denied here, affirmed in the evidence: {_show(shared)}")


def _lost(aligned: Aligned, result: RuleResult) -> None:
    """The evidence denies what the claim, which has no negation at all, affirms."""
    words = content(aligned.claim)
    for line in aligned.near:
        for negation in negations(line):
            shared = _words(negation.scope & words)
            if negation.conditional or _CONDITIONAL.search(line) or len(shared) < min(2, len(negation.scope)):
                continue
            if len(negation.clause & words) < _ALIKE * len(negation.clause) or not shared:
                continue
            if 2 * len(shared) >= len(negation.scope) and not _affirmed(aligned, negation):
                result.contradict(Rule.NEGATION, f"affirmed here, denied in the evidence: {_show(shared)}")
                return


def _affirmed(aligned: Aligned, negation: Negation) -> bool:
    """Whether the evidence also says the denied words in a sentence that does not deny them."""
    for line in aligned.evidence.split("\n"):
        denied = frozenset[str]().union(*(other.scope for other in negations(line)))
        held = negation.scope & content(line)
        if not negation.scope & denied and 2 * len(held) > len(negation.scope):
            return True
    return False


def _words(stems: frozenset[str]) -> frozenset[str]:
    return frozenset(stem for stem in stems if not stem[0].isdigit())


def _show(words: frozenset[str]) -> str:
    return ", ".join(sorted(words)[:4])
