"""How numbers that identify are written, and how numbers that measure are told from them."""

from __future__ import annotations

import re

LABEL_END = r"(?: ?(?:is|was|are|no\.?|nr\.?|number|num\.?|[#:=.,-])){0,3} ?"
"""What stands between a label and its number: "MRN is", "acct no.", "chart #:"."""

VALUE = r"(?:[A-Za-z]{1,4}-?)?(?:\d{1,10}(?:-\d{1,8}){1,4}|\d{1,5}(?: \d{3,5}){1,3}|\d{1,20})[A-Za-z]?(?![\w])"
"""A number with or without letters around it, in groups or not."""

_UNIT = re.compile(
    r" ?(?:mg|mcg|µg|μg|ug|g|gm|grams?|kg|ml|cc|l|liters?|litres?|units?|iu|meq|mmol|mmhg|cm|mm|bpm|joules?|j|"
    r"min(?:ute)?s?|h(?:ou)?rs?|h|days?|weeks?|months?|years?|yrs?|sec(?:ond)?s?|%|percent|degrees?|/|x\d|dollars?|"
    r"patients?|pts|doses?|times|beds|cells?|copies)(?![a-z])",
    re.IGNORECASE,
)
_NAMES_A_DOCUMENT = re.compile(
    r"\b(?:polic(?:y|ies)|pol|pp|refs?|references?|protocols?|procedures?|forms?|sops?|standards?|guidelines?|"
    r"documents?|doc|manual|attachment|appendix|order set|lot|batch|serial|ndc|catalog(?:ue)?|item|model|part|"
    r"version|ver|rev|page|section|chapter|table|isbn|cpt|icd|hcpcs|rule|code|act|law|title|cfr|room|unit|donation|ticket|job|po)"
    r"(?: ?(?:no\.?|nr\.?|number|num\.?|[#:.])){0,3} ?$",
    re.IGNORECASE,
)
REACH = 40
"""How far before a number is read what it may be the number of."""


def is_measured(text: str, end: int) -> bool:
    """Whether a unit follows a number that ends at ``end``: it measures, and identifies nobody."""
    return bool(_UNIT.match(text, end))


def names_a_document(text: str, start: int) -> bool:
    """Whether the words before ``start`` say that the number is that of a policy, a form, a lot, a room."""
    return bool(_NAMES_A_DOCUMENT.search(text[max(0, start - REACH) : start]))


def digit_count(text: str) -> int:
    """How many digits there are in ``text``."""
    return sum(character.isdigit() for character in text)
