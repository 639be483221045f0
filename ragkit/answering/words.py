"""Words as the answerer compares them: retrieval's stems, with numbers apart from their units, and word families.

The comparison has to bring "administered" and "administer", "hours" and "hour", "10mL" and "10 mL" together, and must
never bring two drugs or two numbers together.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ragkit.retrieval.words import STOP_WORDS, stem

_WORD = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[A-Za-zÀ-ɏµμ]+(?:['’][A-Za-z]+)?|[≥≤<>%]")


def words(text: str) -> list[str]:
    """The stems of the words, numbers and comparison signs of ``text``, in order."""
    return [_folded(match) for match in _WORD.findall(text)]


def content_words(text: str) -> list[str]:
    """Like ``words``, without stop words and single letters."""
    return [
        _folded(match)
        for match in _WORD.findall(text)
        if match.lower() not in STOP_WORDS and (len(match) > 1 or match.isdigit())
    ]


def _folded(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "")
    return stem(word.replace("’", "'"))


_DERIVATIONS = (
    ("ification", "ify"),
    ("ization", "iz"),
    ("isation", "is"),
    ("ation", ""),
    ("ition", "it"),
    ("ment", ""),
    ("ance", ""),
    ("ence", ""),
    ("able", ""),
    ("ible", ""),
    ("ion", ""),
    ("ive", ""),
    ("al", ""),
    ("er", ""),
    ("or", ""),
)


@lru_cache(maxsize=65536)
def root(stemmed: str) -> str:
    """What a stem shares with words of its family ("authorization", "authorized": "authoriz").

    Only endings that English adds to whole words are taken off, from words long enough to stay recognisable: cutting
    every word at a fixed length would make one word of hydrocortisone and hydrocodone.
    """
    for ending, replacement in _DERIVATIONS:
        ending = ending.removesuffix("e")
        if stemmed.endswith(ending) and len(stemmed) - len(ending) >= (5 if len(ending) < 5 else 4):
            return stemmed[: -len(ending)] + replacement
    return stemmed
