"""Names of people, places, departments and documents that the evidence does not hold."""

from __future__ import annotations

import re

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.concepts import concepts
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.wording import content, stem

_NAME = re.compile(r"(?<![.!?:\w])(?<=\s)[A-Z][a-zà-ÿ]+(?:-[A-Z]?[a-z]+)*|\b[A-Z]{2,}[A-Za-z]*\b")
_DATES = """january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday"""
_DATE_WORDS = frozenset(_DATES.split())


def names(text: str) -> frozenset[str]:
    """Capitalised words inside a sentence, and acronyms."""
    return frozenset(match[0] for match in _NAME.finditer(text))


def missing_names(aligned: Aligned) -> list[str]:
    """The names of the claim that the evidence holds neither as they are nor as the initials of its words."""
    held = content(aligned.evidence)
    lowered = aligned.evidence.lower()
    initials = _initials(aligned.evidence)
    missing = []
    for name in sorted(names(aligned.claim)):
        if (
            concepts(name) <= concepts(aligned.evidence)
            or stem(name) in held
            or name.lower() in lowered
            or not content(name)
        ):
            continue
        if name.isupper() and name.rstrip("S") in initials:
            continue
        if _spelled_out(aligned.claim, names(aligned.evidence), name):
            continue
        missing.append(name)
    return missing


def check(aligned: Aligned) -> RuleResult:
    """One conflict for the names that are missing, whatever their number."""
    result = RuleResult()
    missing = missing_names(aligned)
    for _ in range(len(names(aligned.claim)) - len(missing)):
        result.agree(Rule.NAME)
    dates = [name for name in missing if name.lower() in _DATE_WORDS]
    theirs = [word for word in names(aligned.best) if word.lower() in _DATE_WORDS]
    if dates and theirs:
        result.contradict(Rule.NAME, f"“{dates[0]}” here, “{theirs[0]}” in the evidence")
    elif missing:
        result.miss(Rule.NAME, f"the evidence does not name: {', '.join(missing[:4])}")
    return result


def _initials(text: str) -> str:
    return "".join(
        word[0].upper() if word not in ("of", "the", "and", "for") else "" for word in re.findall(r"[A-Za-z]+", text)
    )


def _spelled_out(claim: str, acronyms: frozenset[str], name: str) -> bool:
    """Whether the name is one of the words that an acronym of the evidence stands for."""
    spelled = _initials(claim)
    return any(
        acronym in spelled and name[0] in acronym for acronym in acronyms if acronym.isupper() and len(acronym) > 1
    )
