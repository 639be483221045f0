"""Words, sentences and clauses as the rules compare them."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[a-zà-ÿµμ]+(?:['’][a-z]+)?|\d+(?:[.,]\d+)*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)\]%”\"][.!?])\s+(?=[A-Z0-9“\"(•‖])|\s*\n+\s*|\s*[•‣◦▪●■]\s*|;\s+|\s+\|\s+")
_NO_END = re.compile(r"\b(?:e\.g|i\.e|vs|dr|mr|mrs|ms|no|ref|approx|min|max|fig|st|etc|cf|inc|u\.s)\.$", re.IGNORECASE)
_ENUMERATOR = re.compile(r"^\s*(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+|[-–*o]\s+)+(?=\S)", re.IGNORECASE)
_STOP = """a an the of to in on at by for with from as is are was were be been being am and or it its this that
    these those which who whom whose what when where while there here their his her he she they them we
    our us you your i my me do does did done has have had having will would into onto such than then so
    also if each any all both per via about between through during above below before after within least
    most without against upon once until up out off over under again other some only own same just more
    very too not no nor may must shall should can could might need cannot s t ve re ll d m"""
_STOP_WORDS = frozenset(_STOP.split())
_IRREGULAR = {
    "given": "give", "gave": "give", "taken": "take", "took": "take", "held": "hold", "kept": "keep", "made": "make",
    "found": "find", "children": "child", "women": "woman", "men": "man", "feet": "foot", "people": "person",
    "written": "write", "wrote": "write", "left": "left", "drawn": "draw", "drew": "draw", "worn": "wear",
    "chosen": "choose", "begun": "begin", "began": "begin", "shown": "show", "gone": "go", "went": "go",
    "stopped": "stop", "sent": "send", "lost": "lose", "known": "know", "knew": "know", "done": "do", "led": "lead",
    "met": "meet", "said": "say", "told": "tell", "born": "bear", "died": "die", "dying": "die", "won": "win",
    "ran": "run", "sat": "sit", "seen": "see", "saw": "see", "dosage": "dose", "dosing": "dose", "less": "less",
    "unless": "unless", "always": "always", "diabetes": "diabetes", "sepsis": "sepsis", "bias": "bias", "gas": "gas",
    "pus": "pus", "virus": "virus", "mucous": "mucous", "venous": "venous", "intravenous": "intravenous",
}  # fmt: skip


@lru_cache(maxsize=131072)
def stem(word: str) -> str:
    """The word without its inflection ("assessed", "assesses", "assessing": "assess"); never joins two drug names."""
    word = word.lower().replace("’", "'").removesuffix("'s").removesuffix("'")
    if word in _IRREGULAR:
        word = _IRREGULAR[word]
        return word.removesuffix("e") if len(word) > 3 else word
    if len(word) < 4 or word[0].isdigit():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "edly", "ed", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and re.search("[aeiouy]", word[: -len(ending)]):
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    if word.endswith("i"):
        word = word[:-1] + "y"
    return word.removesuffix("e") if len(word) > 3 else word


def word_list(text: str) -> list[str]:
    """The words and numbers of ``text`` as they stand, in order."""
    return _WORD.findall(text)


@lru_cache(maxsize=65536)
def tokens(text: str) -> tuple[str, ...]:
    """The stems of all words and numbers of ``text``, in order."""
    return tuple(stem(word) for word in _WORD.findall(text))


@lru_cache(maxsize=65536)
def content(text: str) -> frozenset[str]:
    """The stems of the words of ``text`` that carry meaning."""
    return frozenset(
        stem(word)
        for word in _WORD.findall(text)
        if word.lower() not in _STOP_WORDS and (len(word) > 1 or word.isdigit())
    )


_LOOKALIKES = str.maketrans(
    {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2212": "-", "\x02": "-", "\u00ad": "", "\u00a0": " ",
     "\u202f": " ", "\u2009": " ", "’": "'", "‘": "'", "ﬁ": "fi", "ﬂ": "fl"}
)  # fmt: skip


def normal(text: str) -> str:
    """``text`` with one character for each meaning: hyphens, spaces and apostrophes as a keyboard has them."""
    return text.translate(_LOOKALIKES)


@lru_cache(maxsize=32768)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences, list items, lines and table cells of ``text``, without their enumerators."""
    parts: list[str] = []
    for part in _SENTENCE_END.split(text):
        if parts and _NO_END.search(parts[-1]) and "\n" not in parts[-1]:
            parts[-1] = f"{parts[-1]} {part}"
        elif part and part.strip():
            parts.append(part.strip())
    return tuple(bare for part in parts if (bare := _ENUMERATOR.sub("", part).strip()))
