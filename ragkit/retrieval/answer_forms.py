"""The form of words that the answer to a kind of question has: an amount for a dose, a span of time for a time limit.

A passage of the right form *could* answer; that is all. It moves a passage up a little among those that fit otherwise.
"""

from __future__ import annotations

import re

from ragkit.retrieval.query import AnswerKind

_NUMBER = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|sixty|ninety)"
)
_FORMS: dict[AnswerKind, str] = {
    AnswerKind.DOSE: (
        rf"{_NUMBER}\s?-?\s?(?:mg|mcg|µg|gm?|grams?|ml|l|units?|iu|meq|mmol|joules?|j|drops?|puffs?|tab(?:let)?s?|lpm|"
        rf"l/min|amp(?:ule)?s?|vials?|sprays?)(?:/\w+)*\b"
    ),
    AnswerKind.TIME_LIMIT: (
        rf"\b{_NUMBER}\s?(?:\([^)]{{1,12}}\)\s?)?-?\s?(?:\w+\s){{0,2}}?"
        r"(?:seconds?|secs?|min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?|months?|years?)\b|\bimmediately\b|\bas soon as\b"
    ),
    AnswerKind.QUANTITY: rf"\b{_NUMBER}\b|[≥≤<>]",
    AnswerKind.WHO_MAY: (
        r"\b(?:may|shall|must|only|cannot|not|authori[sz]ed|prohibited|permitted|allowed|approved|responsib\w+|required)\b"
    ),
    AnswerKind.YES_NO: r"\b(?:may|shall|must|only|cannot|not|required|never|always|do not|should|unless|except)\b",
    AnswerKind.DEFINITION: (
        r"\b(?:means|defined as|refers to|is considered|definitions?|constitutes)\b|[”\"]\s?(?:means|is|refers)|"
        r"^[A-Z][^.:\n]{2,60}:\s"
    ),
    AnswerKind.CRITERIA_LIST: (
        r"\b(?:criteria|following|all of|any of|one or more|include|if any|indications?|requirements?)\b"
    ),
    AnswerKind.CONTRAINDICATION: (
        r"\b(?:contraindicat\w*|do not|does not|should not|shall not|may not|must not|not be|avoid\w*|"
        r"withh[oe]ld\w*|except|unless|hypersensitivity|allerg\w+|caution|never|exclu\w+)\b"
    ),
    AnswerKind.PROCEDURE: (
        r"^\s*(?:\d{1,2}|[A-Za-z])[.)]\s|"
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
_COMPILED = {kind: re.compile(pattern, re.IGNORECASE | re.MULTILINE) for kind, pattern in _FORMS.items()}
ENOUGH_MATCHES = 3


def form_fit(text: str, kinds: tuple[AnswerKind, ...]) -> float:
    """How far ``text`` has the form of the likeliest kind that has one, 0 to 1 (three matches are all of it)."""
    for kind in kinds:
        pattern = _COMPILED.get(kind)
        if pattern is not None:
            found = 0
            for _ in pattern.finditer(text):
                found += 1
                if found >= ENOUGH_MATCHES:
                    break
            return float((found / ENOUGH_MATCHES) ** 0.5)
    return 0.0
