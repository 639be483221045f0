"""Reads the quantities of a sentence: value or range, dimension, bound, and how often."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from ragkit.grounding.rules.units import FREQUENCY_WORDS, NUMBER_WORDS, PERIODS, UNITS
from ragkit.grounding.rules.wording import content


class Bound(StrEnum):
    """On which side of the number the sentence lies."""

    NONE = "none"
    AT_LEAST = "at least"
    MORE = "more than"
    AT_MOST = "at most"
    LESS = "less than"

    @property
    def side(self) -> int:
        """1 for a lower bound, -1 for an upper bound, 0 for none."""
        return {"none": 0, "at least": 1, "more than": 1, "at most": -1, "less than": -1}[self.value]


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity as it stands in a sentence.

    Attributes:
        low: lowest value, in the base unit of the dimension (mg, mL, minutes, ...).
        high: highest value; the same as ``low`` unless it is a range.
        dimension: what is measured ("mass/mass", "time", "interval", "number"); quantities of different dimensions
            are never the same.
        raw: the number as written, whatever its unit (the lower one of a range).
        nouns: for a bare number, the stems of the up to three words after it: what is counted.
        bound: at least, at most, ...
        bound_span: where the words of the bound stand; an empty span where there are none.
        start: where it starts in the sentence.
        end: where it ends.
        shown: its own words.
    """

    low: float
    high: float
    dimension: str
    raw: float
    nouns: frozenset[str]
    bound: Bound
    bound_span: tuple[int, int]
    start: int
    end: int
    shown: str

    def equals(self, other: Measure) -> bool:
        """Whether it is the same quantity (bounds aside)."""
        return (
            self.dimension == other.dimension
            and _close(self.low, other.low, self)
            and _close(self.high, other.high, self)
        )

    def holds(self, other: Measure) -> bool:
        """Whether ``other`` is a bare number that lies at one end of this range."""
        return (
            self.dimension == other.dimension
            and other.low == other.high
            and self.low != self.high
            and (_close(self.low, other.low, self) or _close(self.high, other.high, self))
        )


def _close(one: float, other: float, measure: Measure) -> bool:
    """Equal to within rounding; pounds and kilograms are converted by bedside rounding, so to 1 %."""
    tolerance = 0.01 if "lb" in measure.shown or "pound" in measure.shown else 1e-6
    return abs(one - other) <= tolerance * max(abs(one), abs(other), 1e-12)


