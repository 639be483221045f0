"""Words as grounding compares them: stems, sentences, and words that mean the same, the opposite, or are of one family.

Source of the relations: WordNet 3.1 (``models/word_relations.json``) and the opposites of ``models/opposites.yaml``.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-zÀ-ɏͰ-Ͽµ]+(?:['’][a-z]+)?|[%<>≤≥]")
_SENTENCE = re.compile(r"(?<=[.!?;])[\"'’”)\]]*\s+(?=[\"'(\[“‘`]*[A-Z0-9•])|\s*\n+\s*|\s[•▪◦]\s")
_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "mis")


def _model(name: str) -> dict[str, str]:
    """A file of word lists."""
    import yaml

    return dict(yaml.safe_load((files("ragkit.grounding") / f"models/{name}.yaml").read_text(encoding="utf-8")))


STOP_WORDS = frozenset(_model("stop_words")["stop_words"].split())


@dataclass(frozen=True, slots=True)
class Word:
    """One word, number or sign.

    Attributes:
        text: as it stands.
        stem: lower case, without endings; numbers without thousands separators.
        content: whether it carries meaning of its own (no stop word).
    """

    text: str
    stem: str
    content: bool

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits."""
        return self.text[0].isdigit()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The word without the endings of inflection: "administered" and "administers" become one.

    Light on purpose (after Harman 1991, "How effective is suffixing?"): endings that make another word ("-ation",
    "-ment") stay; WordNet's families bring those together.
    """
    word = word.lower().replace("’", "'")
    word = re.sub(r"'(?:s|)$", "", word)
    if word.endswith("n't"):
        return "not"
    if len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ingly", "edly", "ing", "ed", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and re.search("[aeiouy]", word[: -len(ending)]):
            word = word[: -len(ending)]
            if ending != "ly" and len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    if word.endswith("i") and len(word) > 3:
        word = word[:-1] + "y"
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


@lru_cache(maxsize=32768)
def _word(text: str) -> Word:
    if text[0].isdigit():
        number = text.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text) else text
        return Word(text, number, True)
    stemmed = stem(text)
    lower = text.lower()
    content = lower not in STOP_WORDS and stemmed not in STOP_WORDS and len(lower) > 1
    return Word(text, stemmed, content)


def words(text: str) -> tuple[Word, ...]:
    """The words, numbers and comparison signs of ``text`` in order."""
    return tuple(_word(match) for match in _TOKEN.findall(text))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences and lines of ``text``; those without a word are left out."""
    return tuple(part.strip() for part in _SENTENCE.split(text) if part and _TOKEN.search(part))


@cache
def _relations() -> dict[str, dict[str, frozenset[str]]]:
    content = json.loads((files("ragkit.grounding") / "models/word_relations.json").read_text(encoding="utf-8"))
    tables = {}
    for name in ("synonyms", "antonyms", "family"):
        table: dict[str, set[str]] = defaultdict(set)
        for word, others in content[name].items():
            table[stem(word)].update(stem(other) for other in others.split())
        tables[name] = table
    for word, others in _model("opposites").items():
        for other in others.split():
            tables["antonyms"][stem(word)].add(stem(other))
            tables["antonyms"][stem(other)].add(stem(word))
    return {
        name: {word: frozenset(others - {word}) for word, others in table.items()} for name, table in tables.items()
    }


def synonyms(stemmed: str) -> frozenset[str]:
    """Stems that mean the same in one of the commonest senses of both."""
    return _relations()["synonyms"].get(stemmed, frozenset())


def family(stemmed: str) -> frozenset[str]:
    """Stems that derive from one another ("administer", "administration")."""
    return _relations()["family"].get(stemmed, frozenset())


@lru_cache(maxsize=32768)
def antonyms(stemmed: str) -> frozenset[str]:
    """Stems that mean the opposite, those made with a prefix ("eligible", "ineligible") included."""
    found = set(_relations()["antonyms"].get(stemmed, ()))
    found.update(prefix + stemmed for prefix in _PREFIXES if len(stemmed) > 3)
    found.update(
        stemmed[len(prefix) :] for prefix in _PREFIXES if stemmed.startswith(prefix) and len(stemmed) > len(prefix) + 3
    )
    return frozenset(found)
