"""The check that a language model's own words go through before anyone sees them: stricter than any score.

A composed statement is shown only if nothing speaks against it and its words are carried by the lines it cites.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache

from ragkit.grounding.base import Pair, Score
from ragkit.grounding.checking import plain
from ragkit.grounding.composed import binding_force, conditions, coverage, denying, joining, ordering
from ragkit.grounding.composed.comparing import Comparison, compare
from ragkit.grounding.ladder import LadderScorer
from ragkit.grounding.lexical import NOTHING
from ragkit.grounding.rules.wording import normal
from ragkit.grounding.verdict import Verdict

CHECKS: tuple[Callable[[Comparison], Iterable[str]], ...] = (
    coverage.check,
    denying.check,
    binding_force.check,
    conditions.check,
    ordering.check,
    joining.check,
)
LEAST_SUPPORT = 0.3
"""Calibrated support below which nothing is shown, whatever the checks say."""


def check_composed(statement: str, evidence: Sequence[str]) -> Score:
    """Whether the cited lines, taken together, carry a statement in other words.

    Args:
        statement: one sentence or list item.
        evidence: the lines that it cites, each with what it needs to be understood (lead-in, table header).

    Returns:
        Supported only if the statement may be shown; else what speaks against it, in words that a person (and the
        model that is asked again) understands.
    """
    spans = tuple(span for span in evidence if span.strip())
    if not statement.strip() or not spans:
        return NOTHING
    if any(plain(normal(statement)) == plain(normal(span)) for span in spans):
        return _ladder().score([Pair(statement, spans)])[0]
    score = _ladder().score([Pair(statement, spans)])[0]
    comparison = compare(normal(statement), spans)
    reasons = tuple(dict.fromkeys(reason for check in CHECKS for reason in check(comparison)))
    if reasons:
        verdict = Verdict.CONTRADICTED if score.verdict is Verdict.CONTRADICTED else Verdict.UNSUPPORTED
        return Score(verdict, 0.0, min(score.contradiction, 1.0), reasons)
    return score


@cache
def _ladder() -> LadderScorer:
    return LadderScorer()