_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True)).replace("-", "[- ]")
_UNIT = "|".join(sorted((re.escape(u).replace("\\-", "[ -]") for u in UNITS), key=len, reverse=True))
_NUM = rf"(?:\d+(?:,\d{{3}})+(?:\.\d+)?|\d*\.\d+|\d+|(?:{_WORDS})\b)(?:\s*(?:hundred|thousand|million|billion)\b)?"
_PAREN = r"(?:\s*\(\s*\d+(?:\.\d+)?\s*\))?"
_END = r"(?![a-zµμ])"
_PER = rf"(?P<per>(?:\s?(?:/|\bper\b|\b(?:an?|each|every)\b(?= (?:day|hour|minute|kg|kilo)))\s?(?:{_UNIT}){_END})*)"
_QUANTITY = re.compile(
    rf"(?<![\w.,/])(?<![\w][-–])(?P<low>{_NUM}){_PAREN}"
    rf"(?:\s?-?\s?(?P<low_unit>{_UNIT}){_END})?"
    rf"(?:(?:-(?= ))?\s?(?:-|–|—|\bto\b|\band\b(?=.{{0,40}}))\s?(?P<high>{_NUM}){_PAREN}(?=[\s\-a-zµμ%°/.,;:)]|$))?"
    rf"(?:\s?-?\s?(?P<unit>{_UNIT}){_END})?{_PER}",
    re.IGNORECASE,
)
_TIMES = re.compile(
    rf"\b(?:(?P<word>once|twice|thrice)|(?P<count>{_NUM})(?:\s?x\b|\s+times?|\s+doses))"
    r"\s*(?:a|an|per|each|every|/|in a|in any)?\s*(?P<period>daily|weekly|monthly|yearly|annually|hourly|"
    r"(?:second|minute|hour|hr|day|night|week|month|quarter|year|shift)\b)",
    re.IGNORECASE,
)
_TIMES_IN = re.compile(
    rf"\b(?:(?P<word>once|twice|thrice)|(?P<count>{_NUM})(?:\s?x\b|\s+times?|\s+doses))\s+(?:every|each|per|in)\s+"
    rf"(?P<many>{_NUM}){_PAREN}\s?-?\s?(?P<period>(?:second|minute|min|hour|hr|day|week|month|year)s?)\b",
    re.IGNORECASE,
)
_EVERY = re.compile(
    rf"\b(?:every|each|q\.?)\s?(?P<other>other\s+)?(?:(?P<low>{_NUM}){_PAREN}"
    rf"(?:\s?(?:-|–|to|or)\s?(?P<high>{_NUM}))?\s?-?)?\s?"
    rf"(?P<period>seconds?|secs?|minutes?|mins?|hours?|hrs?|h|days?|nights?|weeks?|wks?|months?|quarters?|years?|yrs?|"
    rf"shifts?|m(?=\b))\b",
    re.IGNORECASE,
)
_INTERVAL = re.compile(
    rf"\b(?P<low>{_NUM})[\s-]?(?P<period>seconds?|minutes?|min|hours?|hrs?|h|days?|weeks?|months?)"
    r"(?:\s+(?:intervals?|apart)|ly\b)|\bintervals of\s+(?P<low2>\d+)\s?(?P<period2>minutes?|hours?|days?)",
    re.IGNORECASE,
)
_ADVERB = re.compile(
    r"\b(?P<word>" + "|".join(sorted(map(re.escape, FREQUENCY_WORDS), key=len, reverse=True)) + r")\b", re.IGNORECASE
)
_ONE_UNIT = re.compile(
    r"\b(?:within|after|for|least|most|than|every|over|under|past|last)\s+(?P<number>an?|the)\s+"
    r"(?P<unit>minute|hour|day|week|month|year)\b|(?<!once )(?<!twice )\b(?P<number2>an?)\s+"
    r"(?P<unit2>minute|hour|day|week|month|year)\s+(?:later|after|before|of|apart|or)\b",
    re.IGNORECASE,
)
_RATIO = re.compile(r"(?<![\w.,:])(\d+)\s?:\s?(\d+(?:,\d{3})*)(?![\w:])")
_PRESSURE = re.compile(r"(?<![\w./])(\d{2,3})\s?/\s?(\d{2,3})(?![\w/])")

_LEAST = (
    r"at least|minimum|minimum (?:of|is)|min\.?|no less than|not less than|no fewer than|not fewer than|≥|>\s?=|=\s?>|"
    r"no earlier than|not before|no sooner than|at a minimum"
)
_MOST = (
    r"at most|(?:maximum|max\.?)(?: \w+){0,3}?(?: of| is| to)?|up to|no more than|not more than|"
    r"not (?:to )?exceed(?:ing)?|"
    r"(?:cannot|never) exceed|no longer than|not longer than|no later than|not later than|no greater than|"
    r"not greater than|"
    r"≤|<\s?=|=\s?<|within(?: the| the first| a)?|limit(?:ed)?(?: of| to)|capped at|ceiling of|in the (?:past|"
    r"last|previous)|"
    r"as (?:high|much|many|long) as|until"
)
_MORE = (
    r"more than|greater than|over|above|exceed(?:s|ing)?|>|longer than|older than|higher than|after|beyond|later than|"
    r"heavier than|larger than|past"
)
_LESS = (
    r"less than|fewer than|under|below|<|shorter than|younger than|lower than|before|sooner than|earlier than|"
    r"lighter than|smaller than"
)
_FILLER = r"(?:a |an |the |about |approximately |than |of |\w+ of )?"
_BEFORE = [
    (bound, re.compile(rf"(?:(?<=[\s(])|^)(?:{words})\s*{_FILLER}$", re.IGNORECASE))
    for bound, words in (
        (Bound.AT_LEAST, _LEAST),
        (Bound.AT_MOST, _MOST),
        (Bound.MORE, _MORE),
        (Bound.LESS, _LESS),
    )
]
_GREATER = "more|greater|older|above|over|higher|longer|heavier|later|up|beyond"
_SMALLER = "less|fewer|younger|below|under|lower|shorter|lighter|earlier"
_OTHER = r"(?:\s+\w+){0,3}?,?\s+(?:or|and)"
_AFTER = [
    (bound, re.compile(rf"{_OTHER} (?:{words})\b|\s+(?:at )?(?:a )?{noun}\b(?! of)", re.IGNORECASE))
    for bound, words, noun in ((Bound.AT_LEAST, _GREATER, "minimum"), (Bound.AT_MOST, _SMALLER, "maximum"))
]


