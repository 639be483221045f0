"""Dates as policies write them: 3-16-11, 10/01/2024, December 1, 2014, 1 Dec 2014, Dec. 2014, 2024-10-01, ..."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name}


class DateOrder(StrEnum):
    """How an institution writes dates in figures."""

    MONTH_DAY_YEAR = "month-day-year"
    DAY_MONTH_YEAR = "day-month-year"


class Precision(StrEnum):
    """How much of a date was written."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class FoundDate:
    """A date in a text.

    Attributes:
        value: the date; the first day where only month or year is written; None if there is no such day (02-30-24).
        text: as written.
        start, end: where in the text it stands.
        precision: what was written of it.
    """

    value: date | None
    text: str
    start: int
    end: int
    precision: Precision = Precision.DAY

    @property
    def last_day(self) -> date | None:
        """The last day that the writing covers: of its month or year where the day is not written."""
        if self.value is None or self.precision is Precision.DAY:
            return self.value
        month = 12 if self.precision is Precision.YEAR else self.value.month
        return date(self.value.year, month, calendar.monthrange(self.value.year, month)[1])


_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NTH = r"(?:st|nd|rd|th)?"
_DASH = r"\-\u2010\u2011\u2012\u2013\u2014"
_SEPARATOR = rf"\s?[./{_DASH}]\s?"
_FORMS = (
    rf"(?P<y1>\d{{4}}){_SEPARATOR}(?P<m1>\d{{1,2}}){_SEPARATOR}(?P<d1>\d{{1,2}})(?!\d)",
    rf"(?P<a2>\d{{1,2}}){_SEPARATOR}(?P<b2>\d{{1,2}}){_SEPARATOR}(?P<y2>\d{{4}}|\d{{2}})(?!\d)",
    rf"{_MONTH.format('m3')}\s*(?P<d3>\d{{1,2}}){_NTH}\s*[,.]?\s*(?P<y3>\d{{4}})(?!\d)",
    rf"(?P<d4>\d{{1,2}}){_NTH}[\s{_DASH}]*(?:of\s+)?{_MONTH.format('m4')}[\s,{_DASH}]*(?P<y4>\d{{4}}|\d{{2}})(?!\d)",
    rf"{_MONTH.format('m5')}[\s,{_DASH}]*(?:of\s+)?(?P<y5>\d{{4}})(?!\d)",
    r"(?P<m6>\d{1,2})\s?[/-]\s?(?P<y6>\d{4})(?!\d)",
)
_DATE = re.compile(rf"(?<![\w./-])(?:{'|'.join(_FORMS)})", re.IGNORECASE)
_MONTH_AND_SHORT_YEAR = re.compile(r"(?<![\w./-])(?P<m>\d{1,2})/(?P<y>\d{2})(?![\d/-])")
_YEAR = re.compile(r"(?<![\w./-])(?P<y>19\d\d|20\d\d)(?![\w/-])")


def find_dates(text: str, order: DateOrder = DateOrder.MONTH_DAY_YEAR, *, labelled: bool = False) -> list[FoundDate]:
    """All dates in ``text``, in its order.

    Args:
        text: any text.
        order: how to read 03/04/2024; a first or second number above 12 decides for itself.
        labelled: the text stands after a label such as "Revised:", so that "1/99" and "2003" can only be dates.
    """
    found = [_read(match, order) for match in _DATE.finditer(text)]
    if not labelled:
        return found
    for pattern, precision in ((_MONTH_AND_SHORT_YEAR, Precision.MONTH), (_YEAR, Precision.YEAR)):
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            month = int(match.group("m")) if precision is Precision.MONTH else 1
            value = _day(_full_year(match.group("y")), month, 1)
            found.append(FoundDate(value, match.group(), match.start(), match.end(), precision))
    return sorted(found, key=lambda date_: date_.start)


def parse_date(text: str, order: DateOrder = DateOrder.MONTH_DAY_YEAR) -> date | None:
    """The date that ``text`` as a whole is, or None."""
    found = find_dates(text.strip(), order, labelled=True)
    return found[0].value if len(found) == 1 and found[0].text == text.strip() else None


def order_written(text: str) -> DateOrder | None:
    """The order that a document's own unambiguous dates show; None where none or both are seen."""
    seen: Counter[DateOrder] = Counter()
    for match in _DATE.finditer(text):
        if match.group("a2"):
            first, second = int(match.group("a2")), int(match.group("b2"))
            if first > 12 >= second >= 1:
                seen[DateOrder.DAY_MONTH_YEAR] += 1
            elif second > 12 >= first >= 1:
                seen[DateOrder.MONTH_DAY_YEAR] += 1
    return next(iter(seen)) if len(seen) == 1 else None


def _read(match: re.Match[str], order: DateOrder) -> FoundDate:
    part = match.groupdict()
    precision = Precision.DAY
    if part["y1"]:
        value = _day(int(part["y1"]), int(part["m1"]), int(part["d1"]))
    elif part["y2"]:
        value = _in_figures(int(part["a2"]), int(part["b2"]), _full_year(part["y2"]), order)
    elif part["y3"]:
        value = _day(int(part["y3"]), _month(part["m3"]), int(part["d3"]))
    elif part["y4"]:
        value = _day(_full_year(part["y4"]), _month(part["m4"]), int(part["d4"]))
    else:
        precision = Precision.MONTH
        month = _month(part["m5"]) if part["m5"] else int(part["m6"])
        value = _day(int(part["y5"] or part["y6"]), month, 1)
    return FoundDate(value, match.group(), match.start(), match.end(), precision)


def _in_figures(first: int, second: int, year: int, order: DateOrder) -> date | None:
    month, day = (first, second) if order is DateOrder.MONTH_DAY_YEAR else (second, first)
    if month > 12 >= day:
        month, day = day, month
    return _day(year, month, day)


def _full_year(text: str) -> int:
    """Two figures are read as POSIX does: 69-99 are 1969-1999, 00-68 are 2000-2068."""
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= 69 else 2000)


def _month(name: str) -> int:
    return _MONTHS[name[:3].casefold()]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
