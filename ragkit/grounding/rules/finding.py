"""Runs all rules over a claim and its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from ragkit.grounding.rules import (
    additions,
    binding,
    drugs,
    exceptions,
    modality,
    names,
    negation,
    numbers,
    opposites,
    order,
    slots,
    versions,
)
from ragkit.grounding.rules.aligning import Aligned, align
from ragkit.grounding.rules.findings import Conflict, Rule, RuleFindings, RuleResult
from ragkit.grounding.rules.signals import signals

CHECKS: tuple[Callable[[Aligned], RuleResult], ...] = (
    numbers.check,
    binding.check,
    negation.check,
    modality.check,
    opposites.check,
    order.check,
    exceptions.check,
    slots.check,
    drugs.check,
    versions.check,
    names.check,
    additions.check,
)


def find_conflicts(claim: str, evidence: Sequence[str]) -> RuleFindings:
    """What speaks against the claim in the evidence, rule by rule.

    Each sentence of the claim is laid beside the sentence of the evidence that is nearest to it. The rules know no
    grammar and no world: silence of the rules is no support. What they find is in ``conflicts``, with its reason.

    Args:
        claim: one or more sentences.
        evidence: the spans the claim is held against, taken together. Headings and marks ("superseded") count if they
            stand on lines of their own.
    """
    aligned = align(claim, evidence)
    conflicts: list[Conflict] = []
    agreements: Counter[Rule] = Counter()
    for entry in aligned:
        for check in CHECKS:
            result = check(entry)
            conflicts.extend(result.conflicts)
            agreements.update(result.agreements)
    return RuleFindings(tuple(dict.fromkeys(conflicts)), agreements, signals(aligned))
