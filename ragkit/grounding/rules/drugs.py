"""Medicines: one that the evidence does not name is not in the evidence, whatever the rest of the sentence."""

from __future__ import annotations

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.drug_names import drugs_in
from ragkit.grounding.rules.findings import Rule, RuleResult

_ALIKE = 0.45


def check(aligned: Aligned) -> RuleResult:
    """Does the evidence name each medicine of the claim, and if not, does it name another in its place?"""
    result = RuleResult()
    ours = drugs_in(aligned.claim)
    if not ours:
        return result
    everything, best = drugs_in(aligned.evidence), drugs_in(aligned.best) or drugs_in(aligned.heading)
    for name in sorted(ours):
        instead = sorted(best - ours)
        if name in everything:
            result.agree(Rule.DRUG)
        elif instead and max(aligned.coverage, aligned.coverage_words) >= _ALIKE:
            result.contradict(Rule.DRUG, f"“{name}” here, “{instead[0]}” in the evidence")
        else:
            result.miss(Rule.DRUG, f"the evidence does not speak of {name}")
    return result
