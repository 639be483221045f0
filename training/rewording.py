"""A statement in other words that mean the same: the rewrites of the planted-error study, and ragkit's vocabulary."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from functools import cache
from importlib.resources import files

import yaml
from planting_rewrites import rewritten
from planting_sources import Good

_ENDINGS = ("ing", "ed", "ion", "ment", "s")
_NO_TWIN_WORDS = """
    hold held form sheet contact contacts contacted contacting call calls called calling phone phones phoned telephone
    alert total complete transfer transferred chart document documents record records check checks change changes
    changed changing replaced replacing stay stays remain remains remaining med get gets assess monitor monitors
    facility facilities hospital hospitals supplies supply need needs needed necessary use uses used using minimum
    maximum min stat repeat repeats drug drugs kept told tell tells begun acquire acquired acquires yearly transport
    transports transported transporting
"""
_NO_TWINS = {*_NO_TWIN_WORDS.split(), "take to", "taken to", "each year", "once a year", "every year", "write down",
             "written down", "body weight"}  # fmt: skip
"""Words that are noun and verb at once, or have another meaning: another word in their place may be wrong."""
_CLAUSES = re.compile(r"; (?:and )?|, and (?=(?:it|the|this|they|these|do not)\b)")
_FINITE = re.compile(r"\b(?:is|are|must|shall|should|may|can|will|has|have|do not|does not)\b")
ROMAN_NUMERAL = re.compile(
    r"\b(?:types?|sections?|stages?|class|grades?|levels?|parts?|titles?|phases?|factors?|articles?|groups?|chapters?|"
    r"GSD|MPS|I{2,3},?|through|schedules?|policy) (?:or |and |through )?IV\b|^IV\.|\bIV[.)] [A-Z]",
    re.IGNORECASE,
)
"""Where "IV" is a number, not a route."""
_FRAMES = re.compile(
    r"^((?:(?:According to (?:the )?policy,|The policy states that|Please note that|Note:)\s)*)"
    r"((?:According to (?:the )?policy,|The policy states that|Please note that|Note:)\s)",
    re.IGNORECASE,
)
_MODAL_TWICE = re.compile(r"\b(is|are) (?:mandatory|necessary) to\b")
_ALLOWS = re.compile(r"\b(?:is|are) (?:permitted|allowed|required|mandatory|necessary) to\b|\bcan not\b|\bmust\b")


@cache
def _twins() -> dict[str, tuple[str, ...]]:
    """For each word or phrase, what may stand in its place: of the same group and with the same ending."""
    text = files("ragkit.grounding.composed").joinpath("equivalents.yaml").read_text(encoding="utf-8")
    found: dict[str, set[str]] = defaultdict(set)
    for group in yaml.safe_load(text):
        names = [str(name) for name in group if str(name) not in _NO_TWINS]
        for name in names:
            others = [other for other in names if other != name and _ending(other) == _ending(name)]
            found[name].update(other for other in others if not other.startswith(name) and not name.startswith(other))
    for name, others in _abbreviations().items():
        found[name].update(others)
    return {name: tuple(sorted(others)) for name, others in found.items() if others}


def _ending(name: str) -> str:
    if len(name) <= 4 or " " in name:
        return ""
    return next((ending for ending in _ENDINGS if name.endswith(ending) and not name.endswith("ss")), "")


def _abbreviations() -> dict[str, set[str]]:
    """Long forms to short ones and back, where they mean each other in any text."""
    text = files("ragkit.retrieval.understanding").joinpath("vocabulary_data/abbreviations.yaml")
    found: dict[str, set[str]] = defaultdict(set)
    for section in yaml.safe_load(text.read_text(encoding="utf-8")).values():
        for short, means in section.items():
            if isinstance(means, str) and 2 <= len(str(short)) <= 6 and " " in means and str(short).isalpha():
                found[str(short).upper()].add(means)
                found[means].add(str(short).upper())
    return found


@cache
def _phrases() -> re.Pattern[str]:
    names = sorted(_twins(), key=len, reverse=True)
    return re.compile(rf"(?<![\w/-])(?:{'|'.join(map(re.escape, names))})(?![\w/-])")


def in_other_vocabulary(text: str, rng: random.Random) -> str:
    """One to three words or abbreviations by others that mean the same; the text itself where it has none."""
    found = list(_phrases().finditer(text))
    chosen = sorted(rng.sample(found, min(len(found), rng.choice((1, 2, 3)))), key=lambda match: -match.start())
    for match in chosen:
        text = text[: match.start()] + rng.choice(_twins()[match[0]]) + text[match.end() :]
    return with_articles(text)


def with_articles(text: str) -> str:
    """The text with "a" and "an" as the words after them want it."""
    return re.sub(r"\b(a|an) (?=([A-Za-z])(\w*))", _article, text)


def _article(match: re.Match[str]) -> str:
    """Leaves the article as it is unless a vowel decides plainly (abbreviations are read letter by letter)."""
    vowel = match[2].lower() in "aeio"
    if match[2].isupper():
        return match[0]
    return ("an " if vowel else "a ") if not re.match(r"one|eu|uni|use|hour|hon", match[2] + match[3]) else match[0]


def reworded(good: Good, rng: random.Random, *, strongly: bool = False, rules: bool = True) -> str | None:
    """The statement in other words, by rewrites, the vocabulary, or both; None where nothing applies.

    Args:
        good: what is reworded, and the line it stands on.
        rng: chooses.
        strongly: whether everything that applies is done, so that fewer words stay.
        rules: whether it is of a text that lays down rules: elsewhere "may" does not say what is allowed.
    """
    text = good.text
    for _ in range(0) if ROMAN_NUMERAL.search(text) else range(3 if strongly else 1):
        changed = rewritten(Good(text, good.lines, good.document, good.source, good.form), rng)
        text = changed.text if changed and len(changed.text.split()) <= 60 else text
    if strongly or rng.random() < 0.6:
        text = in_other_vocabulary(text, rng)
    text = _FRAMES.sub("", text) if rng.random() < 0.7 or not rules else _FRAMES.sub(r"\2", text)
    text = _MODAL_TWICE.sub(r"\1 required to", text)
    if not rules and _ALLOWS.search(text) and not _ALLOWS.search(good.text):
        text = in_other_vocabulary(good.text, rng)
    text = text[:1].upper() + text[1:]
    return text if text != good.text else None


def clause(text: str, rng: random.Random) -> str | None:
    """One of two main clauses that say each something by itself; None where there are not two."""
    parts = [part.strip() for part in _CLAUSES.split(text)]
    if len(parts) < 2 or re.search(r"\b(?:if|when|unless|until|except|either|or)\b", text, re.IGNORECASE):
        return None
    whole = [part for part in parts if len(part.split()) >= 5 and _FINITE.search(part)]
    if len(whole) != len(parts):
        return None
    part = rng.choice(whole).rstrip(".")
    return f"{part[:1].upper()}{part[1:]}."
