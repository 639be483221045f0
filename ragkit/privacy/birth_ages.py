"""The age that a birth date amounts to: what a question about a dose needs of it, and all that may be kept of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})")
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)")
_NUMBERS = re.compile(r"(?P<first>\d{1,2})[-/. ](?P<second>\d{1,2})[-/. ](?P<year>\d{4}|\d{2})")
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[- ]?(?:of )?(?P<month>[a-z]{3})[a-z]*\.?[-, ]{0,2}'?(?P<year>\d{4}|\d{2})", re.I
)
_MONTH_FIRST = re.compile(
    r"(?P<month>[a-z]{3})[a-z]*\.?[- ]?(?P<day>\d{1,2})(?:st|nd|rd|th)?[-, ]{1,2}'?(?P<year>\d{4}|\d{2})", re.IGNORECASE
)
NEWBORN_DAYS = 28
"""Up to this age people are newborns (the neonatal period, WHO)."""
OLDEST = 115
OVER_89 = "over 89 years old"


def age_in_words(written: str, today: date) -> str:
    """The age of somebody born on the day that ``written`` holds, as a question would say it.

    Returns:
        "newborn", "infant", "7 years old", "over 89 years old"; where the date can be read in two ways that give two
        ages, "child" or "adult" if both are; "" where it says too little.
    """
    ages = {_words(day, today) for day in _readings(written, today) if day <= today}
    if len(ages) == 1:
        return ages.pop()
    groups = {_group(words) for words in ages}
    return groups.pop() if len(groups) == 1 else ""


def _readings(written: str, today: date) -> Iterator[date]:
    """Every day that it may be: American and European order, this century and the last."""
    for pattern in (_YEAR_FIRST, _COMPACT, _NUMBERS, _DAY_FIRST, _MONTH_FIRST):
        if match := pattern.search(written):
            parts = match.groupdict()
            years = [int(parts["year"])] if len(parts["year"]) == 4 else _centuries(int(parts["year"]), today)
            if "first" in parts:
                orders = {(int(parts["first"]), int(parts["second"])), (int(parts["second"]), int(parts["first"]))}
            else:
                orders = {(_month(parts["month"]), int(parts["day"]))}
            yield from (day for year in years for month, day_ in orders if (day := _day(year, month, day_)))
            return


def _centuries(year: int, today: date) -> list[int]:
    return [century + year for century in (1900, 2000) if 0 <= today.year - century - year <= OLDEST]


def _month(written: str) -> int:
    if written.isdigit():
        return int(written)
    return _MONTHS.index(written.lower()) + 1 if written.lower() in _MONTHS else 0


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _words(born: date, today: date) -> str:
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if years < 1:
        return "newborn" if (today - born).days <= NEWBORN_DAYS else "infant"
    return f"{years} years old" if years < 90 else OVER_89


def _group(words: str) -> str:
    if words == OVER_89:
        return "adult"
    return "adult" if words[0].isdigit() and int(words.split()[0]) >= 18 else "child"
