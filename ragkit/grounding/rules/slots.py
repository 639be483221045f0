"""Population, route, side, role, device and unit: another one of the same slot is another rule of the policy."""

from __future__ import annotations

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.slot_words import SLOTS, related, slot_entries, with_narrower

_ALIKE = 0.5
_SAME_ROW = 0.6
_OF_A_ROW = frozenset({Rule.POPULATION, Rule.ROUTE, Rule.LATERALITY})
"""Slots in which the evidence may name the entry elsewhere: what counts is the row: sentence and heading."""


def check(aligned: Aligned) -> RuleResult:
    """For each slot: does the evidence name what the claim names, and if not, does it name another in its place?"""
    result = RuleResult()
    for slot in SLOTS:
        rule = Rule(slot)
        ours = slot_entries(aligned.claim, slot)
        if not ours:
            continue
        everything = with_narrower(slot, slot_entries(aligned.evidence, slot))
        best = slot_entries(aligned.best, slot) or slot_entries(aligned.heading, slot)
        for entry in sorted(ours):
            if entry in everything:
                if rule in _OF_A_ROW and aligned.coverage >= _SAME_ROW and best and not _any_related(slot, ours, best):
                    result.contradict(rule, f"the evidence says it of “{min(best)}”, not of “{entry}”")
                else:
                    result.agree(rule)
                continue
            instead = [other for other in sorted(best - ours) if not related(slot, entry, other)]
            if instead and max(aligned.coverage, aligned.coverage_words) >= _ALIKE:
                result.contradict(rule, f"“{entry}” here, “{instead[0]}” in the evidence")
            else:
                result.miss(rule, f"the evidence does not speak of: {entry}")
    return result


def _any_related(slot: str, ours: frozenset[str], theirs: frozenset[str]) -> bool:
    return any(related(slot, one, other) for one in ours for other in theirs)
