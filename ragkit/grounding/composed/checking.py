"""The check that a language model's own words go through before anyone sees them: stricter than any score.

A composed statement is shown only if nothing speaks against it and its words are carried by the lines it cites.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ragkit.grounding.base import Pair, Score
from ragkit.grounding.ladder import LadderScorer


def check_composed(statement: str, evidence: Sequence[str]) -> Score:
    """Whether the cited lines, taken together, carry a statement in other words.

    Args:
        statement: one sentence or list item.
        evidence: the lines that it cites, each with what it needs to be understood (lead-in, table header).

    Returns:
        Supported only if the statement may be shown; else what speaks against it, in words that a person (and the
        model that is asked again) understands.
    """
    return _ladder().score([Pair(statement, tuple(evidence))])[0]


@cache
def _ladder() -> LadderScorer:
    return LadderScorer()
