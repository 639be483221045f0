"""Which population, route, side, role, device or unit a text names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from ragkit.grounding.rules.phrases import Found, PhraseBook

SLOTS = ("population", "route", "laterality", "role", "device", "unit")


@cache
def _vocabulary() -> dict[str, Any]:
    import yaml

    text = files("ragkit.grounding.rules").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    return raw


@cache
def _book() -> PhraseBook[tuple[str, str]]:
    vocabulary = _vocabulary()
    return PhraseBook(
        (word, (slot, entry)) for slot in SLOTS for entry, words in vocabulary[slot].items() for word in words
    )


@cache
def _ahead(slot: str) -> re.Pattern[str] | None:
    """What has to follow a word of the slot for it to count; None where nothing has to."""
    words = _vocabulary()["followed_by"].get(slot)
    return re.compile(rf"[\s-]+(?:\w+\s)?(?:{'|'.join(words)})", re.IGNORECASE) if words else None


@lru_cache(maxsize=65536)
def slot_spans(text: str) -> tuple[Found[tuple[str, str]], ...]:
    """Where ``text`` names an entry of a slot: offsets, and (slot, entry) such as ("route", "intravenous")."""
    found = []
    for phrase in _book().find(text):
        slot = phrase.meaning[0]
        ahead = _ahead(slot)
        measured = slot == "unit" and text[: phrase.start].rstrip()[-1:].isdigit()  # "5 kg" is a quantity
        one_word = " " not in text[phrase.start : phrase.end]
        if not measured and (ahead is None or not one_word or ahead.match(text, phrase.end)):
            found.append(phrase)
    return tuple(found)


def slot_entries(text: str, slot: str) -> frozenset[str]:
    """The entries of a slot that ``text`` names."""
    return frozenset(entry for phrase in slot_spans(text) for named, entry in [phrase.meaning] if named == slot)


def with_narrower(slot: str, entries: Iterable[str]) -> frozenset[str]:
    """The entries with the narrower ones that they include: what holds for children holds for infants."""
    within = _vocabulary()["within"].get(slot, {})
    entries = frozenset(entries)
    return entries | {narrow for narrow, wide in within.items() if wide in entries}


def related(slot: str, one: str, other: str) -> bool:
    """Whether one of two entries is a part of the other."""
    within = _vocabulary()["within"].get(slot, {})
    return other in (within.get(one), one) or one == within.get(other)
