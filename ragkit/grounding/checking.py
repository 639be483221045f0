"""The first rung of the ladder from claim to verdict, and the check that every statement of an answer goes through.

Only the evidence's own words are supported. The rules then tell a contradicted claim from one that is merely not there:
they can only lower the verdict, so a claim in other words is never shown on their word alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.grounding.base import Score
from ragkit.grounding.verdict import Verdict

_SPACE = re.compile(r"\s+")
_NEGATION = re.compile(
    r"\b(?:not|no|never|cannot|neither|nor|without|except|unless|prohibited|contraindicated|excluding)\b|n['’]t\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?;:]\s")


def plain(text: str) -> str:
    """``text`` with every run of white space made one space, and none around it."""
    return _SPACE.sub(" ", text).strip()


def check_claim(claim: str, evidence: Sequence[str]) -> Score:
    """Whether the evidence, taken together, carries the claim.

    Supported: every line of the claim stands verbatim (white space aside) in one of the spans. Contradicted: the
    rules find that the evidence says otherwise (another number, unit, negation, route ...). Else unsupported.

    Args:
        claim: one statement; its lines are checked one by one, so that a list may rest on several spans.
        evidence: the verbatim words of the spans that the statement cites.
    """
    if not claim.strip() or not any(span.strip() for span in evidence):
        return Score(Verdict.UNSUPPORTED, 0.0, 0.0, ("there is nothing to check against",))
    loose = lines_not_verbatim(claim, evidence)
    if not loose:
        return Score(Verdict.SUPPORTED, 1.0)
    from ragkit.grounding.rules import find_conflicts  # word lists are read only where a statement is not verbatim

    against = find_conflicts("\n".join(loose), evidence).contradictions
    if against:
        return Score(Verdict.CONTRADICTED, 0.0, 1.0, tuple(conflict.reason for conflict in against))
    return Score(Verdict.UNSUPPORTED, 0.0, 0.0, ("the statement is not in the cited words",))


def lines_not_verbatim(claim: str, evidence: Sequence[str]) -> list[str]:
    """The lines of the claim that stand in none of the spans word for word; none for the whole of the evidence."""
    if plain(claim) == plain("\n".join(evidence)):  # the whole evidence: nothing before a line was left out
        return []
    lines = [plain(line) for line in claim.splitlines() if line.strip()]
    spans = [plain(span) for span in evidence]
    return [line for line in lines if not any(_holds_whole(span, line) for span in spans)]


def _holds_whole(span: str, line: str) -> bool:
    """Whether the line stands in the span without cutting a word or a number at either end."""
    position = span.find(line)
    while position >= 0:
        before, after = span[:position], span[position + len(line) :]
        cut_before = bool(before) and before[-1].isalnum() and line[0].isalnum()
        cut_after = bool(after) and after[0].isalnum() and line[-1].isalnum()
        cut_decimal = bool(re.match(r"[.,]\d", after)) and line[-1].isdigit()
        cut_decimal = cut_decimal or (bool(re.search(r"\d[.,]$", before)) and line[0].isdigit())
        if not (cut_before or cut_after or cut_decimal or _negated_before(before)):
            return True
        position = span.find(line, position + 1)
    return False


def _negated_before(before: str) -> bool:
    """Whether the same sentence carries a negation before the point where the line begins."""
    return bool(_NEGATION.search(_SENTENCE_END.split(before)[-1]))
