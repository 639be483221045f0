"""The right number of the wrong row: a quantity that the evidence gives for something else."""

from __future__ import annotations

import re
from itertools import pairwise

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.drugs import drugs_in
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.measures import Measure, measures
from ragkit.grounding.rules.slots import SLOTS, slot_entries
from ragkit.grounding.rules.wording import content, stem

_BOUNDARIES = (re.compile(r"[.;\n•|]"), re.compile(r","), re.compile(r"\b(?:and|or|but|then|while|whereas)\b|/"))
_ALIKE = 0.3


def check(aligned: Aligned) -> RuleResult:
    """Whether the words around a quantity are those around another quantity of the same dimension in the evidence.

    One differing word is enough if it names a population, a route, a role, a device or a medicine; else it takes two.
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
        words = window(aligned.claim, measure, claimed) - digits
        right = frozenset[str]().union(*(window(aligned.evidence, held, group) for held in same))
        for other in others:
            wrong = window(aligned.evidence, other, group) - digits
            strange = (words & wrong) - right
            if _enough(strange) and not (words & right) - wrong:
                result.contradict(
                    Rule.BINDING,
                    f"{measure.shown} is not what the evidence gives for {', '.join(sorted(strange)[:3])}: "
                    f"there it is {other.shown}",
                )
                break
    return result


def _crowded(text: str, group: list[Measure]) -> bool:
    """Whether quantities stand side by side as in a row of a table, so that words cannot be told to belong to one."""
    return any(not content(text[first.end : second.start]) for first, second in pairwise(group))


def _enough(words: frozenset[str]) -> bool:
    together = " ".join(words)
    return len(words) >= 2 or bool(
        words
        and (drugs_in(together) or any(map(stem, words) and slot_entries(together, slot) for slot in SLOTS.values()))
    )


def window(text: str, measure: Measure, group: list[Measure]) -> frozenset[str]:
    """The content words that belong to a quantity: up to the boundary towards its neighbours of the same dimension."""
    start, end = 0, len(text)
    for first, second in pairwise(group):
        cut = _cut(text, first.end, second.start)
        if second.start <= measure.start:
            start = cut
        elif first.start >= measure.start:
            end = min(end, cut)
            break
    line_start, line_end = text.rfind("\n", 0, measure.start) + 1, text.find("\n", measure.end)
    start, end = max(start, line_start), min(end, line_end if line_end >= 0 else len(text))
    return content(text[start:end])


def _cut(text: str, start: int, end: int) -> int:
    for boundary in _BOUNDARIES:
        match = boundary.search(text, start, end)
        if match:
            return match.start()
    return end
