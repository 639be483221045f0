"""What in a question can be put in another's place: population, route, unit, device, medicine, role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from ragkit.retrieval.understanding.tokens import tokenise
from ragkit.retrieval.understanding.vocabulary import EntryKind, clinical_vocabulary

MEDICINE, SITE = "medicine", "site"
_BEFORE = r"(?P<before>(?:\b(?:in|for|with|at|on|by|via|during|through|to|of|if (?:it's|it is|she's|he's)) )?)"
_SITE = re.compile(r"(?P<before>\bat )(?P<what>(?:the )?[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,3})")
_LONGEST_MEDICINE = 4


@dataclass(frozen=True, slots=True)
class Slot:
    """A phrase that fills a slot.

    Attributes:
        kind: "population", "route", "device", "medicine" ...
        start, end: its span, without the preposition.
        before: where its preposition starts; ``start`` where it has none.
        alone: whether a question with no other content is about what was spoken of before.
    """

    kind: str
    start: int
    end: int
    before: int
    alone: bool


def slots_in(text: str) -> list[Slot]:
    """The slots of ``text`` in order, without overlaps; the longer one of two that overlap."""
    found = [
        Slot(kind, match.start("what"), match.end("what"), match.start("before"), alone)
        for kind, alone, pattern in _patterns()
        for match in pattern.finditer(text)
    ]
    found += [
        Slot(SITE, each.start("what"), each.end("what"), each.start("before"), True) for each in _SITE.finditer(text)
    ]
    found += _medicines(text)
    kept: list[Slot] = []
    for slot in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        if not any(slot.start < other.end and other.start < slot.end for other in kept):
            kept.append(slot)
    return sorted(kept, key=lambda each: each.start)


def _medicines(text: str) -> list[Slot]:
    vocabulary = clinical_vocabulary()
    tokens = tokenise(text, vocabulary)
    found = []
    for first in range(len(tokens)):
        for length in range(min(_LONGEST_MEDICINE, len(tokens) - first), 0, -1):
            span = tokens[first : first + length]
            phrase = " ".join(token.text for token in span)
            entries = vocabulary.entries.get(phrase) or vocabulary.entries.get(phrase.removesuffix("s"), ())
            if any(entry.kind is EntryKind.MEDICINE for entry in entries):
                start, end = span[0].start, span[-1].end
                preposition = re.search(_BEFORE + r"$", text[:start], re.IGNORECASE)
                found.append(Slot(MEDICINE, start, end, preposition.start() if preposition else start, False))
                break
    return found


@cache
def _patterns() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    data = _data("slots")
    return tuple(
        (
            kind,
            group == "modifiers",
            re.compile(rf"{_BEFORE}(?<![\w-])(?P<what>{'|'.join(patterns)})(?![\w-])", re.IGNORECASE),
        )
        for group in ("modifiers", "topics")
        for kind, patterns in data[group].items()
    )


@cache
def relational_words() -> frozenset[str]:
    """Words that need something that they are about."""
    return frozenset(_data("words")["relational"].split())


def _data(name: str) -> Any:
    return yaml.safe_load(files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
