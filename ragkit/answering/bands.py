"""Weight, age and value bands: whether a table row or list item is the one for the patient the question describes.

"72 kg" belongs to the row "70 to 79" under "Weight (kg)" and to no other; a "12 year old" to "9 to 17 years". The right
column of the wrong row is a wrong dose, so a line whose band leaves the patient out must not answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

_NUMBER = r"(\d+(?:,\d{3})*(?:\.\d+)?)"
_UNITS: dict[str, tuple[str, float]] = {
    "kg": ("weight", 1.0), "kilogram": ("weight", 1.0), "kilo": ("weight", 1.0),
    "lb": ("weight", 0.4536), "pound": ("weight", 0.4536),
    "gram": ("mass", 1.0),
    "year": ("age", 12.0), "yr": ("age", 12.0), "yo": ("age", 12.0), "y/o": ("age", 12.0), "y.o": ("age", 12.0),
    "month": ("age", 1.0), "mo": ("age", 1.0), "week": ("age", 0.2301), "wk": ("age", 0.2301), "day": ("age", 0.03288),
    "ml": ("volume", 1.0), "cc": ("volume", 1.0), "mmhg": ("pressure", 1.0), "mg/dl": ("concentration", 1.0),
    "mmol/l": ("molarity", 1.0), "meq/l": ("molarity", 1.0), "mg/l": ("level", 1.0), "mcg/ml": ("level", 1.0),
    "%": ("share", 1.0), "°c": ("celsius", 1.0), "°f": ("fahrenheit", 1.0),
}  # fmt: skip
_UNIT = (
    r"(mmol/l|meq/l|mg/dl|mcg/ml|mg/l|mm\s?hg|y/o|y\.o|yo|kilograms?|kilos?|kgs?|lbs?|pounds?|grams?|years?|yrs?|"
    r"months?|mo|weeks?|wks?|days?|ml|cc|%|°\s?[cf])(?![a-z])"
)
_QUANTITY = re.compile(rf"(?<![\w./]){_NUMBER}\s?-?\s?{_UNIT}", re.IGNORECASE)
_BLOOD_PRESSURE = re.compile(r"(?<![\d/])(\d{2,3})\s?/\s?(\d{2,3})(?![\d/])")
_SYSTOLIC = re.compile(r"\b(?:sbp|systolic)\b", re.IGNORECASE)
_FROM = r"(?:≥|>=|at least|from|age[sd]?)?\s?"
_RANGE = re.compile(
    rf"(?<![\w.]){_FROM}{_NUMBER}\s?(?:{_UNIT})?\s?(?:–|—|-|up to|to|and|through)\s?"
    rf"(?P<below><|less than|under|below)?\s?(?:≤|<=)?\s?{_NUMBER}\s?-?\s?(?:{_UNIT})?",
    re.IGNORECASE,
)
_LOWER = re.compile(
    rf"(?P<sign>≥|>=|>|at least|more than|over|above|greater than|older than|from)\s?(?:or equal to\s)?"
    rf"{_NUMBER}\s?-?\s?(?:{_UNIT})?",
    re.IGNORECASE,
)
_LOWER_AFTER = re.compile(
    rf"(?<![\w.]){_NUMBER}\s?-?\s?(?:{_UNIT})?\s?(?:\(?(?:or|and)\s(?:more|over|above|older|greater|higher|up)|\+)",
    re.IGNORECASE,
)
_UPPER = re.compile(
    rf"(?P<sign>≤|<=|<|below|under|less than|younger than|up to|at most|no more than)\s?{_NUMBER}\s?-?\s?(?:{_UNIT})?",
    re.IGNORECASE,
)
_UPPER_AFTER = re.compile(
    rf"(?<![\w.]){_NUMBER}\s?-?\s?(?:{_UNIT})?\s?\(?or\s(?:less|under|below|younger|lower|fewer)", re.IGNORECASE
)


_SAYS_AGES = re.compile(r"\bage[sd]?\b|\bolder\b|\byounger\b|\bchild(?:ren)?\b|\binfants?\b|\badults?\b", re.IGNORECASE)
_AGES_NUMBERED = re.compile(r"\bages?\s\d", re.IGNORECASE)
_ABBREVIATED_AGE = re.compile(r"y/o|y\.o|yo|mo", re.IGNORECASE)
_AGE_AFTER = re.compile(
    r"[\s-]*(?:olds?\b|of age\b|(?:\w+\s){0,2}?(?:kid|child|boy|girl|baby|infant|toddler|male|female|man|woman|lady|"
    r"guy|patient|pt|m|f|son|daughter|teen\w*|adult|newborn|neonate)\b)",
    re.IGNORECASE,
)
_AGE_BEFORE = re.compile(
    r"\b(?:age[ds]?|aged|(?:kid|child|boy|girl|baby|infant|toddler|patient|pt|he|she)(?:\s(?:is|of|who is))?)\W{0,3}$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value that the question gives for the patient, in the base unit of its dimension."""

    dimension: str
    value: float


@dataclass(frozen=True, slots=True)
class Band:
    """A range of values, its ends in the base unit of its dimension; infinite where it is open."""

    dimension: str
    low: float
    high: float
    low_included: bool = True
    high_included: bool = True

    def holds(self, value: float) -> bool:
        """Whether the value lies in the band."""
        above = value >= self.low if self.low_included else value > self.low
        below = value <= self.high if self.high_included else value < self.high
        return above and below