@lru_cache(maxsize=65536)
def measures(text: str) -> tuple[Measure, ...]:
    """The quantities of ``text`` in order. Digits inside words and the numbers of list items are left out."""
    return _Reader(text).read() if _ANY.search(text) else ()


class _Reader:
    """Reads the quantities of one text, the more special spellings first; what is read once is not read again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Measure] = []
        self.lent: dict[int, tuple[str, float]] = {}

    def read(self) -> tuple[Measure, ...]:
        for match in _RATIO.finditer(self.text):
            self._add(float(match[1]), float(match[2].replace(",", "")), "ratio", match.span())
        for match in _PRESSURE.finditer(self.text):
            self._add(float(match[1]), float(match[2]), "pair", match.span())
        self._read_intervals()
        for match in _FRACTION.finditer(self.text):
            parts = re.split(r"[- ]", match[1].lower())
            share = 100 * NUMBER_WORDS[parts[0]] / _PARTS[parts[1].removesuffix("s")]
            self._add(share, share, "percent", match.span())
        for match in _ONE_UNIT.finditer(self.text):
            dimension, factor = UNITS[(match["unit"] or match["unit2"]).lower()]
            number, unit = ("number", "unit") if match["unit"] else ("number2", "unit2")
            self._add(factor, factor, dimension, (match.start(number), match.end(unit)))
        for match in _QUANTITY.finditer(self.text):
            self._read_quantity(match)
        self._lend_units()
        return tuple(self.found)

    def _add(
        self,
        low: float,
        high: float,
        dimension: str,
        span: tuple[int, int],
        nouns: frozenset[str] = frozenset(),
        raw: float = 0.0,
    ) -> None:
        if any(known.start < span[1] and span[0] < known.end for known in self.found):
            return
        shown = " ".join(self.text[slice(*span)].split())
        bound, bound_span = _bound(self.text, *span, dimension)
        if low != high and bound is not Bound.AT_MOST:
            bound, bound_span = Bound.NONE, (span[0], span[0])
        self.found.append(
            Measure(min(low, high), max(low, high), dimension, raw or low, nouns, bound, bound_span, *span, shown)
        )

    def _read_intervals(self) -> None:
        for match in _TIMES_IN.finditer(self.text):  # "twice every 24 hours"
            between = _period(match["period"]) * _value(match["many"]) / _count(match)
            self._add(between, between, "interval", match.span())
        for match in _TIMES.finditer(self.text):
            count = _count(match)
            period = match["period"].lower()
            minutes = FREQUENCY_WORDS.get(period) or PERIODS[period]
            between = minutes / count if minutes > 0 else minutes * count
            self._add(between, between, "interval", match.span())
        for match in _EVERY.finditer(self.text):
            minutes = _period(match["period"])
            low = _value(match["low"]) if match["low"] else (2.0 if match["other"] else 1.0)
            high = _value(match["high"]) if match["high"] else low
            self._add(minutes * low, minutes * high, "interval", match.span())
        for match in _INTERVAL.finditer(self.text):
            minutes = _period(match["period"] or match["period2"]) * _value(match["low"] or match["low2"])
            self._add(minutes, minutes, "interval", match.span())
        for match in _ADVERB.finditer(self.text):
            minutes = FREQUENCY_WORDS[match["word"].lower()]
            self._add(minutes, minutes, "interval", match.span())

    def _read_quantity(self, match: re.Match[str]) -> None:
        start, end = match.span()
        joined = self.text[match.end("low") : match.start("high")] if match["high"] else ""
        between = re.search(r"\bbetween\s*$", self.text[max(0, start - 10) : start], re.IGNORECASE)
        if re.search(r"\band\s*$", joined, re.IGNORECASE) and not between:  # "5 and 10 mg": two numbers, not a range
            second = _QUANTITY.match(self.text, match.start("high"))
            self._add_quantity(match, (start, match.end("low_unit") if match["low_unit"] else match.end("low")), True)
            if second:
                self._read_quantity(second)
            return
        self._add_quantity(match, (start, end), False)

    def _add_quantity(self, match: re.Match[str], span: tuple[int, int], first_only: bool) -> None:
        low = _value(match["low"])
        high = _value(match["high"]) if match["high"] and not first_only else low
        unit = match["low_unit"] if first_only else match["unit"] or match["low_unit"]
        if unit is not None and match["low"].lower() == "half" and unit.lower() == "dose":
            return
        if unit is None and (_IDENTIFIED.search(self.text[: span[0]]) or _YEAR.fullmatch(match["low"])):
            return
        if unit is None:
            if match["low"].lower() not in _NO_COUNTS or match["high"]:
                end = match.end("low") if first_only or not match["high"] else match.end("high")
                self._add(low, high, "number", (span[0], end), _nouns(self.text[end:]))
            return
        dimension, factor = _scale(unit, low)
        low_factor = _scale(match["low_unit"], low)[1] if match["low_unit"] and match["high"] else factor
        raw, low, high = low, low * low_factor, high * factor
        if dimension == "fahrenheit":
            low, high, dimension = (low - 32) / 1.8, (high - 32) / 1.8, "celsius"
        per = "" if first_only else match["per"] or ""
        for part in _PER_WORD.split(per)[1:]:
            below, scale = UNITS[part.strip().lower().replace(" ", "-")]
            if below != "dose":
                dimension, low, high = f"{dimension}/{below}", low / scale, high / scale
        self._add(low, high, dimension, span, raw=raw)

    def _lend_units(self) -> None:
        """Gives the unit of "10 mg" in "5 or 10 mg", "5, 10 and 15 mg" to the bare numbers before it."""
        self.found.sort(key=lambda measure: measure.start)
        for position in range(len(self.found) - 2, -1, -1):
            earlier, later = self.found[position], self.found[position + 1]
            if earlier.dimension != "number" or not _LISTED.fullmatch(self.text[earlier.end : later.start]):
                continue
            unit = re.search(r"[a-zµμ%°]+$", later.shown.split("/")[0].strip(), re.IGNORECASE)
            scale = UNITS.get(unit[0].lower()) if unit else self.lent.get(later.start)
            if scale and scale[0] == later.dimension:
                self.lent[earlier.start] = scale
                low, high = earlier.low * scale[1], earlier.high * scale[1]
                self.found[position] = replace(earlier, low=low, high=high, dimension=scale[0], nouns=frozenset())


_IDENTIFIED = re.compile(
    r"\b(?:ref(?:erence)?|policy|protocol|section|form|chapter|procedure|no|number|version|v|step|table|figure|"
    r"appendix|level|phase|"
    r"stage|type|grade|class|category|room|ward|unit|floor|tier|rule|article|page|part|tp|mcg|item|attachment|"
    r"day|week)s?\.?"
    r"(?:\s*(?:no\.?|number|#))?[\s-]*$|#\s*$",
    re.IGNORECASE,
)
"""What stands before a number that names something and measures nothing."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5}
_FRACTION = re.compile(r"\b((?:one|two|three)[- ](?:half|thirds?|quarters?|fourths?|fifths?))\b", re.IGNORECASE)
_ANY = re.compile(
    rf"\d|\b(?:{_WORDS}|once|twice|thrice|every|each|an?|the|{'|'.join(map(re.escape, FREQUENCY_WORDS))})\b",
    re.IGNORECASE,
)
"""What every quantity has; a text without it is not read any further."""
_LISTED = re.compile(r"\s*(?:,|,?\s*(?:or|and))\s*", re.IGNORECASE)
_PER_WORD = re.compile(r"/|\bper\b|\b(?:an?|each|every)\b(?= )", re.IGNORECASE)
_LENGTH = re.compile(
    r"\b(?:is|are|was|were|be|if|when|of|for|lasts?|lasting|takes?|age[sd]?|patients?)\s*$", re.IGNORECASE
)
"""What stands before "over 5 minutes" where it is a bound, not the duration of an infusion."""
_NO_COUNTS = frozenset({"half", "hundred", "zero", "dozen"})
"""Number words that are pronouns or parts of phrases as often as counts."""


