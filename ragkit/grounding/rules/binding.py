"""The right number of the wrong row: a quantity that the evidence gives for something else."""

from __future__ import annotations

import re
from itertools import pairwise

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.measures import Measure, measures
from ragkit.grounding.rules.wording import content

_BOUNDARIES = (re.compile(r"[.;\n•|]"), re.compile(r","), re.compile(r"\b(?:and|or|but|then|while|whereas)\b|/"))


def check(aligned: Aligned) -> RuleResult:
    """Whether the words around a quantity are those around another quantity of the same dimension in the evidence."""
    result = RuleResult()
    ours = measures(aligned.claim)
    theirs = measures(aligned.evidence)
    for measure in ours:
        group = [held for held in theirs if held.dimension == measure.dimension]
        same = [held for held in group if measure.equals(held)]
        others = [held for held in group if not measure.equals(held)]
        if not same or not others or measure.dimension == "number":
            continue
        if any(other.equals(mine) for other in others for mine in ours):
            words = window(aligned.claim, measure, [m for m in ours if m.dimension == measure.dimension])
        else:
            words = content(aligned.claim)
        digits = content(" ".join(m.shown for m in (*ours, *theirs)))
        right = [window(aligned.evidence, held, group) - digits for held in same]
        for other in others:
            wrong = window(aligned.evidence, other, group) - digits
            if all((words & wrong) - mine and not (words & mine) - wrong for mine in right):
                shown = ", ".join(sorted((words & wrong) - frozenset().union(*right))[:3])
                result.contradict(
                    Rule.BINDING,
                    f"{measure.shown} is not what the evidence gives for {shown}: there it is {other.shown}",
                )
                break
    return result


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
