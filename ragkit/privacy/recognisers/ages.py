"""Ages over 89, which the HIPAA Privacy Rule counts among the identifiers (45 CFR 164.514(b)(2)(i)(C)).

A group ("patients over 90", "age 90 or older", "90-95 years") is no person's age. "Over 89" names no age at all, so
that it can stand in an age's place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.privacy.base import Identifier, IdentifierKind
from ragkit.privacy.plain_form import PlainForm

AGE = r"(?P<value>9\d|1[0-2]\d)"
_YEARS_OLD = (
    r"(?: ?-? ?(?:y(?:ea)?rs?|y)[ -]{0,2}olds?| ?-? ?y ?[/.]? ?o\.?(?![a-z])| (?:y(?:ea)?rs? )?of age|"
    r" ?-? ?y(?:ea)?rs?,? old)"
)
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_SPELT = rf"(?P<value>ninety(?:[ -](?:{_ONES}))?|(?:a |one )?hundred(?: and (?:{_ONES}|ten))?)[ -]years?[ -]olds?"
_PERSON = (
    r"\b(?:he|she|they|who|pt|patient|resident|client|mother|father|mom|dad|wife|husband|grand(?:ma|pa|mother|father)|"
    r"lady|man|woman|gentleman)"
)
_PERSON_IS = rf"{_PERSON}(?: is|'s| was| are|'re| turned| turns)(?: just| now| almost| nearly| about| already| over)?"
_AGE_ENDS = (
    r"(?: ?y(?:ea)?rs?(?: old)?)?"
    r"(?= ?(?:[,;)?!]|\.(?!\d)|$)| and (?:has|had|is|was|weighs|lives|fell|frail|confused|on)\b)"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\w.,/-]){AGE}{_YEARS_OLD}(?![a-z])",
        rf"\b{_SPELT}",
        rf"\bage[ds]?(?: ?(?:is|was|of|at|[:=,])){{0,2}} ?{AGE}(?![\w%/.]\d?)(?:{_YEARS_OLD}| ?y(?:ea)?rs?(?: old)?)?"
        r"(?! ?(?:day|week|mo|hour|min))",
        rf"{_PERSON_IS} {AGE}{_AGE_ENDS}",
    )
)
_AND_SEX = re.compile(
    rf"(?:^|[,;(] ?|\b(?:a|an|pt|patient|the|this|our|my|is|for) ){AGE} ?(?:y ?)?(?P<sex>[MFmf])(?![\w'°/])"
)
_A_GROUP_BEFORE = re.compile(
    r"(?:\b(?:over|above|under|below|older than|younger than|at least|up to|exceeds?|than|least|between|beyond|to|or|"
    r"and)|[<>≥≤=-]|\d) ?(?:age[ds]? )?$",
    re.IGNORECASE,
)
_A_GROUP_AFTER = re.compile(
    r" ?(?:\+|- ?\d|to \d|(?:years? )?(?:of age )?(?:and|or) "
    r"(?:over|above|older|up|more|greater|under|younger|below))",
    re.IGNORECASE,
)
_SATURATION = re.compile(
    r"\b(?:sat|sats|spo2|o2|oxygen|room air|ra|nc|nasal|bpm|pulse|systolic|diastolic)\b", re.IGNORECASE
)
_TEMPERATURE = re.compile(
    r"\b(?:temp\w*|fever\w*|febrile|heat\w*|warm\w*|cool\w*|store[ds]?|storage|degrees?)\b|°", re.I
)
_THING_AFTER = re.compile(
    r" (?:\w+ )?(?:policy|policies|protocol|document|orders?|form|record|chart|building|device|line|"
    r"hospital|rule|law)\b",
    re.IGNORECASE,
)
_NEAR = 24


def ages(plain: PlainForm, found: Sequence[Identifier]) -> Iterator[Identifier]:
    """Ages of people over 89, with the words that make them ages."""
    text = plain.text
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not _of_a_group(text, match) and not _otherwise_meant(text, match):
                yield Identifier(IdentifierKind.AGE_OVER_89, _start(match), match.end())
    for match in _AND_SEX.finditer(text):
        temperature = match["sex"] in "Ff" and _TEMPERATURE.search(text[max(0, match.start() - 60) : match.end() + 60])
        if not temperature and not _of_a_group(text, match):
            yield Identifier(IdentifierKind.AGE_OVER_89, match.start("value"), match.end("value"))


def _start(match: re.Match[str]) -> int:
    """Where the identifier begins: at "aged", but not at the "she" of "she is 94"."""
    return match.start() if match[0][:3].lower() == "age" else match.start("value")


def _of_a_group(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start("value") - _NEAR) : match.start("value")]
    return bool(_A_GROUP_BEFORE.search(before) or _A_GROUP_AFTER.match(text, match.end("value")) or _older(text, match))


def _older(text: str, match: re.Match[str]) -> bool:
    return bool(_A_GROUP_AFTER.match(text, match.end()))


def _otherwise_meant(text: str, match: re.Match[str]) -> bool:
    """A saturation of 94, a policy that is 90 years old."""
    near = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
    bare = not re.search(r"age|old|y ?/? ?o\b", match[0], re.IGNORECASE)
    return bool(_THING_AFTER.match(text, match.end()) or (bare and _SATURATION.search(near)))
