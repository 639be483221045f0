"""Finds listed phrases in a text in one pass over its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

_WORD = re.compile(r"[a-zà-ÿµμ]+(?:'[a-z]+)?|\d+(?:\.\d+)?%?", re.IGNORECASE)
_ABBREVIATION = 3
"""A phrase of one word this short is an abbreviation, which counts in capitals only ("IM", not "im")."""
T = TypeVar("T")


def _is_abbreviation(word: str) -> bool:
    """Whether a word is written like an abbreviation: all capitals, or two of them ("tPA")."""
    return word.isupper() or sum(map(str.isupper, word)) >= 2


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A phrase in a text: its offsets and what it stands for."""

    start: int
    end: int
    meaning: T


class PhraseBook(Generic[T]):
    """Phrases with what they stand for. Hyphens and case make no difference; the longest phrase wins."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for phrase, meaning in phrases:
            words = tuple(word.lower() for word in _WORD.findall(phrase))
            self._by_first.setdefault(words[0], []).append((words, meaning))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def find(self, text: str) -> Iterator[Found[T]]:
        """The phrases of ``text`` in order; they do not overlap."""
        matches = list(_WORD.finditer(text))
        words = [match[0].lower() for match in matches]
        position = 0
        while position < len(words):
            for phrase, meaning in self._by_first.get(words[position], ()):
                end = position + len(phrase)
                if tuple(words[position:end]) != phrase:
                    continue
                if len(phrase) == 1 and len(phrase[0]) <= _ABBREVIATION and not _is_abbreviation(matches[position][0]):
                    continue
                yield Found(matches[position].start(), matches[end - 1].end(), meaning)
                position = end - 1
                break
            position += 1
