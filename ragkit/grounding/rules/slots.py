"""Population, route, side, role and device: another one of the same slot is another rule of the policy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Rule, RuleResult

SLOTS = {
    Rule.POPULATION: "population",
    Rule.ROUTE: "route",
    Rule.LATERALITY: "laterality",
    Rule.ROLE: "role",
    Rule.DEVICE: "device",
}
_ALIKE = 0.35
_ABBREVIATION = 3
"""Words this short are abbreviations, which count in capitals only ("IM", not "im")."""


@cache
def _vocabulary() -> dict[str, Any]:
    import yaml

    raw: dict[str, Any] = yaml.safe_load(
        files("ragkit.grounding.rules").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    )
    return raw


@cache
def _pattern(slot: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern that finds the words of a slot, longest first, and the entry that each word stands for."""
    entry_of: dict[str, str] = {}
    for entry, words in _vocabulary()[slot].items():
        for word in words:
            entry_of[word.lower()] = entry
            if len(word) > _ABBREVIATION:
                entry_of[word.lower().replace(" ", "-")] = entry
    alternatives = []
    for word in sorted(entry_of, key=len, reverse=True):
        short = len(word) <= _ABBREVIATION and word.isalpha()
        alternatives.append(re.escape(word.upper()) if short else f"(?i:{re.escape(word)})")
    followed_by = _vocabulary()["followed_by"].get(slot)
    ahead = rf"(?=[\s-]+(?:\w+\s)?(?i:{'|'.join(followed_by)}))" if followed_by else ""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(alternatives)})(?![\w]){ahead}"), entry_of


@lru_cache(maxsize=65536)
def slot_entries(text: str, slot: str) -> frozenset[str]:
    """The entries of a slot ("intravenous", "child") that ``text`` names."""
    pattern, entry_of = _pattern(slot)
    return frozenset(entry_of[match[0].lower()] for match in pattern.finditer(text))


def check(aligned: Aligned) -> RuleResult:
    """For each slot: does the evidence name what the claim names, and if not, does it name another in its place?"""
    result = RuleResult()
    for rule, slot in SLOTS.items():
        ours = slot_entries(aligned.claim, slot)
        if not ours:
            continue
        everything = _closed(slot, slot_entries(aligned.evidence, slot))
        best = slot_entries(aligned.best, slot) or slot_entries(aligned.heading, slot)
        for entry in sorted(ours):
            if entry in everything:
                result.agree(rule)
                continue
            instead = [other for other in sorted(best - ours) if not _related(slot, entry, other)]
            if instead and aligned.coverage >= _ALIKE:
                result.contradict(rule, f"“{entry}” here, “{instead[0]}” in the evidence")
            else:
                result.miss(rule, f"the evidence does not speak of: {entry}")
    return result


def _closed(slot: str, entries: Iterable[str]) -> frozenset[str]:
    """The entries with the narrower ones that they include: what holds for children holds for infants."""
    within = _vocabulary()["within"].get(slot, {})
    entries = frozenset(entries)
    return entries | {narrow for narrow, wide in within.items() if wide in entries}


def _related(slot: str, one: str, other: str) -> bool:
    within = _vocabulary()["within"].get(slot, {})
    return other in (within.get(one), one) or one == within.get(other)
