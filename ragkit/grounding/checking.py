"""The first rungs of the ladder from claim to verdict: verbatim words, numbers with units, negation.

Each rung is exact and cheap, and each can only lower the verdict. What they cannot decide they call unsupported: a
claim that is not the evidence's own words is not shown on their word alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragkit.grounding.quantities import missing_quantities
from ragkit.grounding.verdict import Verdict

_SPACE = re.compile(r"\s+")
_NEGATION = re.compile(
    r"\b(?:not|no|never|cannot|neither|nor|without|except|unless|prohibited|contraindicated|excluding)\b|n['’]t\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?;:]\s")


@dataclass(frozen=True)
class Check:
    """What the check of one claim found.

    Attributes:
        verdict: supported, contradicted or unsupported.
        support: probability that the evidence carries the claim, 0..1.
        reasons: what spoke against it, in words; empty for a supported claim.
    """

    verdict: Verdict
    support: float
    reasons: tuple[str, ...] = ()


def plain(text: str) -> str:
    """``text`` with every run of white space made one space, and none around it."""
    return _SPACE.sub(" ", text).strip()


def check_claim(claim: str, evidence: Sequence[str]) -> Check:
    """Whether the evidence, taken together, carries the claim.

    Supported: every line of the claim stands verbatim (white space aside) in one of the spans. Contradicted: a number
    or its unit differs, or the claim negates what the evidence affirms or the other way round. Else unsupported.

    Args:
        claim: one statement; its lines are checked one by one, so that a list may rest on several spans.
        evidence: the verbatim words of the spans that the statement cites.
    """
    lines = [plain(line) for line in claim.splitlines() if line.strip()]
    spans = [plain(span) for span in evidence]
    if not lines or not any(spans):
        return Check(Verdict.UNSUPPORTED, 0.0, ("there is nothing to check against",))
    loose = [line for line in lines if not any(_holds_whole(span, line) for span in spans)]
    if not loose:
        return Check(Verdict.SUPPORTED, 1.0)
    together = " ".join(spans)
    reasons = []
    for line in loose:
        missing = missing_quantities(line, together)
        if missing:
            shown = ", ".join(f"{item.number} {item.unit}".strip() for item in missing)
            reasons.append(f"not in the cited words: {shown}")
        elif bool(_NEGATION.search(line)) != bool(_NEGATION.search(together)):
            reasons.append("the cited words are negated where the statement is not, or the other way round")
    if reasons:
        return Check(Verdict.CONTRADICTED, 0.0, tuple(reasons))
    return Check(Verdict.UNSUPPORTED, 0.0, ("the statement is not in the cited words",))


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
