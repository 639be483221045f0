"""Numbers in questions, by what they measure: "85 kg" takes the place of "72 kg" and never stands beside it.

Two measures of the same quantity in one question would be a question about two patients, or none. Units are compared by
what they measure, however they are spelled. A number without a unit is known by the words before it ("a potassium of
2.8"), or by the only number there is ("and 2.8?").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ragkit.retrieval.words import STOP_WORDS

_UNITS = {
    "weight": r"kgs?|kilos?|kilograms?|lbs?|pounds?",
    "gram": r"gm?s?|grams?",
    "dose": r"mgs?|milligrams?|mcgs?|[µμ]g|ug|micrograms?|units?|iu|meqs?|mmols?",
    "volume": r"mls?|cc|l|lit(?:er|re)s?|millilit(?:er|re)s?",
    "time": r"y/?o|yrs?|years?|mos?|months?|wks?|weeks?|days?|hours?|hrs?|h|minutes?|mins?|seconds?|secs?",
    "percent": r"%|percent",
    "temperature": r"°\s?[cf]|degrees?(?: [cf])?|[cf]",
    "pressure": r"mm\s?hg|cm\s?h2o",
    "gauge": r"gauge|ga|fr|french",
    "length": r"cm|mm|centimeters?|millimeters?|inch(?:es)?",
    "beats": r"bpm",
}
_UNIT = "|".join(_UNITS.values())
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?:[/+]\d{1,3}(?!\d))?"
_COMPARED = (
    r"(?:(?:under|over|below|above|less than|more than|greater than|at least|at most|up to|between|from)\s|[<>≤≥]=?\s?)"
)
_MEASURE = re.compile(
    rf"(?P<core>(?P<compared>{_COMPARED})?(?P<number>(?<![\w.,/]){_NUMBER}"
    rf"(?:(?:[\s-]?(?:{_UNIT}))?\s?(?:-|–|\bto\b|\bor\b|\band\b)\s?(?:{_NUMBER}))?)"
    rf"(?P<gap>[\s-]?)(?P<unit>(?:(?:{_UNIT})(?![^\W_]))?)"
    rf"(?P<per>(?:(?:\s?/\s?|\s(?:per|an?)\s)(?:{_UNIT}|dl|dose|m2)(?![^\W_]))*))"
    r"(?P<old>[\s-]?olds?\b|\s(?:of age|of life|gestation(?:al age)?)\b)?(?![^\W_])",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?P<name>(?<!')\b[a-z][a-z0-9-]*)"
    r"(?P<rest>(?: (?:score|level|count|rate|pressure|value|result|reading|output))?)\s*"
    r"(?P<tie>(?:\b(?:of|is|was|at|are)\b|=|:)?)\s*$",
    re.IGNORECASE,
)
_NAMELESS_LIST = """
    score level count value result reading rate dose it it's its patient pt over under every after within give than
    between aged weighs weighing weight wt age old if when about around and or by min max
"""
_NAMELESS = STOP_WORDS | frozenset(_NAMELESS_LIST.split())
_WEIGHT = re.compile(r"\b(?:weigh(?:s|ing|t)?|wt)\b[^\d]{0,12}$", re.IGNORECASE)
_AGE = re.compile(r"\b(?:age|aged|old|gestation|ga)\b[^\d]{0,12}$", re.IGNORECASE)
_REPEATED = re.compile(r"\b(?:every|each|q)\s?$", re.IGNORECASE)
_LASTING = re.compile(r"\bover\s?$", re.IGNORECASE)
_NOTHING_ELSE_LIST = """
    a an the for in with at on of if it it's its is was are he she he's she's they patient patients pt weighs weighing
    weigh weight aged age score level value result count reading one when then after by every each within now instead
    who about what from to gets goes old olds life gestation gestational
