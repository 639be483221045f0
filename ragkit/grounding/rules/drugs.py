"""Medicines: one that the evidence does not name is not in the evidence, whatever the rest of the sentence."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Rule, RuleResult

_ALIKE = 0.35
_NOT_DRUGS = frozenset({"survir", "april", "control", "glucose", "protocol", "magnesium", "potassium", "dextrose"})


@cache
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    import yaml

    raw = yaml.safe_load(files("ragkit.grounding.rules").joinpath("drugs.yaml").read_text(encoding="utf-8"))
    generic_of = {name: name for name in raw["generic"].split()}
    for generic, others in raw["synonyms"].items():
        generic_of[generic] = generic
        generic_of.update({other.lower(): generic for other in others})
    listed = "|".join(re.escape(name) for name in sorted(generic_of, key=len, reverse=True))
    endings = "|".join(map(re.escape, raw["endings"]))
    return re.compile(rf"\b(?:(?P<listed>{listed})|[a-z]{{3,}}(?:{endings}))s?\b", re.IGNORECASE), generic_of


@lru_cache(maxsize=65536)
def drugs_in(text: str) -> frozenset[str]:
    """The medicines that ``text`` names, each by its generic name."""
    pattern, generic_of = _names()
    found = set()
    for match in pattern.finditer(text):
        name = (match["listed"] or match[0]).lower()
        found.add(generic_of.get(name) or generic_of.get(name.removesuffix("s")) or name)
    return frozenset(found - _NOT_DRUGS) | frozenset(found & frozenset(generic_of.values()))


def check(aligned: Aligned) -> RuleResult:
    """Does the evidence name each medicine of the claim, and if not, does it name another in its place?"""
    result = RuleResult()
    ours = drugs_in(aligned.claim)
    if not ours:
        return result
    everything, best = drugs_in(aligned.evidence), drugs_in(aligned.best) or drugs_in(aligned.heading)
    for name in sorted(ours):
        instead = sorted(best - ours)
        if name in everything:
            result.agree(Rule.DRUG)
        elif instead and aligned.coverage >= _ALIKE:
            result.contradict(Rule.DRUG, f"“{name}” here, “{instead[0]}” in the evidence")
        else:
            result.miss(Rule.DRUG, f"the evidence does not speak of {name}")
    return result
