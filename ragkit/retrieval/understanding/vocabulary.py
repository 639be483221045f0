"""The project's own clinical vocabulary: abbreviations, medicines, lay words, spellings, and the stop rule's entries.

The lists are YAML beside this file (``vocabulary_data``), written to be reviewed line by line by a clinician; each
says at its top how an entry is read. This module only loads them into one index of phrases.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import yaml

from ragkit.retrieval.words import stem


class EntryKind(StrEnum):
    """What kind of vocabulary an entry is."""

    ABBREVIATION = "abbreviation"
    MEDICINE = "medicine"
    LAY_WORD = "lay_word"
    SPELLING = "spelling"


@dataclass(frozen=True)
class Entry:
    """What a phrase means.

    Attributes:
        phrase: in lower case, words separated by a space.
        forms: what else it is called; searched for beside the phrase.
        kind: which list it stands in.
        spelt_out: the form the dense search reads instead of the phrase; None where the phrase is plain words.
        capitals_only: an ordinary word unless written in capitals.
        when: stems of which the question must hold one; empty for none.
    """

    phrase: str
    forms: tuple[str, ...]
    kind: EntryKind
    spelt_out: str | None = None
    capitals_only: bool = False
    when: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sense:
    """One meaning of an ambiguous abbreviation and the stems that decide for it.

    Attributes:
        means: its forms.
        when: the deciding stems.
        capitals_only: a meaning that only the spelling in capitals can have.
    """

    means: tuple[str, ...]
    when: frozenset[str]
    capitals_only: bool = False


@dataclass(frozen=True)
class AmbiguousEntry:
    """An abbreviation with several meanings.

    Attributes:
        phrase: in lower case.
        senses: its meanings.
        usual: the meaning taken when no word of the question decides; empty: it stays as written.
        capitals_only: an ordinary word unless written in capitals.
        caveat: whether the person is told when it stays undecided.
    """

    phrase: str
    senses: tuple[Sense, ...]
    usual: tuple[str, ...] = ()
    capitals_only: bool = False
    caveat: bool = False


@dataclass(frozen=True)
class ClinicalVocabulary:
    """All lists as one index.

    Attributes:
        entries: phrase -> what it means; a phrase may stand in several lists.
        ambiguous: phrase -> its meanings.
        longest: number of words of the longest phrase.
        words: every single word that occurs in a phrase or a form; a question word among them is no misspelling.
        spelling_families: patterns of British spelling and what American spelling has in their place.
    """

    entries: dict[str, tuple[Entry, ...]]
    ambiguous: dict[str, AmbiguousEntry]
    longest: int
    words: frozenset[str]
    spelling_families: tuple[tuple[re.Pattern[str], str], ...]

    def __contains__(self, phrase: object) -> bool:
        return phrase in self.entries or phrase in self.ambiguous


@cache
def clinical_vocabulary() -> ClinicalVocabulary:
    """The vocabulary, loaded once in a process."""
    abbreviations = load_data("abbreviations")
    medicines = load_data("drugs")
    lay_words = load_data("lay_words")
    spelling = load_data("spelling")
    index: dict[str, list[Entry]] = defaultdict(list)
    for entry in (
        *_abbreviation_entries(abbreviations),
        *_medicine_entries(medicines),
        *_lay_entries(lay_words),
        *_spelling_entries(spelling),
    ):
        index[entry.phrase].append(entry)
    ambiguous = {phrase: _ambiguous_entry(phrase, body) for phrase, body in load_data("ambiguous").items()}
    words = {word for entries in index.values() for entry in entries for word in _words_of(entry)}
    words.update(word for entry in ambiguous.values() for sense in entry.senses for word in _split(sense.means))
    phrases = [*index, *ambiguous]
    return ClinicalVocabulary(
        entries={phrase: tuple(entries) for phrase, entries in index.items()},
        ambiguous=ambiguous,
        longest=max(len(phrase.split()) for phrase in phrases),
        words=frozenset(words | {word for phrase in phrases for word in phrase.split()}),
        spelling_families=tuple((re.compile(british), american) for british, american in spelling["families"].items()),
    )


def load_data(name: str) -> Any:
    """The list ``name`` of ``vocabulary_data``, as it stands in its file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = resources.files(__package__).joinpath("vocabulary_data", f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=loader)


def _items(data: dict[str, dict[str, Any]]) -> Iterator[tuple[str, tuple[str, ...], dict[str, Any]]]:
    """(phrase, forms, flags) of every entry of a list with sections."""
    for section in data.values():
        for phrase, body in section.items():
            flags = body if isinstance(body, dict) else {}
            means = flags.get("means", ()) if flags else body
            yield phrase, (means,) if isinstance(means, str) else tuple(means), flags


def _abbreviation_entries(data: dict[str, dict[str, Any]]) -> Iterator[Entry]:
    for phrase, forms, flags in _items(data):
        capitals_only = bool(flags.get("upper"))
        yield Entry(phrase, forms, EntryKind.ABBREVIATION, forms[0], capitals_only)
        if flags.get("one_way") or capitals_only:
            continue
        for form in forms:
            yield Entry(form, (phrase, *(other for other in forms if other != form)), EntryKind.ABBREVIATION)


def _medicine_entries(data: dict[str, Any]) -> Iterator[Entry]:
    for generic, names in data["same_substance"].items():
        yield Entry(generic, tuple(names), EntryKind.MEDICINE)
        for name in names:
            others = (generic, *(other for other in names if other != name))
            yield Entry(name, others, EntryKind.MEDICINE, spelt_out=generic)
    for name in data["other_medicines"]:
        yield Entry(name, (), EntryKind.MEDICINE)
    for section in ("combinations", "classes"):
        for name, forms in data[section].items():
            yield Entry(name, tuple(forms), EntryKind.MEDICINE)


def _lay_entries(data: dict[str, dict[str, Any]]) -> Iterator[Entry]:
    for section, body in data.items():
        for phrase, forms, flags in _items({section: body}):
            clipped = section == "clipped_words"
            when = frozenset(stem(word) for word in flags.get("when", ()))
            yield Entry(phrase, forms, EntryKind.LAY_WORD, forms[0] if clipped and forms else None, when=when)


def _spelling_entries(data: dict[str, dict[str, str]]) -> Iterator[Entry]:
    for british, american in data["words"].items():
        yield Entry(british, (american,), EntryKind.SPELLING)
        yield Entry(american, (british,), EntryKind.SPELLING)
    for british, american in data["british_only"].items():
        yield Entry(british, (american,), EntryKind.SPELLING)


def _ambiguous_entry(phrase: str, body: dict[str, Any]) -> AmbiguousEntry:
    senses = tuple(
        Sense(tuple(sense["means"]), frozenset(map(stem, sense["when"])), bool(sense.get("capitals")))
        for sense in body["senses"]
    )
    usual = tuple(body.get("usual", ()))
    return AmbiguousEntry(phrase, senses, usual, bool(body.get("upper")), bool(body.get("caveat")))


def _words_of(entry: Entry) -> Iterator[str]:
    yield from entry.phrase.split()
    yield from _split(entry.forms)


def _split(forms: Iterable[str]) -> Iterator[str]:
    for form in forms:
        yield from form.split()
