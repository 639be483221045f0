"""A text as the verifier reads it: words that carry meaning, quantities, medicines, routes ..., with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from ragkit.grounding import words as vocabulary
from ragkit.grounding.rules.drug_names import drug_spans
from ragkit.grounding.rules.measures import Measure, measures
from ragkit.grounding.rules.opposites import poles
from ragkit.grounding.rules.phrases import PhraseBook
from ragkit.grounding.rules.slot_words import slot_spans
from ragkit.grounding.rules.units import NUMBER_WORDS, UNITS
from ragkit.grounding.rules.wording import normal, sentences

WORD, QUANTITY, MEDICINE, NUMBER = "word", "quantity", "medicine", "number"
_TOKEN = re.compile(r"(?i:non)[-\s](?=[a-z])[a-z]+|\d+(?:[.,:/-]\d+)*[A-Za-z]?|[A-Za-zÀ-ɏͰ-Ͽµ]+(?:['’][a-z]+)?")
_ITEM = re.compile(
    r"^\s*(?:\d{1,2}(?:\.\d{1,2})+[.)]?\s+(?=[A-Z])|"
    r"(?:(?:\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)]|[-–*•‣◦▪●■]|o(?=\s))\s+)+)"
)
"""The number or bullet of a list item or paragraph ("4.2", "(b)", "•")."""
_NO_RATIO = re.compile(r"(?<=\d):\s(?=\d)")
_UNIT_ENDS = re.compile(r"(?<=\d min\.)\s+(?=[A-Z])")
_DAILY = re.compile(r"\b(?:every|each) day\b", re.IGNORECASE)
"""After a dose with its unit it is read as a dose by the day and the dose itself is lost; "daily" is read right."""
_TWO_UNITS = re.compile(r"[\d.,]+\s*([A-Za-zµμ%°]+)\s*(?:-|–|to|and)\s*[\d.,]+\s*([A-Za-zµμ%°]+)", re.IGNORECASE)

_TWICE = re.compile(
    rf"\b(?P<word>{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True)).replace('-', '[- ]')})\s*"
    r"\(\s*(?P<digits>\d+(?:\.\d+)?)\s*\)",
    re.IGNORECASE,
)
"""A number in words and in digits, as contracts have it: "two (2) years"."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of meaning in a text.

    Attributes:
        kind: word, quantity, medicine, number, or the name of a slot (population, route, role, device ...).
        key: what it is compared by: the stem, the generic name, the entry of the slot, the name of a group that means
            the same.
        text: its own words.
        start, end: where it stands.
        measure: of a quantity.
    """

    kind: str
    key: str
    text: str
    start: int
    end: int
    measure: Measure | None = None

    @property
    def is_hard(self) -> bool:
        """Whether another one in its place is another instruction: a number, a medicine, a route ..."""
        return self.kind != WORD

    @property
    def is_light(self) -> bool:
        """Whether it says so little that it may come and go."""
        return self.kind == WORD and (self.key in _words("light") or vocabulary.stem(self.text) in _words("light"))

    @property
    def is_weighty(self) -> bool:
        """Whether another word in its place turns the sentence round: it has an opposite, or says how much."""
        turns = self.text.lower() in _words("weighty", stemmed=False) or bool(poles(self.text))
        return self.kind == WORD and turns and not self.is_light

    @property
    def says_how_much(self) -> bool:
        """Whether it says how much, how often or how fast; without it a clause says another amount."""
        listed = self.text.lower() in _words("weighty", stemmed=False) or self.key in ("=minimum", "=maximum")
        return self.kind == WORD and listed

    @property
    def is_person(self) -> bool:
        """Whether it says for whom or by whom: another one in its place is another rule."""
        return self.kind == WORD and vocabulary.stem(self.text) in _words("persons")


@lru_cache(maxsize=16384)
def read(text: str) -> tuple[Token, ...]:
    """The tokens of ``text`` in order; words of structure ("the", "not", "at least") are left out."""
    found: list[Token] = []
    for phrase in drug_spans(text):
        _add(found, Token(MEDICINE, phrase.meaning, text[phrase.start : phrase.end], phrase.start, phrase.end))
    for place in slot_spans(text):
        slot, entry = place.meaning
        if text[place.start : place.end].lower() == "a line":
            continue  # the article, not the "A-line"
        _add(found, Token(slot, entry, text[place.start : place.end], place.start, place.end))
    for measure in measures(_DAILY.sub(lambda match: "daily".ljust(len(match[0])), text)):
        daily = _DAILY.match(text, measure.start)
        end = daily.end() if daily else measure.end
        shown = text[measure.start : end]
        read_right = None if _of_two_kinds(shown) or _of_two_numbers(shown) else measure
        _add(found, Token(QUANTITY, shown.lower(), shown, measure.start, end, read_right))
    for term in _equivalents().find(text):
        _add(found, Token(WORD, f"={term.meaning}", text[term.start : term.end], term.start, term.end))
    said_twice = {match.start("digits") for match in _TWICE.finditer(text) if not _of_two_numbers(match[0])}
    for match in _TOKEN.finditer(text):
        token = _word(match) if match.start() not in said_twice else None
        if token:
            _add(found, token)
    return tuple(sorted(found, key=lambda token: token.start))


def _of_two_kinds(shown: str) -> bool:
    """Whether a range has a unit of another kind at either end ("88 mg to 92%"): then it is no range."""
    ends = _TWO_UNITS.match(shown)
    scales = [UNITS.get(unit.lower()) for unit in ends.groups()] if ends else []
    return all(scales) and len({scale[0] for scale in scales if scale}) > 1


def _of_two_numbers(shown: str) -> bool:
    """Whether a number in words is followed by another one in digits: "two (9) years" is no quantity."""
    twice = _TWICE.search(shown)
    return twice is not None and NUMBER_WORDS["-".join(twice["word"].lower().split())] != float(twice["digits"])


def _word(match: re.Match[str]) -> Token | None:
    text = match[0]
    if text[0].isdigit():
        return Token(NUMBER, text.lower().replace(",", ""), text, *match.span())
    lower = text.lower()
    if lower in _words("short", stemmed=False):
        return Token(WORD, f"={_groups()[lower]}", text, *match.span())
    if lower.startswith(("non-", "non ")):
        return Token(WORD, f"non{vocabulary.stem(text[4:])}", text, *match.span())
    if len(text) == 1 and not text.isupper():
        return None
    stemmed = vocabulary.stem(text)
    if lower in _words("structure", stemmed=False) or {lower, stemmed} & vocabulary.STOP_WORDS:
        return None
    return Token(WORD, stemmed, text, *match.span())


def _add(found: list[Token], token: Token) -> None:
    if not any(known.start < token.end and token.start < known.end for known in found):
        found.append(token)


@lru_cache(maxsize=8192)
def lines_of(text: str) -> tuple[str, ...]:
    """The sentences, list items and lines of a text, without bullets and the numbers of list items."""
    text = _UNIT_ENDS.sub("\n", _NO_RATIO.sub(" = ", normal(text)))
    bare = "\n".join(_ITEM.sub("", line) for line in text.split("\n"))
    return tuple(line for line in sentences(bare) if any(map(str.isalnum, line)))


@cache
def _words(kind: str, *, stemmed: bool = True) -> frozenset[str]:
    """The words of one kind in words.yaml, or their stems."""
    listed = _read_yaml("words")[kind].split()
    return frozenset(map(vocabulary.stem, listed)) if stemmed else frozenset(listed)


@cache
def _read_yaml(name: str) -> Any:
    import yaml

    return yaml.safe_load(files("ragkit.grounding.composed").joinpath(f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def _groups() -> dict[str, str]:
    """Name of the group by each phrase of it."""
    return {phrase.lower(): group[0] for group in _read_yaml("equivalents") for phrase in group}


@cache
def _equivalents() -> PhraseBook[str]:
    return PhraseBook((phrase, group[0]) for group in _read_yaml("equivalents") for phrase in group)