def _scale(unit: str, value: float) -> tuple[str, float]:
    spelled = unit.lower().replace(" ", "-")
    if unit == "G" and value == int(value) and 14 <= value <= 30:
        return "gauge", 1.0
    return UNITS[spelled] if spelled in UNITS else UNITS[unit.lower()]


def _count(match: re.Match[str]) -> float:
    return (
        {"once": 1.0, "twice": 2.0, "thrice": 3.0}.get((match["word"] or "").lower()) or _value(match["count"]) or 1.0
    )


def _period(word: str) -> float:
    word = word.lower()
    if word in ("sec", "secs"):
        return PERIODS["second"]
    return PERIODS.get(word) or PERIODS.get(word.removesuffix("s")) or 1.0


_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_SCALED = re.compile(rf"(.+?)\s*({'|'.join(_SCALES)})$")


def _value(number: str) -> float:
    number = number.lower().replace(",", "")
    if scaled := _SCALED.match(number):
        return _value(scaled[1]) * _SCALES[scaled[2]]
    joined = "-".join(number.split())
    return NUMBER_WORDS[joined] if joined in NUMBER_WORDS else float(joined)


_PHRASE = re.compile(r"(?:[\s-]*[a-z]+){0,3}", re.IGNORECASE)
_NOT_COUNTED = frozenset({"of", "or", "another", "who", "that", "which", "hand", "and", "to"})


