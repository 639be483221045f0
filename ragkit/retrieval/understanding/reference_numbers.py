"""Policy numbers named in a question: "policy 917", "Ref. 964", "TP 2207-P", "IC-204", "940.04", "what does 8030 say".

A number is a reference when a word says so, when it has the form of one, or when it stands where only the name of a
document can stand. Doses, ages, blood pressures, telephone numbers, years and times are not references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BODY = r"(?:[A-Za-z]{1,5}[- ]?)?\d{1,5}(?:[.\-]\d{1,4}){0,3}(?:[.\-]?[A-Za-z]{1,2}(?![A-Za-z]))?"
_NAMED = re.compile(
    r"\b(?:polic(?:y|ies)|pol|pp|refs?|references?|protocols?|prot|procedures?|proc|tps?|sops?|standards?|guidelines?|"
    r"directives?|forms?|documents?|doc|attachment|appendix|standing order|manual)"
    r"(?:\s*(?:nos?|numbers?|nums?|nbr))?[.:]?\s*#?\s*(?P<number>" + _BODY + r")(?!\w)(?!\.\d)",
    re.IGNORECASE,
)
_NUMBER_SIGN = re.compile(
    r"(?:#|\bno\.\s?)\s?(?P<number>\d{2,5}(?:[.\-]\d{1,4}){0,2}(?:-?[A-Za-z])?)(?!\w)", re.IGNORECASE
)
_CODE = re.compile(r"\b(?P<number>(?P<letters>[A-Za-z]{2,5})[-. ]?\d{2,5}(?:[.\-]\d{1,3})*(?:-?[A-Z])?)\b")
_DECIMAL = re.compile(r"(?<![\d.$/-])(?P<number>\d{3,5}\.\d{1,3}(?:-?[A-Z])?)(?![\d%/])\b")
_SUFFIXED = re.compile(r"(?<![\d.$/-])\b(?P<number>\d{3,5}-[A-Z]{1,2})\b(?!-)")
_BARE = re.compile(r"(?<![\w.$/:-])(?!(?:911|988)\b)(?P<number>\d{3,5})(?![\w/%]|[.,:-]\d|\s?-\s?\d)")
_BEFORE = re.compile(
    r"(?:^|\(|\b(?:per|under|in|of|from|by|see|with|does|do|did|says?|and|or|read|check|follow|between))\s*$",
    re.IGNORECASE,
)
_STRONG_BEFORE = re.compile(r"\b(?:does|do|per|did)\s*$", re.IGNORECASE)
_SAYS_AFTER = re.compile(
    r"\s*(?:say|says|said|cover|covers|state|states|require|requires|allow|allows|let|lets|permit|permits|mention)\b",
    re.IGNORECASE,
)
_MAY_FOLLOW = re.compile(
    r"\s*(?:$|[?!.,:;)(-]|(?:say|says|said|does|do|cover|covers|is|are|was|about|lets?|allows?|requires?|states?|that|"
    r"when|how|what|who|the|and|or|it|we|where|which|can|for|also|still|permits?|mentions?|have|has|right|vs)\b)",
    re.IGNORECASE,
)
_OPENS_WITH = re.compile(r"^\s*\d{3,5}\s?(?:[:,]|-\s|\s-)")
_MEASURED = re.compile(
    r"\s?(?:mg|mcg|g|kg|ml|cc|l|liters?|litres?|units?|meq|mmol|mmhg|bpm|joules?|j|mins?|minutes?|hours?|hrs?|days?|"
    r"weeks?|months?|years?|yrs?|y/?o|sec(?:ond)?s?|feet|ft|miles?|lbs?|pounds?|degrees?|patients?|pts?|people|persons?|"
    r"beds?|dollars?|percent|times?|doses?|hold|holds|o'clock|am|pm|inch(?:es)?|cm|mm|stairs|calls?|bucks)\b",
    re.IGNORECASE,
)
_NOT_CODES_LIST = """
    covid icd usp sars cpt cyp vitamin omega type class level stage grade phase factor group unit room bed bay day
    days week weeks hour hours age aged lead leads line lines step steps part title article cfr usc version page
    pages item items section sections paragraph chapter question hemoglobin gauge size french fr rate sat sats spo
    bp hr rr gcs temp a o co n in of to at for by the and or is it on per under from see with max min over until
    than about since sub pre post non rec mid only like q x every after before within least most up down another
    first last next her his she he him says say give gave dose push mg im iv io po was are be has had fluid iso
