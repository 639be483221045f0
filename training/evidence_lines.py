"""The evidence that a made-up claim is shown with: its line alone, in its passage, or among lines like it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from statements import Statement

from ragkit.grounding.words import words

_OFTEN = 300
_NEAR_DUPLICATE = 0.6
"""Lines that hold so much of a statement's words may well say the same."""
_IN_CONTEXT = 0.5


@lru_cache(maxsize=100_000)
def stems_of(text: str) -> frozenset[str]:
    """The stems of a text's content words."""
    return frozenset(word.stem for word in words(text) if word.content)


def share_held(wanted: str, text: str) -> float:
    """Share of the content stems of one text that stand in another, 0..1."""
    stems = stems_of(wanted)
    return len(stems & stems_of(text)) / len(stems) if stems else 0.0


class Neighbourhood:
    """Statements by their words and by their place.

    Args:
        documents: all statements, those of one document together in order.
    """

    def __init__(self, documents: Iterable[Sequence[Statement]]) -> None:
        self._documents: dict[str, list[Statement]] = defaultdict(list)
        self._places: dict[tuple[str, str], list[Statement]] = defaultdict(list)
        for statements in documents:
            for statement in statements:
                self._documents[statement.document].append(statement)
                for stem in stems_of(statement.own):
                    self._places[statement.folder, stem].append(statement)

    def passage(self, statement: Statement, rng: random.Random) -> list[Statement]:
        """One to three statements that stand beside it, in order and with it in their middle or at an end."""
        document = self._documents[statement.document]
        at = document.index(statement)
        before = rng.randint(0, 2)
        lines = document[max(0, at - before) : at + rng.randint(1 if not before else 0, 3 - before) + 1]
        return [line for line in lines if line is statement or self.says_else(statement, line)]

    def alike(self, statement: Statement, count: int, rng: random.Random) -> list[Statement]:
        """Up to ``count`` statements of its agency that share most words with it and still say something else."""
        shared: dict[int, float] = defaultdict(float)
        found: dict[int, Statement] = {}
        for stem in stems_of(statement.own):
            others = self._places[statement.folder, stem]
            for other in others if len(others) <= _OFTEN else rng.sample(others, 20):
                shared[id(other)] += 1
                found[id(other)] = other
        ranked = sorted(found.values(), key=lambda other: (-shared[id(other)], other.document, other.place))[:40]
        usable = [other for other in ranked if self.says_else(statement, other)]
        top = usable[: count * 2]
        return rng.sample(top, min(count, len(top)))

    def elsewhere(self, statement: Statement, rng: random.Random) -> Statement:
        """A statement of another document of its agency (or of all, where it has no other)."""
        names = sorted(name for name in self._documents if name != statement.document)
        own_agency = [name for name in names if name.startswith(statement.folder)]
        return rng.choice(self._documents[rng.choice(own_agency or names)])

    @staticmethod
    def says_else(statement: Statement, other: Statement) -> bool:
        """Whether neither holds most of the other's words."""
        return max(share_held(statement.own, other.own), share_held(other.own, statement.own)) < _NEAR_DUPLICATE


def surroundings(statement: Statement, near: Neighbourhood, rng: random.Random) -> list[Statement]:
    """What is shown with a statement, itself among it: alone, in its passage, or among lines like it."""
    kind = rng.random()
    if kind < 0.35:
        return [statement]
    if kind < 0.7:
        return near.passage(statement, rng)
    lines = [statement, *near.alike(statement, rng.randint(1, 3), rng)]
    rng.shuffle(lines)
    return lines


def shown_lines(lines: Sequence[Statement], rng: random.Random, *, instead: dict[str, str] | None = None) -> list[str]:
    """The lines as the model reads them: with what stands above them or without, medical sentences as one text.

    Args:
        lines: in order.
        rng: decides whether the context is shown.
        instead: own words of a line -> what it says instead.
    """
    context = rng.random() < _IN_CONTEXT
    found = []
    for line in lines:
        own = (instead or {}).get(line.own, line.own)
        above = line.shown[: -len(line.own)] if context and line.shown.endswith(line.own) else ""
        found.append(above + own)
    return [" ".join(found)] if lines and all(line.folder == "medquad" for line in lines) else found
