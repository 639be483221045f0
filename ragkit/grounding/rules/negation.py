"""A negation that the evidence does not have, or one that the claim lost."""

from __future__ import annotations

from ragkit.grounding.rules.aligning import Aligned, nearest
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.polarity import Negation, hints_at_negation, negations
from ragkit.grounding.rules.wording import content

_ALIKE = 0.5
"""Share of the words of a negated clause that the other side must hold for the two to speak of the same thing."""


def check(aligned: Aligned) -> RuleResult:
    """Compares each negated clause with the clause of the other side that speaks of the same thing."""
    result = RuleResult()
    ours = negations(aligned.claim)
    for negation in ours:
        lines, share = nearest(negation.clause, aligned.evidence)
        denied = [other for line in lines for other in negations(line)]
        if any(negation.scope & (other.scope | other.clause) for other in denied):
            result.agree(Rule.NEGATION)
        elif share >= _ALIKE and not any(hints_at_negation(line) for line in lines):
            shared = negation.scope & content(lines[0])
            if 2 * len(shared) >= len(negation.scope) > 0:
                result.contradict(Rule.NEGATION, f"denied here, affirmed in the evidence: {_show(shared)}")
    if not hints_at_negation(aligned.claim):
        _lost(aligned, result)
    return result


def _lost(aligned: Aligned, result: RuleResult) -> None:
    """The evidence denies what the claim, which has no negation at all, affirms."""
    words = content(aligned.claim)
    for line in aligned.near:
        for negation in negations(line):
            shared = negation.scope & words
            if not shared or len(negation.clause & words) < _ALIKE * len(negation.clause):
                continue
            if 2 * len(shared) >= len(negation.scope) and not _affirmed(aligned, negation):
                result.contradict(Rule.NEGATION, f"affirmed here, denied in the evidence: {_show(shared)}")
                return


def _affirmed(aligned: Aligned, negation: Negation) -> bool:
    """Whether the evidence also says the denied words without a negation."""
    for line in aligned.evidence.split("\n"):
        denied = frozenset[str]().union(*(other.scope for other in negations(line)))
        if (
            negation.scope & content(line)
            and not negation.scope & denied
            and len(negation.scope & content(line)) * 2 >= len(negation.scope)
        ):
            return True
    return False


def _show(words: frozenset[str]) -> str:
    return ", ".join(sorted(words)[:4])
