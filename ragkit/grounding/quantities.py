"""Numbers with their units, read so that "0.5 mL", "0.5mL" and ".5 ml" are one and the same quantity."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40",
    "forty-five": "45", "fifty": "50", "sixty": "60", "ninety": "90",
}  # fmt: skip
_UNITS = {
    "mg": "mg", "milligram": "mg", "milligrams": "mg",
    "mcg": "mcg", "µg": "mcg", "μg": "mcg", "ug": "mcg", "microgram": "mcg", "micrograms": "mcg",
    "g": "g", "gm": "g", "gms": "g", "gram": "g", "grams": "g",
    "kg": "kg", "kilogram": "kg", "kilograms": "kg", "lb": "lb", "lbs": "lb", "pounds": "lb",
    "ml": "ml", "cc": "ml", "milliliter": "ml", "milliliters": "ml", "millilitre": "ml", "millilitres": "ml",
    "l": "l", "liter": "l", "liters": "l", "litre": "l", "litres": "l", "lpm": "l/min",
    "unit": "unit", "units": "unit", "iu": "unit", "meq": "meq", "mmol": "mmol",
    "j": "j", "joule": "j", "joules": "j", "mmhg": "mmhg", "bpm": "bpm", "%": "%", "percent": "%",
    "second": "s", "seconds": "s", "sec": "s", "secs": "s",
    "minute": "min", "minutes": "min", "min": "min", "mins": "min",
    "hour": "h", "hours": "h", "hr": "h", "hrs": "h", "h": "h",
    "day": "day", "days": "day", "week": "week", "weeks": "week", "wk": "week", "wks": "week",
    "month": "month", "months": "month", "mo": "month", "mos": "month",
    "year": "year", "years": "year", "yr": "year", "yrs": "year",
    "inch": "inch", "inches": "inch", "feet": "ft", "foot": "ft", "ft": "ft", "mile": "mile", "miles": "mile",
    "cm": "cm", "mm": "mm", "°f": "°f", "°c": "°c", "dose": "dose", "doses": "dose", "times": "times",
}  # fmt: skip
_UNIT_PATTERN = "|".join(sorted((re.escape(unit) for unit in _UNITS), key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?<![\w.])(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?|\.\d+|{'|'.join(sorted(_NUMBER_WORDS, key=len, reverse=True))})"
    rf"(?:\s*\(\d+\))?(?:\s?-?\s?(?P<unit>{_UNIT_PATTERN})(?![a-z]))?"
    rf"(?P<per>(?:\s?/\s?(?:{_UNIT_PATTERN})(?![a-z]))*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit.

    Attributes:
        number: the number in plain digits ("0.5", "1000").
        unit: the unit in one spelling with what it is counted by ("mg/kg"); empty for a bare number.
    """

    number: str
    unit: str


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of ``text`` in order. Numbers inside words ("COVID19", "A1c") are left out."""
    found = []
    for match in _QUANTITY.finditer(text):
        unit = _UNITS.get((match["unit"] or "").lower(), "")
        per = "".join("/" + _UNITS[part.strip().lower()] for part in match["per"].split("/")[1:])
        found.append(Quantity(_plain(match["number"]), unit + per))
    return tuple(found)


def _plain(number: str) -> str:
    number = _NUMBER_WORDS.get(number.lower(), number).replace(",", "")
    if "." in number:
        whole, _, fraction = number.partition(".")
        fraction = fraction.rstrip("0")
        return f"{int(whole or 0)}.{fraction}" if fraction else str(int(whole or 0))
    return str(int(number))


def missing_quantities(claim: str, evidence: str) -> tuple[Quantity, ...]:
    """The quantities of the claim that the evidence does not hold with the same number and unit.

    A bare number of the claim is found in the evidence whatever its unit there; a number with a unit is not found in a
    bare number.
    """
    held = quantities(evidence)
    exact = set(held)
    numbers = {quantity.number for quantity in held}
    return tuple(
        quantity
        for quantity in dict.fromkeys(quantities(claim))
        if quantity not in exact and (quantity.unit or quantity.number not in numbers)
    )
