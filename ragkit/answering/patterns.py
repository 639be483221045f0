"""What the line that answers a kind of question looks like.

Each pattern says that a line *could* answer ("a dose question is answered by a line with an amount and a unit"), never
that it does. Used to rank lines and, where no line near the question's words has the form asked for, to abstain.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ragkit.retrieval.query import AnswerKind

_NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|forty-five|sixty|"
    r"ninety|hundred)"
)
_NUMBER = rf"(?:\d[\d,.]*|{_NUMBER_WORD})"
_PER = r"(?:\s?/\s?(?:kg|hr|h|hour|min|minute|dose|day|m2|l|ml))*"
AMOUNT = re.compile(
    rf"{_NUMBER}\s?(?:-\s?)?(?:\)\s?)?(?:mg|mcg|µg|μg|ug|gm?|grams?|ml|cc|l|liters?|litres?|units?|iu|meq|mmol|joules?|j|"
    rf"drops?|gtts?|puffs?|tablets?|tabs?|capsules?|lpm|l/min|ampu?l?e?s?|vials?|doses?|sprays?|inch(?:es)?|%){_PER}\b"
    rf"|{_NUMBER}\s?%",
    re.IGNORECASE,
)
DURATION = re.compile(
    rf"{_NUMBER}\s?(?:\([^)]{{1,12}}\)\s?)?-?\s?(?:\w+\s){{0,2}}?"
    rf"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mos?|years?|yrs?)\b",
    re.IGNORECASE,
)
_DEADLINE = re.compile(
    r"\b(?:within|no later than|not later than|at least|prior to|before|after|immediately|as soon as|annual(?:ly)?|"
    r"month(?:ly)?|quarterly|weekly|daily|every|until|up to|for a period|no more than|not exceed|expires?|by the)\b",
    re.IGNORECASE,
)
_ANY_NUMBER = re.compile(rf"\b{_NUMBER}\b|[≥≤<>]", re.IGNORECASE)
_MODAL = re.compile(
    r"\b(?:may|must|shall|should|only|cannot|can|not|never|no|authori[sz]ed|prohibit\w*|requir\w*|allow\w*|permit\w*|"
    r"approved|unless|except|responsib\w*|eligible|exempt|need not|designated)\b",
    re.IGNORECASE,
)
NEGATION = re.compile(
    r"\b(?:not|no|never|cannot|neither|nor|without|except|unless|prohibit\w*|exclud\w*|contraindicat\w*|avoid\w*|"
    r"forbid\w*|only|nothing|none)\b|n't\b",
    re.IGNORECASE,
)
EXCEPTION = re.compile(
    r"\b(?:except(?:ion)?s?|unless|however|does not apply|do not apply|excluding|with the exception|notwithstanding|"
    r"provided (?:that|however)|only if)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"\b(?:means|mean|is defined as|are defined as|refers to|is considered|are considered|includes?|constitutes?|"
    r"is an? |are those|definition|defined)\b|^\W*(?:\(?\w{1,3}[.)]\s+)?[A-Z“\"][^.:]{2,60}:\s",
    re.IGNORECASE,
)
_CRITERION = re.compile(
    r"\b(?:criteria|criterion|following|meets?|all of|any of|one or more|indicat\w*|if|when|must|"
    r"requir\w*|include\w*)\b",
    re.IGNORECASE,
)
_CONTRAINDICATES = re.compile(
    r"contraindicat\w*|\bdo not\b|\bavoid\w*|\bnot (?:be )?(?:use|used|given|give|administer\w*|"
    r"recommended|appropriate|"
    r"indicated|perform\w*)|caution|exclu\w*|allerg\w*|\bexcept|\bhold\b|\bwithhold|hypersensitiv\w*|should not|"
    r"shall not|may not|must not",
    re.IGNORECASE,
)
_INSTRUCTS = re.compile(
    r"^\W*(?:\(?\w{1,3}[.)]\s+)?(?:[A-Z][a-z]+(?:ly)?\s)|\b(?:should|shall|must|may|will|do not|perform|place|apply|"
    r"administer|contact|notify|transport|provide|obtain|ensure|remove|use|give|assess|consider|continue)\b"
)
_DOCUMENTS = re.compile(
    r"\b(?:document\w*|record\w*|report\w*|forms?|chart\w*|narrative|log\w*|e?PCR|written|writing)\b", re.IGNORECASE
)
_HANDS_IN = re.compile(
    r"\b(?:submit\w*|notif\w*|complet\w*|sign\w*|cop(?:y|ies)|retain\w*|include\w*|contain\w*)\b", re.IGNORECASE
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DATE = re.compile(
    rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?[,.]?\s+(?:19|20)\d\d\b|\b\d{{1,2}}\s+{_MONTH}\s+(?:19|20)\d\d\b"
    rf"|\b\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}\b|\b(?:19|20)\d\d-\d\d-\d\d\b|\b{_MONTH}\s+(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_GOVERNS = re.compile(
    r"\b(?:effective|revised|revision|reviewed|review date|supersedes?|approved|origina\w*|issued?|signature|signed|"
    r"director|owner|version|authority|adopted|amended)\b",
    re.IGNORECASE,
)
REFERENCE = re.compile(
    r"\b(?:refer(?:ence)?|see|per|according to|in accordance with|as (?:specified|outlined|described|defined) in|"
    r"pursuant to|under|comply with|consult|follow)\b.{0,80}?"
    r"(?:polic(?:y|ies)|ref(?:erence)?\.?\s?(?:no\.?)?|protocols?|procedures?|guidelines?|sections?|§+|appendix|"
    r"attachments?|forms?|TP|MCG|manual)\s?(?:no\.?|number|#)?\s?\d*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:polic(?:y|ies)|ref(?:erence)?\.?\s?(?:no\.?)?|protocols?|procedures?|guidelines?|sections?|§+|appendix|parts?|"
    r"attachments?|forms?|TP|MCG|chapter|title)\s?(?:no\.?|number|#)?\s?[A-Z]{0,4}-?\d[\d.\-A-Z]*",
    re.IGNORECASE,
)
_ACTOR = re.compile(
    r"\b(?:EMTs?|AEMTs?|paramedics?|nurses?|RNs?|LVNs?|LPNs?|physicians?|providers?|directors?|officers?|personnel|"
    r"staff|pharmacists?|technicians?|practitioners?|students?|interns?|supervisors?|managers?|coordinators?|"
    r"committees?|employees?|workforce|parents?|guardians?|surrogates?|individuals?|covered entit(?:y|ies)|person)\b",
    re.IGNORECASE,
)

_KINDS: dict[AnswerKind, tuple[tuple[re.Pattern[str], float], ...]] = {
    AnswerKind.DOSE: ((AMOUNT, 0.8), (_ANY_NUMBER, 0.2)),
    AnswerKind.TIME_LIMIT: ((DURATION, 0.6), (_DEADLINE, 0.3), (DATE, 0.1)),
    AnswerKind.QUANTITY: ((_ANY_NUMBER, 1.0),),
    AnswerKind.WHO_MAY: ((_MODAL, 0.6), (_ACTOR, 0.4)),
    AnswerKind.YES_NO: ((_MODAL, 1.0),),
    AnswerKind.DEFINITION: ((_DEFINES, 1.0),),
    AnswerKind.CRITERIA_LIST: ((_CRITERION, 1.0),),
    AnswerKind.CONTRAINDICATION: ((_CONTRAINDICATES, 0.8), (NEGATION, 0.2)),
    AnswerKind.PROCEDURE: ((_INSTRUCTS, 1.0),),
    AnswerKind.DOCUMENTATION: ((_DOCUMENTS, 0.7), (_HANDS_IN, 0.3)),
    AnswerKind.GOVERNANCE: ((DATE, 0.5), (_GOVERNS, 0.5)),
    AnswerKind.REFERENCE: ((_NUMBERED, 0.7), (REFERENCE, 0.3)),
    AnswerKind.OTHER: (),
}
LIST_KINDS = frozenset(
    {AnswerKind.CRITERIA_LIST, AnswerKind.DOCUMENTATION, AnswerKind.CONTRAINDICATION, AnswerKind.PROCEDURE}
)
NUMERIC_KINDS = frozenset({AnswerKind.DOSE, AnswerKind.TIME_LIMIT, AnswerKind.QUANTITY})


@lru_cache(maxsize=16384)
def form_match(kind: AnswerKind, text: str) -> float:
    """How much ``text`` has the form of an answer of that kind, 0..1; 0.5 for a kind without a form."""
    patterns = _KINDS[kind]
    if not patterns:
        return 0.5
    return sum(weight for pattern, weight in patterns if pattern.search(text))


_ASKED_UNIT = re.compile(
    r"\bhow many\s+(?:(?:more|total|extra|of|the|clock|calendar|business|working)\s+)*([a-z]{2,})", re.I
)
_NAMED_UNIT = re.compile(
    r"(?<![\d.]\s)(?<![\d.])\b(joules?|milligrams?|micrograms?|mcg|mg|grams|ml|milliliters?|percent|dollars?|inches|feet)\b",
    re.IGNORECASE,
)
_HOW_OFTEN = re.compile(r"\bhow (?:often|frequent)", re.IGNORECASE)
_FREQUENCY = re.compile(
    r"\b(?:every|each|daily|weekly|monthly|quarterly|annual(?:ly)?|hourly|once|twice|"
    r"per (?:day|hour|week|month|year)|q\s?\d)",
    re.IGNORECASE,
)


def asked_unit_match(question: str, text: str) -> float:
    """1 where the question asks "how many minutes" and the text has a number of minutes, -1 where it has none.

    "How often" asks for a frequency. 0 where the question asks for neither.
    """
    if _HOW_OFTEN.search(question):
        return 1.0 if _FREQUENCY.search(text) else -1.0
    asked = _ASKED_UNIT.search(question) or _NAMED_UNIT.search(question)
    if asked is None:
        return 0.0
    unit = asked.group(1).lower().rstrip("s")
    if unit in ("time", "of", "do", "doe", "i", "can", "to", "should", "we", "is", "will"):
        return 0.0
    pattern = _counted(unit)
    return 1.0 if pattern.search(text) else -1.0


@lru_cache(maxsize=16384)
def refers_elsewhere(text: str) -> bool:
    """Whether a text sends the reader to another document or section."""
    return REFERENCE.search(text) is not None


@lru_cache(maxsize=256)
def _counted(unit: str) -> re.Pattern[str]:
    forms = next((forms for forms in _UNIT_FORMS if unit in forms), (unit,))
    names = "|".join(re.escape(form) for form in forms)
    return re.compile(rf"{_NUMBER}\s?(?:\([^)]{{1,12}}\)\s?)?-?\s?(?:\w+\s){{0,2}}?(?:{names})s?\b", re.IGNORECASE)


_UNIT_FORMS = (
    ("minute", "min"),
    ("hour", "hr", "h"),
    ("second", "sec"),
    ("year", "yr"),
    ("month", "mo"),
    ("week", "wk"),
    ("milligram", "mg"),
    ("microgram", "mcg"),
    ("gram", "g", "gm"),
    ("joule", "j"),
    ("liter", "litre", "l"),
    ("milliliter", "ml", "cc"),
    ("percent", "%"),
    ("people", "person", "individual", "member"),
    ("kid", "child", "pediatric patient"),
)
