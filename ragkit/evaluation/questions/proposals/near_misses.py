"""Near misses: a drafted question asked about something that the documents do not speak of.

One word of the question is exchanged for another of its kind (a medicine for one of its class, a device for one like
it), or the population for the other one where the document is for one only. That the documents do not answer is
verified by search; whether they really do not is for a person to decide, and the draft says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from ragkit.evaluation.questions.proposals.proposal import Source
from ragkit.retrieval.understanding.vocabulary import load_data

_CROOKED = re.compile(r"what does the table say|what are the (?:exceptions|contraindications)\b", re.IGNORECASE)
_ADULT = re.compile(r"\badults?\b", re.IGNORECASE)
_CHILD = re.compile(r"\b(?:child(?:ren)?|p(?:a)?ediatrics?|infants?)\b", re.IGNORECASE)
_EVERYBODY = re.compile(
    r"\b(?:adult|child|p(?:a)?ediatric|infant|newborn|neonat|pregnan|all patients|every patient|any patient)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class NearMiss:
    """A question that the documents seem not to answer.

    Attributes:
        question: the words.
        changed: what was exchanged for what.
        original: the drafted question it was made of.
        checked: how it was verified.
    """

    question: str
    changed: str
    original: str
    checked: str


def near_misses(
    question: str, source: Source, named: Callable[[str], bool], passages: Callable[[str], Sequence[str]]
) -> Iterator[NearMiss]:
    """The near misses of one drafted question.

    Args:
        question: as drafted, without the name of its document.
        source: its document.
        named: whether any document that the person may read names these words.
        passages: the texts that a search finds, best first.
    """
    for old, new in () if _CROOKED.match(question) else _exchanges(question):
        if not any(named(name) for name in _names_of(new)):
            changed = re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", new, question, count=1, flags=re.IGNORECASE)
            said = f"“{new}” stands in no document that this person may read"
            yield NearMiss(_with_article(changed, new), f"“{old}” became “{new}”", question, said)
            break
    if population := _other_population(question, source):
        words, pattern = population
        changed = f"{question.rstrip('?')} {words}?"
        found = list(passages(changed))
        if found and not any(pattern.search(text) for text in found):
            said = f"none of the {len(found)} passages that a search finds speaks of that population"
            yield NearMiss(changed, f"asked “{words}”; the document is for another population", question, said)


def _exchanges(question: str) -> Iterator[tuple[str, str]]:
    """(words in the question, words to put in their place): the longest match first, then the others of its group.

    Words within a quoted term or a longer name are left alone: half a name exchanged makes no sense.
    """
    lowered = question.lower()
    found = []
    for group in _groups():
        for member in group:
            at = re.search(rf"(?<![\w-]){re.escape(member.lower())}(?![\w-])", lowered)
            if at and not _inside_name(question, at.start(), at.end()):
                found.append((member, group))
    for member, group in sorted(found, key=lambda pair: -len(pair[0])):
        yield from ((member, other) for other in group if other.lower() not in lowered)


def _inside_name(question: str, start: int, end: int) -> bool:
    """Whether the words are part of a quoted term or of a name in capitals ("Stroke Alert")."""
    quoted = question.rfind("“", 0, start) > question.rfind("”", 0, start)
    whole = question[start - 1 : start] == "“" and question[end : end + 1] == "”"
    after = re.match(r"\s[A-Z][a-z]", question[end:])
    before = re.search(r"[a-z]\s[A-Z][a-z]+\s$", question[:start])
    return (quoted and not whole) or after is not None or before is not None


def _names_of(thing: str) -> tuple[str, ...]:
    """A medicine's names; of anything else the one name."""
    names = load_data("drugs")["same_substance"].get(thing, ())
    return (thing, *(name for name in names if len(name) > 3))


def _with_article(question: str, new: str) -> str:
    """Turns "a arterial line" into "an arterial line"."""
    right = "an" if new[0].lower() in "aeiou" else "a"
    return re.sub(rf"\ban? (?={re.escape(new)})", f"{right} ", question)


def _other_population(question: str, source: Source) -> tuple[str, re.Pattern[str]] | None:
    """The population that a document for the other one does not speak of."""
    if _EVERYBODY.search(question):
        return None
    title = source.row.title
    if _ADULT.search(title) and not _CHILD.search(title):
        return "in a newborn", re.compile(r"\b(?:newborn|neonat|infant|child|p(?:a)?ediatric)", re.IGNORECASE)
    if _CHILD.search(title) and not _ADULT.search(title):
        return "in a pregnant woman", re.compile(r"\b(?:pregnan|obstetric|adult)", re.IGNORECASE)
    return None


@cache
def medicines_by_class() -> tuple[tuple[str, ...], ...]:
    """The names of medicines, a tuple for each class."""
    text = files("ragkit.answering").joinpath("models", "medicine_classes.yaml").read_text(encoding="utf-8")
    return tuple(tuple(entry["members"]) for entry in yaml.safe_load(text))


@cache
def _groups() -> tuple[tuple[str, ...], ...]:
    """Things that are exchanged for one another; of medicines the generic names only."""
    text = files("ragkit.evaluation.questions.proposals").joinpath("interchangeable.yaml").read_text(encoding="utf-8")
    things: Iterable[Sequence[str]] = [group for groups in yaml.safe_load(text).values() for group in groups]
    other_names = {name for names in load_data("drugs")["same_substance"].values() for name in names}
    generic = (tuple(name for name in members if name not in other_names) for members in medicines_by_class())
    return (*map(tuple, things), *(group for group in generic if len(group) > 1))
