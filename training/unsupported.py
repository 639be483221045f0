"""Claims that their evidence does not decide: the line that says so is missing, or a detail is added."""

from __future__ import annotations

import random
import re

from evidence_lines import Neighbourhood, share_held, stems_of
from planting_merging import crossed
from statements import Statement

_DETAIL = re.compile(
    r"(?<=[a-z\d)]),? (?P<detail>(?:within|during|by|using|with|through|via|at|in|on|for|from|along with|"
    r"in addition to|every|under the direction of|after consulting|at least)\s"
    r"(?!which|whom|that)[^,.;:()•]{8,70})(?=[.;]?$)"
)
_INNER = re.compile(
    r"(?<=[a-z\d)]) (?:within|during|using|through|via|at|in|on|for|from|with|by)\s(?!which|whom|that|addition|order)"
    r"(?:(?!\b(?:and|or|is|are|must|shall|should|may|can|will|has|have|to)\b)[^,.;:()•]){8,50}"
    r"(?=[,.;]|$| (?:is|are|must|shall|should|may|can|will|has|have)\b)"
)
_CONDITION = re.compile(r"\b(?:if|unless|except|until|when|only|case of|not|no)\b")
_NO_DETAIL = re.compile(
    rf"{_CONDITION.pattern}|\b(?:is|are|was|were|be|has|have|must|shall|should|may|can|will|other|this|that|these|those|its|"
    r"it|they|their|\w+ing)\b|^(?:from|with) \w+ing\b"
)
"""A phrase with a verb of its own, or one that points back, does not fit behind another statement."""
_JOINABLE = re.compile(r"^(?:The|A|An|All|Any|Each|Patients?|Notify|Document|Give|Administer|Obtain|Assess|Call)\b")


def added_detail(statement: Statement, text: str, near: Neighbourhood, rng: random.Random) -> str | None:
    """The claim with a detail that a statement like it, or one of another document, ends with; None for none.

    Args:
        statement: what the claim rests on.
        text: the claim.
        near: where details come from.
        rng: chooses.
    """
    others = near.alike(statement, 6, rng) + [near.elsewhere(statement, rng) for _ in range(6)]
    for other in others:
        match = _DETAIL.search(other.own.rstrip("."))
        if match and not _NO_DETAIL.search(match["detail"]) and _is_new(match["detail"], statement.own):
            return f"{text.rstrip('.;')} {match['detail'].strip()}."
    return None


def _is_new(detail: str, text: str) -> bool:
    return len(stems_of(detail) - stems_of(text)) >= max(1, len(stems_of(detail)) // 2)


def without_detail(text: str, rng: random.Random) -> str | None:
    """A line without one phrase that says when, where, how or by what; None where it has none to spare."""
    found = [
        match
        for pattern in (_DETAIL, _INNER)
        for match in pattern.finditer(text)
        if not _CONDITION.search(match[0]) and len(stems_of(match[0])) >= 2
    ]
    found = [match for match in found if len((text[: match.start()] + text[match.end() :]).split()) >= 5]
    if not found:
        return None
    match = rng.choice(found)
    rest = text[: match.start()] + text[match.end() :]
    return rest if share_held(match[0], rest) < 0.5 else None


def joined(statement: Statement, text: str, near: Neighbourhood, rng: random.Random) -> str | None:
    """The claim and another statement as one sentence; None where no other fits."""
    for other in near.alike(statement, 4, rng):
        if _JOINABLE.match(other.own) and len(other.own.split()) <= 22 and ":" not in other.own:
            link = rng.choice((", and ", "; ", ". "))
            tail = other.own if link == ". " or other.own[:2].isupper() else other.own[0].lower() + other.own[1:]
            return f"{text.rstrip('.;')}{link}{tail}"
    return None


def crossing(statement: Statement, near: Neighbourhood, rng: random.Random) -> tuple[str, Statement] | None:
    """The beginning of one statement with the end of one like it, and that one; None where none fits."""
    for other in near.alike(statement, 6, rng):
        text = crossed(statement.own, other.own)
        if text and share_held(text, statement.own) < 0.95 and share_held(text, other.own) < 0.95:
            return text, other
    return None
