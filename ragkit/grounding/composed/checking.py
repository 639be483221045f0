"""The check that a language model's own words go through before anyone sees them: stricter than any score.

A composed statement is shown only if nothing speaks against it and its words are carried by the lines it cites.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache

from ragkit.grounding.base import Pair, Score
from ragkit.grounding.checking import plain
from ragkit.grounding.composed import (
    anchoring,
    binding_force,
    conditions,
    connecting,
    coverage,
    denying,
    focus,
    joining,
    losing,
    ordering,
    relating,
    signs,
    word_order,
)
from ragkit.grounding.composed.comparing import Comparison, compare
from ragkit.grounding.fitted import model_named
from ragkit.grounding.ladder import LadderScorer, ladder_features
from ragkit.grounding.lexical import NOTHING
from ragkit.grounding.rules import Conflict, Kind, Rule, find_conflicts
from ragkit.grounding.rules.polarity import negations
from ragkit.grounding.rules.wording import normal
from ragkit.grounding.verdict import Verdict

CHECKS: tuple[Callable[[Comparison], Iterable[str]], ...] = (
    coverage.check,
    denying.check,
    binding_force.check,
    conditions.check,
    ordering.check,
    joining.check,
    connecting.check,
    signs.check,
    focus.check,
    word_order.check,
    losing.check,
    anchoring.check,
    relating.check,
)
_CHECKED_HERE = frozenset(
    {Rule.NEGATION, Rule.MODALITY, Rule.EXCEPTION, Rule.NAME, Rule.ADDITION, Rule.NUMBER, Rule.OPPOSITE, Rule.ORDER}
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
    if _whole_line(statement, spans):
        return _ladder().score([Pair(statement, spans)])[0]
    comparison = compare(normal(statement), spans)
    if all(token.is_light for part in comparison.sentences for token in part.tokens):
        return Score(Verdict.UNSUPPORTED, 0.0, 0.0, ("it says nothing that can be checked",))
    reasons = dict.fromkeys(reason for check in CHECKS for reason in check(comparison))
    found = find_conflicts(statement, spans)
    reasons |= dict.fromkeys(conflict.reason for conflict in found.conflicts if _counts(conflict))
    features = ladder_features(Pair(statement, spans), found)
    support, contradiction = model_named("ladder").probabilities(features) if features else (0.0, 0.0)
    if not reasons and support < LEAST_SUPPORT:
        reasons["the cited lines say something else"] = None
    if not reasons:
        return Score(Verdict.SUPPORTED, support, contradiction)
    verdict = Verdict.CONTRADICTED if found.contradictions else Verdict.UNSUPPORTED
    return Score(verdict, 0.0, contradiction, tuple(reasons))


def _whole_line(statement: str, spans: Sequence[str]) -> bool:
    """Whether it is a line of the evidence word for word, and nothing before the line turns it round."""
    wanted = plain(normal(statement))
    for span in spans:
        rows = [plain(row) for row in normal(span).split("\n") if row.strip()]
        if wanted == " ".join(rows) or wanted == rows[0]:
            return True
        if wanted in rows[1:] and not any(
            negations(row) or conditions.restricts(row) for row in rows[: rows.index(wanted)]
        ):
            return True
    return False


def _counts(conflict: Conflict) -> bool:
    """Whether a conflict of the scorers' rules stops a statement: not where a check of this package does the same."""
    return conflict.rule not in _CHECKED_HERE and (conflict.kind is Kind.CONTRADICTS or conflict.rule is Rule.VERSION)


@cache
def _ladder() -> LadderScorer:
    return LadderScorer()