@lru_cache(maxsize=256)
def patient_quantities(question: str) -> tuple[Quantity, ...]:
    """The weights, ages, volumes, pressures and levels that a question names.

    A blood pressure of "180/95" counts by its systolic value.
    """
    found = [
        _quantity(match.group(1), match.group(2), duration=_is_duration(question, match))
        for match in _QUANTITY.finditer(question)
        if not question[match.end() :].lstrip().lower().startswith(("ago", "later", "per ", "/"))
    ]
    found += [Quantity("pressure", float(match.group(1))) for match in _BLOOD_PRESSURE.finditer(question)]
    return tuple(quantity for quantity in found if quantity is not None)


def _is_duration(question: str, quantity: re.Match[str]) -> bool:
    """Whether years, months, weeks or days say how long something lasts ("for 3 days"), and are not somebody's age."""
    dimension = _dimension(quantity.group(2))
    if dimension is None or dimension[0] != "age" or _ABBREVIATED_AGE.fullmatch(quantity.group(2)):
        return False
    return not (_AGE_AFTER.match(question, quantity.end()) or _AGE_BEFORE.search(question[: quantity.start()]))


def band_fit(question: str, cells: Iterable[str], headers: Iterable[str] = ()) -> bool | None:
    """Whether the bands of a line hold the values that the question names.

    Args:
        question: the question as asked.
        cells: the line's cells, or the line as one cell.
        headers: the table's header cells, which may give the unit ("Weight (kg)"); empty for a line of prose.

    Returns:
        True if a band of the line holds a value of the question and none leaves one out; False if a band leaves the
        value out; None if the line has no band of a kind that the question names.
    """
    quantities = patient_quantities(question)
    if not quantities:
        return None
    bands = [
        band for cell, header in _paired(list(cells), list(headers)) for band in _bands_and_durations(cell, header)
    ]
    verdicts = []
    for quantity in quantities:
        alike = [band for band in bands if band.dimension == quantity.dimension]
        if alike:
            verdicts.append(any(band.holds(quantity.value) for band in alike))
    return all(verdicts) if verdicts else None


def _bands_and_durations(cell: str, header: str) -> Iterator[Band]:
    """The bands of a cell; years or days that it does not call an age may be a duration as well."""
    says_ages = _SAYS_AGES.search(f"{header} {cell}")
    for band in bands_of(cell, header):
        yield band
        if band.dimension == "age" and not says_ages:
            yield replace(band, dimension="duration")


@lru_cache(maxsize=8192)
def bands_of(cell: str, header: str = "") -> tuple[Band, ...]:
    """The ranges that a cell states; the header gives the unit where the cell does not."""
    column = _header_dimension(header) or _ages_of(cell)
    rest = cell
    bands = []
    for pattern in (_RANGE, _LOWER_AFTER, _UPPER_AFTER, _LOWER, _UPPER):
        for match in pattern.finditer(rest):
            band = _band(pattern, match, column)
            if band is not None:
                bands.append(band)
        rest = pattern.sub(lambda match: " " * len(match.group()), rest)
    return tuple(bands)


def _ages_of(cell: str) -> tuple[str, float] | None:
    """Years, where a cell says "ages": what has no unit in it ("over 14") is an age too."""
    return _UNITS["year"] if _AGES_NUMBERED.search(cell) else None


def _band(pattern: re.Pattern[str], match: re.Match[str], column: tuple[str, float] | None) -> Band | None:
    groups = match.groups()
    sign = (match.groupdict().get("sign") or "").lower()
    if pattern is _RANGE:
        low_text, low_unit, _, high_text, high_unit = groups
        unit = _dimension(high_unit) or _dimension(low_unit) or column
        if unit is None:
            return None
        low_scale = (_dimension(low_unit) or unit)[1]
        low, high = _number(low_text) * low_scale, _number(high_text) * unit[1]
        open_end = "up to" in match.group().lower() or match.group("below") is not None
        return Band(unit[0], low, high, high_included=not open_end) if low < high else None
    number_text, unit_text = groups[-2:]
    unit = _dimension(unit_text) or column
    if unit is None:
        return None
    value = _number(number_text) * unit[1]
    if pattern in (_LOWER, _LOWER_AFTER):
        return Band(
            unit[0], value, math.inf, low_included=sign not in (">", "more than", "over", "above", "older than")
        )
    open_end = sign in ("<", "below", "under", "less than", "younger than")
    return Band(unit[0], -math.inf, value, high_included=not open_end)


def _paired(cells: list[str], headers: list[str]) -> Iterator[tuple[str, str]]:
    for index, cell in enumerate(cells):
        yield cell, headers[index] if index < len(headers) and len(cells) > 1 else ""


def _header_dimension(header: str) -> tuple[str, float] | None:
    lowered = header.lower()
    for pattern, unit in (
        (r"\(\s*kg\s*\)|\bkg\b|\bweight\b", "kg"), (r"\(\s*lbs?\s*\)", "lb"), (r"\bmonths?\b", "month"),
        (r"\bage\b|\byears?\b", "year"), (r"\bmg/dl\b", "mg/dl"), (r"\bmmol/l\b|\bmeq/l\b", "mmol/l"),
        (r"\b(?:scan )?volume\b|\(\s*ml\s*\)", "ml"), (r"\bsbp\b|\bsystolic\b|\bmmhg\b", "mmhg"),
    ):  # fmt: skip
        if re.search(pattern, lowered) and not re.search(r"/\s?kg|\bdose\b", lowered):
            return _UNITS[unit]
    return None


def _dimension(unit: str | None) -> tuple[str, float] | None:
    if not unit:
        return None
    plain = re.sub(r"\s", "", unit.lower())
    return _UNITS.get(plain) or _UNITS.get(plain.rstrip("s"))


def _quantity(number: str, unit: str, *, duration: bool = False) -> Quantity | None:
    dimension = _dimension(unit)
    if dimension is None:
        return None
    return Quantity("duration" if duration else dimension[0], _number(number) * dimension[1])


def _number(text: str) -> float:
    return float(text.replace(",", ""))