"""
_NOT_CODES = frozenset(_NOT_CODES_LIST.split())


@dataclass(frozen=True)
class ReferenceNumber:
    """A policy number as written, with its span in the question."""

    number: str
    start: int
    end: int


def find_reference_numbers(text: str) -> tuple[ReferenceNumber, ...]:
    """The policy numbers that ``text`` names, in order, each once."""
    found: list[ReferenceNumber] = []
    for candidate in sorted(_candidates(text), key=lambda each: (each.start, -each.end)):
        if not any(candidate.start < other.end and other.start < candidate.end for other in found):
            found.append(candidate)
    unique: dict[str, ReferenceNumber] = {}
    for reference in found:
        unique.setdefault(reference.number.lower(), reference)
    return tuple(unique.values())


def _candidates(text: str) -> Iterator[ReferenceNumber]:
    for match in _NAMED.finditer(text):
        if not _measured(text, match.end()) and not _a_year(match.group("number")):
            yield from _reference_and_followers(text, match)
    for pattern in (_NUMBER_SIGN, _DECIMAL, _SUFFIXED):
        for match in pattern.finditer(text):
            if not _measured(text, match.end()):
                yield _reference(match)
    for match in _CODE.finditer(text):
        letters = match.group("letters")
        joined = not match.group("number")[len(letters)].isspace()
        if letters.lower() not in _NOT_CODES and joined and not _measured(text, match.end()) and _code_form(match):
            yield _reference(match)
    for match in _BARE.finditer(text):
        if _stands_for_a_document(text, match):
            yield _reference(match)


def _reference_and_followers(text: str, match: re.Match[str]) -> Iterator[ReferenceNumber]:
    """The named number and those after it: "policies 302, 304 and 310"."""
    yield _reference(match)
    position = match.end()
    following = re.compile(r"\s*(?:,|/|&|and|or|vs\.?|versus)\s*(?P<number>\d{3,5}(?:[.\-]\d{1,3})?)\b(?!\s?[/%])")
    while (after := following.match(text, position)) and not _measured(text, after.end()):
        yield _reference(after)
        position = after.end()


def _reference(match: re.Match[str]) -> ReferenceNumber:
    return ReferenceNumber(match.group("number"), match.start("number"), match.end("number"))


def _measured(text: str, end: int) -> bool:
    return bool(_MEASURED.match(text, end))


def _a_year(number: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", number))


def _code_form(match: re.Match[str]) -> bool:
    """A code in capitals, or one with a hyphen and at least three digits ("ic-204")."""
    code = match.group("number")
    digits = sum(character.isdigit() for character in code)
    if match.group("letters").isupper():
        return digits >= 3 or "-" in code or "." in code
    return digits >= 3 and "-" in code


def _stands_for_a_document(text: str, match: re.Match[str]) -> bool:
    """Whether a bare number of three to five digits stands where the name of a document stands."""
    before, after = text[: match.start()], match.end()
    if _measured(text, after):
        return False
    if _SAYS_AFTER.match(text, after) and not _a_year(match.group()):
        return True
    if _STRONG_BEFORE.search(before) and not _a_year(match.group()):
        return True
    if not before.strip() and _OPENS_WITH.match(text):
        return not _a_year(match.group())
    return (
        bool(_BEFORE.search(before))
        and bool(_MAY_FOLLOW.match(text, after))
        and not _a_year(match.group())
        and bool(before.strip())
    )
