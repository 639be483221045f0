"""Conditions, devices, routes and purposes that a text names, by the list in ``models/subjects.yaml``.

They are used to keep lines about one thing from answering for another. The list says how its entries are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

from ragkit.retrieval.query import AnswerKind

_NEVER = frozenset({AnswerKind.GOVERNANCE, AnswerKind.REFERENCE})
_WORD = re.compile(r"[^\W_]+")
_SHORTEST_PLURAL = 3
_GIVEN_FOR = re.compile(r"\b(?:for|in|during|treat\w*|against|control\w*|manag\w*)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """One kind of subject.

    Attributes:
        name: "conditions", "devices" ...
        kinds: the kinds of question for which it counts.
        decisive_line: whether what a line itself names decides, whatever stands around it.
        required: whether lines that name none of its families cannot answer a question that names one.
        asked_with: a pattern that the question must hold; None for any question.
        not_asked_with: a pattern that it must not hold; None for any question.
        wider: for each family, itself and all that it is a case of.
        symptoms: the families that a patient with another condition may have as well.
    """

    name: str
    kinds: frozenset[AnswerKind]
    decisive_line: bool
    required: bool
    asked_with: re.Pattern[str] | None
    not_asked_with: re.Pattern[str] | None
    wider: Mapping[str, frozenset[str]]
    symptoms: frozenset[str]
    _phrases: Mapping[str, tuple[tuple[Phrase, str | None], ...]] = field(repr=False)

    def families_in(self, text: str) -> frozenset[str]:
        """The most particular families that a text names: with "STEMI" there, "acute coronary syndrome" is left out."""
        return _families_in(self.name, text)

    def asked_in(self, question: str) -> frozenset[str]:
        """The families that a question is about; a symptom only where something is given for it."""
        if self.asked_with is not None and not self.asked_with.search(question):
            return frozenset()
        if self.not_asked_with is not None and self.not_asked_with.search(question):
            return frozenset()
        named = self.families_in(question)
        if not named & self.symptoms:
            return named
        treated = self.treated_in(question)
        return frozenset(family for family in named if family not in self.symptoms or family in treated)

    def compatible(self, one: Iterable[str], others: Iterable[str]) -> bool:
        """Whether some family of the one is a case of some family of the others, or the other way round."""
        return any(a in self.wider[b] or b in self.wider[a] for a in one for b in others)

    def treated_in(self, text: str) -> frozenset[str]:
        """The families for which, or in which, a text says that something is given ("for stroke", "in asthma")."""
        return frozenset(family for family, start in self.found_in(text) if _GIVEN_FOR.search(text[:start]))

    def found_in(self, text: str) -> Iterator[tuple[str, int]]:
        """All families that a text names, each with the place where it does."""
        words = [(match.group(), match.start()) for match in _WORD.finditer(text)]
        lowered = [word.lower() for word, _ in words]
        position = 0
        while position < len(words):
            for phrase, family in self._phrases.get(lowered[position], ()):
                if _stands_at(phrase, words, lowered, position):
                    if family is not None:
                        yield family, words[position][1]
                    position += len(phrase) - 1
                    break
            position += 1


def _stands_at(phrase: Phrase, words: list[tuple[str, int]], lowered: list[str], position: int) -> bool:
    """Whether the phrase stands at this word; one in capitals as written, others with or without a plural s."""
    if position + len(phrase) > len(words):
        return False
    for offset, wanted in enumerate(phrase):
        written = words[position + offset][0] if wanted.isupper() else lowered[position + offset]
        if written != wanted and not (
            offset == len(phrase) - 1 and len(wanted) >= _SHORTEST_PLURAL and written == f"{wanted}s"
        ):
            return False
    return True


@cache
def groups() -> Mapping[str, Group]:
    """The groups of the list, by name."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    raw = files("ragkit.answering").joinpath("models", "subjects.yaml").read_text(encoding="utf-8")
    return {name: _group(name, body) for name, body in yaml.load(raw, Loader=loader).items()}


@lru_cache(maxsize=32768)
def _families_in(name: str, text: str) -> frozenset[str]:
    group = groups()[name]
    found = {family for family, _ in group.found_in(text)}
    return frozenset(one for one in found if not any(one != other and one in group.wider[other] for other in found))


def _group(name: str, body: Mapping[str, object]) -> Group:
    families: Mapping[str, Mapping[str, list[str]]] = body["families"]  # type: ignore[assignment]
    family_of: dict[str, str | None] = dict.fromkeys(body.get("ignored", ()))  # type: ignore[call-overload]
    for family, entry in families.items():
        family_of |= dict.fromkeys(entry["names"], family)
    within = {family: entry.get("within", []) for family, entry in families.items()}
    kinds: list[str] = body["kinds"]  # type: ignore[assignment]
    return Group(
        name=name,
        kinds=frozenset(AnswerKind) - _NEVER if kinds == ["all"] else frozenset(map(AnswerKind, kinds)),
        decisive_line=bool(body.get("decisive_line")),
        required=bool(body.get("required")),
        asked_with=_compiled(body.get("asked_with")),
        not_asked_with=_compiled(body.get("not_asked_with")),
        wider={family: frozenset(_and_wider(family, within)) for family in families},
        symptoms=frozenset(family for family, entry in families.items() if entry.get("symptom")),
        _phrases=_by_first_word(family_of),
    )


def _compiled(pattern: object) -> re.Pattern[str] | None:
    return re.compile(str(pattern), re.IGNORECASE) if pattern else None


def _and_wider(family: str, within: Mapping[str, list[str]]) -> Iterator[str]:
    yield family
    for parent in within[family]:
        yield from _and_wider(parent, within)


def _by_first_word(family_of: Mapping[str, str | None]) -> dict[str, tuple[tuple[Phrase, str | None], ...]]:
    """First word in lower case -> the phrases that begin with it, the longest first."""
    found: dict[str, list[tuple[Phrase, str | None]]] = {}
    for name, family in family_of.items():
        phrase = tuple(_WORD.findall(name))
        starts = {phrase[0].lower()}
        if len(phrase) == 1 and len(phrase[0]) >= _SHORTEST_PLURAL:
            starts.add(f"{phrase[0].lower()}s")
        for start in starts:
            found.setdefault(start, []).append((phrase, family))
    return {start: tuple(sorted(phrases, key=lambda each: -len(each[0]))) for start, phrases in found.items()}
