"""The right number of the wrong row: a quantity that the evidence gives for something else."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ragkit.grounding.rules.aligning import Aligned, heading_above
from ragkit.grounding.rules.drug_names import drugs_in
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.measures import Measure, measures, window
from ragkit.grounding.rules.slot_words import SLOTS, slot_entries
from ragkit.grounding.rules.wording import content

_ALIKE = 0.3
_LABELS = (*SLOTS, "drug")


def check(aligned: Aligned) -> RuleResult:
    """Whether the evidence gives a quantity of the claim for another population, route, medicine ... than the claim.

    Also whether the claim exchanges two quantities of the evidence.
    """
    result = RuleResult()
    if aligned.coverage_all < _ALIKE:
        return result
    ours, theirs = measures(aligned.claim), measures(aligned.evidence)
    for measure in ours:
        group = [held for held in theirs if held.dimension == measure.dimension]
        same = [held for held in group if measure.equals(held)]
        others = [held for held in group if not measure.equals(held)]
        if not same or not others or measure.dimension == "number" or _crowded(aligned.evidence, group):
            continue
        claimed = [mine for mine in ours if mine.dimension == measure.dimension]
        here = window(aligned.claim, measure, claimed)
        for other in others:
            what = _other_label(aligned, here, other, same, group) or _exchanged(
                aligned, measure, other, claimed, group
            )
            if what:
                reason = f"{measure.shown} is not what the evidence gives for {what}: there it is {other.shown}"
                result.contradict(Rule.BINDING, reason)
                break
    return result


def _other_label(
    aligned: Aligned, here: str, other: Measure, same: Sequence[Measure], group: Sequence[Measure]
) -> str | None:
    """The claim's label of the quantity, where the evidence has it at another one and labels this one otherwise."""
    for kind in _LABELS:
        mine = _entries(here, kind)
        there = _labels(aligned.evidence, other, group, kind)
        rows = [_labels(aligned.evidence, held, group, kind) for held in same]
        if mine and mine <= there and all(row and not row & mine for row in rows):
            return ", ".join(sorted(mine))
    return None


def _labels(text: str, measure: Measure, group: Sequence[Measure], kind: str) -> frozenset[str]:
    """The entries of a slot that belong to a quantity: those of its words, else of the heading above its line."""
    return _entries(window(text, measure, group), kind) or _entries(heading_above(text, measure.start), kind)


def _entries(text: str, kind: str) -> frozenset[str]:
    return drugs_in(text) if kind == "drug" else slot_entries(text, kind)


def _exchanged(
    aligned: Aligned, measure: Measure, other: Measure, claimed: Sequence[Measure], group: Sequence[Measure]
) -> str | None:
    """What stands at the quantity in the claim, where the claim exchanges it with another quantity of the evidence."""
    partner = next((mine for mine in claimed if mine.equals(other)), None)
    origin = next(held for held in group if measure.equals(held))
    if partner is None:
        return None
    digits = content(" ".join(held.shown for held in group))
    one, two = (content(window(aligned.claim, mine, claimed)) - digits for mine in (measure, partner))
    first, second = (content(window(aligned.evidence, held, group)) - digits for held in (origin, other))
    crossed = (one & second) - first, (two & first) - second
    straight = (one & first) - second, (two & second) - first
    if all(crossed) and not any(straight):
        return ", ".join(sorted(crossed[0])[:3])
    return None


def _crowded(text: str, group: Sequence[Measure]) -> bool:
    """Whether quantities stand side by side as in a row of a table, so that words cannot be told to belong to one."""
    return any(not content(text[first.end : second.start]) for first, second in pairwise(group))
