"""Which population, route, side, role, device or unit a text names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

SLOTS = ("population", "route", "laterality", "role", "device", "unit")
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
def slot_spans(text: str, slot: str) -> tuple[tuple[int, int, str], ...]:
    """Where ``text`` names an entry of a slot: start, end, entry ("intravenous", "child")."""
    pattern, entry_of = _pattern(slot)
    return tuple((*match.span(), entry_of[match[0].lower()]) for match in pattern.finditer(text))


def slot_entries(text: str, slot: str) -> frozenset[str]:
    """The entries of a slot that ``text`` names."""
    return frozenset(entry for _, _, entry in slot_spans(text, slot))


def with_narrower(slot: str, entries: Iterable[str]) -> frozenset[str]:
    """The entries with the narrower ones that they include: what holds for children holds for infants."""
    within = _vocabulary()["within"].get(slot, {})
    entries = frozenset(entries)
    return entries | {narrow for narrow, wide in within.items() if wide in entries}


def related(slot: str, one: str, other: str) -> bool:
    """Whether one of two entries is a part of the other."""
    within = _vocabulary()["within"].get(slot, {})
    return other in (within.get(one), one) or one == within.get(other)
