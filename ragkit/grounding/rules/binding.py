"""The right number of the wrong row: a quantity that the evidence gives for something else."""

from __future__ import annotations

from itertools import pairwise

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.drugs import drugs_in
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.measures import Measure, measures, window
from ragkit.grounding.rules.slots import SLOTS, slot_entries
from ragkit.grounding.rules.wording import content

_ALIKE = 0.3


def check(aligned: Aligned) -> RuleResult:
    """Whether the words around a quantity are those around another quantity of the same dimension in the evidence.

    It takes the name of a population, a route, a role, a device or a medicine, or a claim that has both quantities.
    """
    result = RuleResult()
    if aligned.coverage_all < _ALIKE:
        return result
    ours, theirs = measures(aligned.claim), measures(aligned.evidence)
    digits = content(" ".join(measure.shown for measure in (*ours, *theirs)))
    for measure in ours:
        group = [held for held in theirs if held.dimension == measure.dimension]
        same = [held for held in group if measure.equals(held)]
        others = [held for held in group if not measure.equals(held)]
        if not same or not others or measure.dimension == "number" or _crowded(aligned.evidence, group):
            continue
        claimed = [mine for mine in ours if mine.dimension == measure.dimension]
        swapped = any(other.equals(mine) for other in others for mine in claimed)
        here = window(aligned.claim, measure, claimed)
        right = " ; ".join(window(aligned.evidence, held, group) for held in same)
        for other in others:
            strange = _strange(here, window(aligned.evidence, other, group), right, digits, swapped)
            if strange:
                result.contradict(
                    Rule.BINDING,
                    f"{measure.shown} is not what the evidence gives for {', '.join(sorted(strange)[:3])}: "
                    f"there it is {other.shown}",
                )
                break
    return result


def _strange(here: str, wrong: str, right: str, digits: frozenset[str], swapped: bool) -> frozenset[str]:
    """What the claim says of the quantity that the evidence says of another one only; empty where it is not enough."""
    named = (_named(here) & _named(wrong)) - _named(right)
    if named and not (_named(here) & _named(right)) - _named(wrong):
        return named
    words, other, own = content(here) - digits, content(wrong) - digits, content(right) - digits
    strange = (words & other) - own
    return strange if swapped and strange and not (words & own) - other else frozenset()


def _crowded(text: str, group: list[Measure]) -> bool:
    """Whether quantities stand side by side as in a row of a table, so that words cannot be told to belong to one."""
    return any(not content(text[first.end : second.start]) for first, second in pairwise(group))


def _named(text: str) -> frozenset[str]:
    return frozenset[str]().union(*(slot_entries(text, slot) for slot in SLOTS.values()), drugs_in(text))