def _nouns(after: str) -> frozenset[str]:
    """The stems of the content words among the next three: one of them is what is counted."""
    match = _PHRASE.match(re.sub(r"^\s*\(\d+\)", "", after))
    words = match[0].split() if match else []
    return frozenset() if not words or words[0].lower() in _NOT_COUNTED else content(match[0] if match else "")


def _bound(text: str, start: int, end: int, dimension: str) -> tuple[Bound, tuple[int, int]]:
    """The bound of the quantity at ``start`` to ``end``, and where its words stand (empty where it has none)."""
    offset = max(0, start - 45)
    before, after = text[offset:start], text[end : end + 40]
    nothing = Bound.NONE, (start, start)
    for bound, pattern in _BEFORE:
        match = pattern.search(before)
        if match:
            word = match[0].lower()
            if dimension == "number" and word.startswith(("after", "until")):
                return nothing  # "after two attempts" is a point in time
            duration = dimension in ("time", "interval") and word.startswith("over")
            if duration and not _LENGTH.search(before[: match.start()]):
                return nothing  # "over 5 minutes" is a duration as often as a bound
            return bound, (offset + match.start(), start)
    for bound, pattern in _AFTER:
        match = pattern.match(after)
        if match:
            return bound, (end, end + match.end())
    return nothing


_BOUNDARIES = (re.compile(r"[.;\n•|]"), re.compile(r","), re.compile(r"\b(?:and|or|but|then|while|whereas)\b|/"))


def window(text: str, measure: Measure, group: Sequence[Measure]) -> str:
    """The words that belong to a quantity: up to the boundary towards its neighbours in ``group``, within its line."""
    start, end = 0, len(text)
    for first, second in pairwise(group):
        cut = _cut(text, first.end, second.start)
        if second.start <= measure.start:
            start = cut
        elif first.start >= measure.start:
            end = min(end, cut)
            break
    line_start, line_end = text.rfind("\n", 0, measure.start) + 1, text.find("\n", measure.end)
    start, end = max(start, line_start), min(end, line_end if line_end >= 0 else len(text))
    return text[start:end]


def _cut(text: str, start: int, end: int) -> int:
    for boundary in _BOUNDARIES:
        match = boundary.search(text, start, end)
        if match:
            return match.start()
    return end
