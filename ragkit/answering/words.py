"""Words as they are compared: folded case, plain punctuation, common endings taken off.

The comparison has to bring "administered" and "administer", "hours" and "hour", "10mL" and "10 mL" together, and must
never bring two drugs or two numbers together; so only inflection is removed, and nothing from words with digits.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[A-Za-zÀ-ɏµμ]+(?:['’][A-Za-z]+)?|[≥≤<>%]")
_VOWEL = re.compile(r"[aeiouy]")
_STOP_WORDS = """
    a an the and or of to in on at by for with from as is are was were be been being am do does did doing have has had
    having i me my we us our you your he him his she her it its they them their this that these those there here what
    which who whom whose when where why how if then than so but not no nor can could may might must shall should will
    would about into onto over under up down out off again just also any all some such same other each every both few
    more most much many only own too very s t don now ll re ve let get got go goes going one ok okay please tell need
    want know say says said thing things really still yet even like make makes made
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """``word`` in lower case without its inflectional ending; words with digits are only folded."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if len(word) <= 3 or word[0].isdigit():
        return word.replace(",", "") if word[:1].isdigit() else word
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        base = word[: -len(ending)]
        if word.endswith(ending) and len(base) >= 3 and _VOWEL.search(base):
            if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz":
                return base[:-1]
            return _without_e(base)
    if word.endswith("ly") and len(word) > 5:
        word = word[:-2]
    return _without_e(word)


def _without_e(word: str) -> str:
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def words(text: str) -> list[str]:
    """The stems of the words, numbers and comparison signs of ``text``, in order."""
    return [stem(match) for match in _WORD.findall(text)]


def content_words(text: str) -> list[str]:
    """Like ``words``, without stop words and single letters."""
    return [
        stem(match)
        for match in _WORD.findall(text)
        if match.lower() not in STOP_WORDS and (len(match) > 1 or match.isdigit())
    ]


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
        ending = _without_e(ending)
        if stemmed.endswith(ending) and len(stemmed) - len(ending) >= (5 if len(ending) < 5 else 4):
            return stemmed[: -len(ending)] + replacement
    return stemmed
