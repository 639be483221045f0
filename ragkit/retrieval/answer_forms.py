"""The form of words that the answer to a kind of question has: an amount for a dose, a span of time for a time limit.

A passage of the right form *could* answer; that is all. It moves a passage up a little among those that fit otherwise.
"""

from __future__ import annotations

import re
from itertools import islice

from ragkit.retrieval.query import AnswerKind

_FORMS: dict[AnswerKind, str] = {
    AnswerKind.DOSE: (
        r"\d\s?-?\s?(?:mg|mcg|µg|gm?|grams?|ml|l|units?|iu|meq|mmol|joules?|j|drops?|puffs?|tab(?:let)?s?|lpm|l/min|"
        r"amp(?:ule)?s?|vials?|sprays?)(?:/\w+)*\b"
    ),
    AnswerKind.TIME_LIMIT: (
        r"\d\)?\s?-?\s?(?:\w+\s){0,2}?(?:seconds?|secs?|min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?|months?|years?)\b|"
        r"\bimmediately\b|\bas soon as\b|\bwithin\b"
    ),
    AnswerKind.QUANTITY: r"\d|[≥≤<>]",
    AnswerKind.WHO_MAY: (
        r"\b(?:may|shall|must|only|cannot|not|authori[sz]ed|prohibited|permitted|allowed|approved|responsib\w+|required)\b"
    ),
    AnswerKind.YES_NO: r"\b(?:may|shall|must|only|cannot|not|required|never|always|do not|should|unless|except)\b",
    AnswerKind.DEFINITION: (
        r"\b(?:means|defined as|refers to|is considered|definitions?|constitutes)\b|[”\"]\s?(?:means|is|refers)|"
        r"^[a-z][^.:\n]{2,60}:\s"
    ),
    AnswerKind.CRITERIA_LIST: (
        r"\b(?:criteria|following|all of|any of|one or more|include|if any|indications?|requirements?)\b"
    ),
    AnswerKind.CONTRAINDICATION: (
        r"\b(?:contraindicat\w*|do not|does not|should not|shall not|may not|must not|not be|avoid\w*|"
        r"withh[oe]ld\w*|except|unless|hypersensitivity|allerg\w+|caution|never|exclu\w+)\b"
    ),
    AnswerKind.PROCEDURE: (
        r"^\s*(?:\d{1,2}|[a-z])[.)]\s|"
        r"\b(?:apply|place|position|perform|assess|ensure|remove|administer|contact)\b"
    ),
    AnswerKind.DOCUMENTATION: r"\b(?:document\w*|record\w*|report\w*|notif\w+|written|form|log|signature|chart)\b",
    AnswerKind.GOVERNANCE: (
        r"\b(?:effective|revis\w+|supersed\w+|reviewed|approved|signature|original date|review date)\b"
        r".{0,60}\d|"
        r"\b(?:medical director|administrator|approved by)\b"
    ),
    AnswerKind.REFERENCE: r"\b(?:ref(?:erence)?|policy|protocol|procedure|section|guideline)s?\b[^\n]{0,20}?\d{2,5}",
}
_COMPILED = {kind: re.compile(pattern, re.MULTILINE) for kind, pattern in _FORMS.items()}
ENOUGH_MATCHES = 3


def asked_form(kinds: tuple[AnswerKind, ...]) -> AnswerKind | None:
    """The likeliest kind whose answers have a form; None where none has."""
    return next((kind for kind in kinds if kind in _COMPILED), None)


def form_fit(text: str, kind: AnswerKind) -> float:
    """How far ``text`` (in lower case) has the form of ``kind``, 0 to 1; three matches are all of it."""
    pattern = _COMPILED.get(kind)
    if pattern is None:
        return 0.0
    found = sum(1 for _ in islice(pattern.finditer(text), ENOUGH_MATCHES))
    return float((found / ENOUGH_MATCHES) ** 0.5)
