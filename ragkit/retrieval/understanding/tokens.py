"""The words of a question with their places, as the other steps of understanding look at them."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from ragkit.retrieval.words import STOP_WORDS

_TOKEN = re.compile(r"[^\W_]+(?:[&/.:'+][^\W_]+)*(?:%|(?<=\d)\+)?|%")
_JOINT = re.compile(r"[&/:'+]")
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*%?")


@dataclass(frozen=True)
class Token:
    """One word of the question.

    Attributes:
        text: in lower case, without a possessive ending.
        original: as written.
        start, end: its span in the question.
        number: True for a plain number ("20", "0.5", "74/40").
    """

    text: str
    original: str
    start: int
    end: int
    number: bool

    @property
    def capitals(self) -> bool:
        """Whether it is written in capitals, as abbreviations of ordinary words are."""
        letters = [character for character in self.original if character.isalpha()]
        return len(letters) >= 1 and all(character.isupper() for character in letters)


def tokenise(text: str, known: Container[str] = frozenset()) -> list[Token]:
    """The words of ``text`` in order. Hyphens separate; "/", "&", ":" and "'" join only what is a known word so."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        if _NUMBER.fullmatch(word) or _plain(word) in known or _plain(word) in STOP_WORDS or not _JOINT.search(word):
            tokens.append(_token(word, match.start()))
            continue
        position = match.start()
        if word.lower().endswith("'s"):
            tokens.append(_token(word, position))
            continue
        for part in _JOINT.split(word):
            if part:
                tokens.append(_token(part, position))
            position += len(part) + 1
    return tokens


def _token(word: str, start: int) -> Token:
    return Token(_plain(word), word, start, start + len(word), bool(_NUMBER.fullmatch(word)))


def _plain(word: str) -> str:
    return word.lower().removesuffix("'s")
