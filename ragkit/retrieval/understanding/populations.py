"""Whom a question is about: adult, paediatric, neonatal, pregnant.

What the words and ages mean here:

- up to 28 days old, "newborn", "neonate", "newly born": neonatal (WHO's definition of the neonatal period);
- under 15 years, "kid", "child", "infant", "peds": paediatric;
- 15 to 17 years, "teenager": paediatric *and* adult, since institutions draw the line differently; the policy decides;
- 18 years and over, "adult", "guy", "grandma", "elderly": adult;
- "pregnant", "in labor", "eclampsia", "postpartum": pregnant (which here takes in birth and the days after it).

"Mom" says nothing: she may be the mother of the patient. Where nothing is said, nothing is assumed.
"""

from __future__ import annotations

import re

from ragkit.retrieval.query import Population

NEONATAL_DAYS = 28
ADULT_CARE_YEARS = 15
ADULT_YEARS = 18

_UNIT = (
    r"(?P<unit>y(?:ea)?rs?|y\s?[/.]?\s?o\.?|y|mo(?:nth)?s?|m\s?[/.]\s?o|"
    r"w(?:ee)?ks?|d(?:ay)?s?|h(?:ou)?rs?|min(?:ute)?s?)"
)
_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_NUMBER_WORDS = {word: number for number, word in enumerate(_COUNTED.split())} | {"a": 1}
_NUMBER = r"(?P<number>\d{1,3}(?:\.\d)?|" + "|".join(_NUMBER_WORDS) + ")"
_AGE_OLD = re.compile(rf"\b{_NUMBER}(?:\s?-\s?\d{{1,2}})?[\s-]*{_UNIT}[\s-]*olds?\b", re.IGNORECASE)
_AGE_SHORT = re.compile(
    r"\b(?P<number>\d{1,3})[\s-]?(?P<unit>y\s?[/.]?\s?o\.?|mo\b|m/o\b|wk\b|w/o\b|d/o\b|do\b)(?![a-z])", re.IGNORECASE
)
_AGE_STATED = re.compile(
    rf"\b(?:age[ds]?|aged)\s*(?:of|is|was|:|=)?\s*(?P<number>\d{{1,3}})\b(?:\s?{_UNIT}\b)?", re.IGNORECASE
)
_AGE_AND_SEX = re.compile(r"(?<![\d.])(?P<number>\d{1,3})\s?(?:y\s?/?\s?o)?\s?[MF]\b")
_DECADE = re.compile(r"\bin (?:his|her|their) (?P<number>[2-9]0)'?s\b", re.IGNORECASE)
_THING = (
    r"(?:policy|policies|protocol|document|orders?|form|prescription|record|chart|building|device|line|site|wound|"
    r"dressing|trach|tracheostomy|catheter|scar|injury|bruise|fracture|blood|specimen|sample|unit|version|report|file|"
    r"computer|equipment|ambulance|rig)"
)
_THING_AFTER = re.compile(rf"\s+(?:\w+\s+)?{_THING}\b", re.IGNORECASE)
_THING_BEFORE = re.compile(
    rf"\b{_THING}\s+(?:(?:that|which|is|was|are|from|about|only|now|of|over)\s+){{0,3}}$", re.IGNORECASE
)
_WORDS: tuple[tuple[Population, str], ...] = (
    (Population.NEONATAL, r"newborns?|neonat\w+|newly[ -]born|just born|preemies?|nicu|premature (?:baby|infant)"),
    (
        Population.PEDIATRIC,
        r"kids?|kiddos?|child(?:ren)?(?:'s)?|peds?|pedi|pa?ediatrics?|toddlers?|infants?|bab(?:y|ies)|preschoolers?|"
        r"school[ -]aged?|little (?:boy|girl)|schoolchild\w*|picu|handtevy|broselow",
    ),
    (Population.PEDIATRIC, r"teens?|teenagers?|teenaged?|adolescents?"),
    (
        Population.ADULT,
        r"adults?|guys?|gentlem[ae]n|lad(?:y|ies)|m[ae]n|wom[ae]n|dude|grand(?:ma|pa|mother|father)|grann(?:y|ies)|elderly|"
        r"elders?|geriatric|old (?:man|lady|woman|guy)|senior citizen|husband|wife",
    ),
    (
        Population.PREGNANT,
        r"pregnan\w+|gravid\w*|in labou?r|labou?ring|(?:pre-?|pre )?eclampsia|(?:pre-?|pre )?eclamptic|obstetrics?|"
        r"obstetrical|antepartum|intrapartum|post-?partum|prenatal|antenatal|\d+ weeks (?:pregnant|gestation)|"
        r"g\d ?p\d|maternity|gestational",
    ),
)
_PATTERNS = tuple((population, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for population, words in _WORDS)
_TEENAGER = re.compile(r"\b(?:teens?|teenagers?|teenaged?|adolescents?)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|non|isn't|aren't|no longer|never)[\s-]+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_NOT_A_PATIENT = re.compile(r"\bbaby (?:aspirins?|asa|monitors?|powder|formula)\b|\bchild life\b", re.IGNORECASE)
_AT_BIRTH = re.compile(
    r"\b(?:deliver\w*|born|birth|cord|apgar|meconium|placenta|nrp|nursery|crowning|vernix|surrender\w*|safe haven)\b",
    re.IGNORECASE,
)
_BABY = re.compile(r"\bbab(?:y|ies)\b", re.IGNORECASE)


def find_populations(text: str) -> tuple[Population, ...]:
    """The populations that ``text`` names or implies by an age, each once, in the order of ``Population``."""
    found: set[Population] = set()
    plain = _NOT_A_PATIENT.sub(" ", text)
    for population, pattern in _PATTERNS:
        if any(not _DENIED.search(plain[: match.start()]) for match in pattern.finditer(plain)):
            found.add(population)
    if _TEENAGER.search(plain):
        found.add(Population.ADULT)
    if _BABY.search(plain) and _AT_BIRTH.search(plain):
        found.add(Population.NEONATAL)
    ages = ages_in_days(plain)
    for days in ages:
        found |= _populations_of_age(days)
    if ages and not any(days >= ADULT_CARE_YEARS * 365 for days in ages) and not re.search(r"\badults?\b", plain, re.I):
        found.discard(Population.ADULT)  # "the guy's 7yo son": the age is the patient's
    return tuple(population for population in Population if population in found)


def ages_in_days(text: str) -> tuple[float, ...]:
    """The ages of people that ``text`` states, in days (a year is 365 days, a month 30)."""
    ages: dict[int, float] = {}
    for pattern in (_AGE_OLD, _AGE_SHORT, _AGE_STATED, _AGE_AND_SEX, _DECADE):
        for match in pattern.finditer(text):
            thing_after = pattern in (_AGE_OLD, _AGE_SHORT) and _THING_AFTER.match(text, match.end())
            if thing_after or _THING_BEFORE.search(text[: match.start()]):
                continue
            days = _in_days(match.group("number"), match.groupdict().get("unit") or "y")
            if days <= 120 * 365:
                ages.setdefault(match.start("number"), days)
    return tuple(ages.values())


def _in_days(number: str, unit: str) -> float:
    value = float(_NUMBER_WORDS.get(number.lower(), 0) or (number if number[0].isdigit() else 0))
    unit = unit.lower().replace(" ", "")
    if unit.startswith("min"):
        return value / 1440
    if unit.startswith("m"):
        return value * 30
    if unit.startswith("h"):
        return value / 24
    if unit.startswith("w"):
        return value * 7
    return value if unit.startswith("d") else value * 365


def _populations_of_age(days: float) -> set[Population]:
    if days <= NEONATAL_DAYS:
        return {Population.NEONATAL, Population.PEDIATRIC}
    if days < ADULT_CARE_YEARS * 365:
        return {Population.PEDIATRIC}
    if days < ADULT_YEARS * 365:
        return {Population.PEDIATRIC, Population.ADULT}
    return {Population.ADULT}