"""
_NOTHING_ELSE = frozenset(_NOTHING_ELSE_LIST.split())
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_ARTICLE = re.compile(r"\b(an?) (?=(\d+))", re.IGNORECASE)
_JOINED = re.compile(r"(?:[\s,]*\b(?:or|and|for|in|at|with|of|to))?\s*$", re.IGNORECASE)
_MONTHS = re.compile(r"mo|w", re.IGNORECASE)
_DAYS = re.compile(r"d", re.IGNORECASE)
_OF_VALUES = ("percent", "temperature", "pressure", "beats")
_TIMES = ("time", "interval", "duration")
"""Quantities of which a question may well have several: "every 4 hours for 2 days"."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number, or a range of numbers, with what it measures.

    Attributes:
        start, end: its span, with what it is compared by ("under") and its unit.
        number: the number or range as written.
        compared: "under ", "< " ...; "" where it is compared by nothing.
        unit: as written; "" where it has none.
        quantity: "weight", "age", "time", "dose/time" ...; "" where it has no unit.
        name: what it is a value of ("potassium"); "" where nothing says so.
        old: whether it is the beginning of "5-year-old".
    """

    start: int
    end: int
    number: str
    compared: str
    unit: str
    quantity: str
    name: str
    old: bool


def measures_in(text: str) -> list[Measure]:
    """The measures of ``text`` in order."""
    return [_measure(match, text) for match in _MEASURE.finditer(text)]


def _measure(match: re.Match[str], text: str) -> Measure:
    before = text[: match.start("core")]
    number, unit = match["number"], match["unit"] + match["per"]
    if not match["unit"]:
        unit = ""
    end = match.end("core") if unit else match.end("number")
    quantity = "/".join(_family(each) for each in re.split(r"\s?/\s?(?!o\b)|\s(?:per|an?)\s", unit)) if unit else ""
    label = _LABEL.search(before)
    name = ""
    if label and label["name"].lower() not in _NAMELESS and (label["tie"] or not unit):
        name = f"{label['name']}{label['rest']}".lower()
        name = re.sub(r" (?:score|level|count|value|result|reading)$", "", name)
    old = bool(match["old"]) or unit.lower() in ("yo", "y/o")
    if quantity == "time":
        quantity = _kind_of_time(before + (match["compared"] or ""), unit, old)
    elif not quantity and _WEIGHT.search(before):
        quantity, name = "weight", ""
    elif not quantity and _AGE.search(before):
        quantity, name = "age", ""
    hyphened = bool(match["old"]) and bool(re.match(r"[\s-]?old", match["old"], re.IGNORECASE))
    return Measure(match.start("core"), end, number, match["compared"] or "", unit, quantity, name, hyphened)


def _family(unit: str) -> str:
    unit = unit.strip().lower()
    return next((name for name, units in _UNITS.items() if re.fullmatch(units, unit)), unit)


def _kind_of_time(before: str, unit: str, old: bool) -> str:
    if _REPEATED.search(before):
        return "interval"
    if old or _AGE.search(before) or re.match(r"y", unit, re.IGNORECASE):
        return "age"
    return "duration" if _LASTING.search(before) and re.match(r"[hms]", unit, re.IGNORECASE) else "time"


def same_quantity(one: Measure, other: Measure) -> bool:
    """Whether two measures are values of the same thing, so that one patient or order has only one of them."""
    if one.name and other.name:
        return one.name == other.name and (not one.quantity or not other.quantity or one.quantity == other.quantity)
    return bool(one.quantity) and one.quantity == other.quantity


def _perhaps_same(new: Measure, old: Measure) -> bool:
    """Whether two measures may be of the same thing in units of another kind: "a 3-year-old" and "18 months"."""
    pair = {new.quantity, old.quantity}
    if "gram" in pair:
        return bool(pair & {"dose", "weight"})
    if pair == {"age", "time"}:
        time = new if new.quantity == "time" else old
        return bool(_MONTHS.match(time.unit)) or (time is new and bool(_DAYS.match(time.unit)))
    return False


def only_measure(text: str) -> Measure | None:
    """The measure that ``text`` consists of ("for 85 kg", "if it's 2.8", "a MEWS of 5"); None if it says more."""
    found = measures_in(text)
    if len(found) != 1:
        return None
    outside = text[: found[0].start] + " " + text[found[0].end :]
    words = {word.lower() for word in _WORD.findall(outside)}
    return found[0] if words <= _NOTHING_ELSE.union(found[0].name.split()) else None


def place_of(new: Measure, before: str) -> list[Measure]:
    """The measures of ``before`` that ``new`` replaces: those of the same quantity, else the only one it may mean."""
    measures = measures_in(before)
    same = [each for each in measures if same_quantity(new, each)]
    same = same or [each for each in measures if _perhaps_same(new, each)]
    if same or new.name:
        return same
    if not new.quantity:
        return measures if len(measures) == 1 else []
    plain = [each for each in measures if not each.quantity]
    return plain if len(plain) == 1 and (new.quantity in _OF_VALUES or "/" in new.quantity) else []


def unclear(new: Measure, before: str) -> bool:
    """Whether a number says nothing of what it measures, where ``before`` has several that it may be put for."""
    return not new.quantity and not new.name and len(measures_in(before)) > 1


def replaced(before: str, new: Measure, places: list[Measure]) -> str:
    """``before`` with ``new`` in the last one of ``places``, and without the others."""
    *others, place = places
    number = new.compared + new.number
    unit = new.unit or place.unit
    if place.old:
        hyphen = "-" if "-" in before[place.start : place.end] else " "
        written = f"{number}{hyphen}{_singular(unit)}"
    else:
        gap = "" if unit in ("", "%") else " "
        plural = new.old and unit.lower() in ("year", "month", "week", "day", "yr", "wk", "mo")
        written = f"{number}{gap}{unit}{'s' if plural else ''}"
    text = before[: place.start] + written + before[place.end :]
    for each in reversed(others):
        text = _JOINED.sub("", text[: each.start]) + text[each.end :]
    return _ARTICLE.sub(_article, text)


def _singular(unit: str) -> str:
    return unit[:-1] if unit.lower().endswith("s") else unit


def _article(match: re.Match[str]) -> str:
    digits = match[2]
    vowel = digits.startswith("8") or digits in ("11", "18")
    return match[1][0] + ("n " if vowel else " ")


def with_measures_of(before: str, rest: str) -> str:
    """``before`` with the ages, weights, doses and values of ``rest`` in the places of its own; times stay."""
    for new in measures_in(rest):
        places = [each for each in measures_in(before) if same_quantity(new, each)]
        if places and new.quantity not in _TIMES:
            before = replaced(before, new, places)
    return before
