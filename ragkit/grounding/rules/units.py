"""Units of measure in one scale for each dimension, so that 0.5 mg and 500 mcg are the same."""

from __future__ import annotations

_SPELLINGS: dict[tuple[str, float], str] = {
    ("mass", 1e-6): "ng nanogram nanograms",
    ("mass", 1e-3): "mcg µg μg ug microgram micrograms",
    ("mass", 1.0): "mg milligram milligrams mgs",
    ("mass", 1e3): "g gm gms gram grams",
    ("mass", 1e6): "kg kgs kilogram kilograms kilo kilos",
    ("mass", 453592.37): "lb lbs pound pounds",
    ("volume", 1.0): "ml mls cc ccs milliliter milliliters millilitre millilitres",
    ("volume", 100.0): "dl deciliter deciliters decilitre",
    ("volume", 1000.0): "l liter liters litre litres",
    ("time", 1 / 60): "second seconds sec secs s",
    ("time", 1.0): "minute minutes min mins",
    ("time", 60.0): "hour hours hr hrs h",
    ("time", 1440.0): "day days",
    ("time", 10080.0): "week weeks wk wks",
    ("months", 1.0): "month months mo mos",
    ("months", 12.0): "year years yr yrs",
    ("working days", 1.0): "working-day working-days business-day business-days",
    ("activity", 1.0): "unit units iu",
    ("activity", 1e-3): "milliunit milliunits",
    ("milliequivalent", 1.0): "meq meqs milliequivalent milliequivalents",
    ("amount", 1.0): "mmol mmols millimole millimoles",
    ("amount", 1e-3): "µmol μmol umol micromole micromoles",
    ("energy", 1.0): "j joule joules",
    ("pressure", 1.0): "mmhg",
    ("pressure of water", 1.0): "cmh2o",
    ("rate", 1.0): "bpm",
    ("percent", 1.0): "% percent pct",
    ("length", 1.0): "mm millimeter millimeters millimetre millimetres",
    ("length", 10.0): "cm centimeter centimeters centimetre centimetres",
    ("length", 1000.0): "meter meters metre metres",
    ("length", 25.4): "inch inches",
    ("length", 304.8): "foot feet ft",
    ("distance", 1.0): "mile miles",
    ("gauge", 1.0): "gauge ga",
    ("french", 1.0): "fr french",
    ("celsius", 1.0): "°c ℃",
    ("fahrenheit", 1.0): "°f ℉",
    ("dose", 1.0): "dose doses",
}
UNITS: dict[str, tuple[str, float]] = {
    spelling: scale for scale, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
"""Spelling in lower case -> (dimension, factor to the dimension's base unit)."""

FREQUENCY_WORDS: dict[str, float] = {
    "hourly": 60.0, "daily": 1440.0, "weekly": 10080.0, "fortnightly": 20160.0, "nightly": 1440.0,
    "monthly": 43830.0, "quarterly": 131490.0, "yearly": 525960.0, "annually": 525960.0, "annual": 525960.0,
    "bid": 720.0, "b.i.d": 720.0, "tid": 480.0, "t.i.d": 480.0, "qid": 360.0, "q.i.d": 360.0, "qd": 1440.0,
    "biannually": 262980.0, "biennially": 1051920.0,
}  # fmt: skip
"""Word -> the time between two times, in minutes."""

PERIODS: dict[str, float] = {
    "second": 1 / 60, "minute": 1.0, "min": 1.0, "hour": 60.0, "hr": 60.0, "h": 60.0, "day": 1440.0, "night": 1440.0,
    "week": 10080.0, "wk": 10080.0, "month": 43830.0, "quarter": 131490.0, "year": 525960.0, "yr": 525960.0,
    "shift": -1.0,
}  # fmt: skip
"""Period -> minutes; a shift has no fixed length and equals only itself."""

_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
_ONES, _TENS = f"{_SMALL} eighteen nineteen".split(), _ROUND.split()
NUMBER_WORDS: dict[str, float] = {
    **{word: float(value) for value, word in enumerate(_ONES, 1)},
    **{word: float(value) for value, word in zip(range(20, 100, 10), _TENS, strict=True)},
    **{f"{ten}-{one}": float(10 * (i + 2) + j) for i, ten in enumerate(_TENS) for j, one in enumerate(_ONES[:9], 1)},
    "zero": 0.0, "half": 0.5, "hundred": 100.0, "dozen": 12.0,
}  # fmt: skip
