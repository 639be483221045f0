"""The numbered lines that a language model is given: what may be shown, the best of it, grouped by document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ragkit.answering.candidates import candidate_for
from ragkit.answering.generation.lines import (
    Line,
    LineKey,
    atoms_of,
    key_of,
    only_leads_in,
    selected_atoms,
    siblings_of,
)
from ragkit.answering.groundwork import Groundwork
from ragkit.answering.scoring import Candidate, Evidence
from ragkit.answering.selection import Selection, must_not_answer
from ragkit.answering.units import Unit


@dataclass(frozen=True)
class NumberedLines:
    """Lines with their numbers.

    Attributes:
        lines: line ``i`` has the number ``i + 1``.
        selected: the lines that the extractive answer shows, in document order, also those that were not given.
        selection: what the extractive answer shows; None where there is none.
    """

    lines: tuple[Line, ...]
    selected: tuple[Line, ...]
    selection: Selection | None

    def line(self, number: int) -> Line | None:
        """The line of a number; None where there is none."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else None

    @cached_property
    def by_document(self) -> tuple[tuple[Evidence, tuple[tuple[int, Line], ...]], ...]:
        """For each document, its numbered lines in document order."""
        grouped: dict[tuple[str, str], list[tuple[int, Line]]] = {}
        for number, line in enumerate(self.lines, start=1):
            grouped.setdefault(line.key[:2], []).append((number, line))
        return tuple((numbered[0][1].evidence, tuple(numbered)) for numbered in grouped.values())

    @cached_property
    def selected_keys(self) -> frozenset[LineKey]:
        """Names the lines that the extractive answer shows."""
        return frozenset(line.key for line in self.selected)

    @property
    def best_score(self) -> float:
        """The score of the best line that was given."""
        return max((line.candidate.score for line in self.lines), default=0.0)


def number_lines(groundwork: Groundwork, *, most_lines: int, most_characters: int) -> NumberedLines:
    """Chooses and numbers the lines.

    First come those that the extractive answer shows, then the other items of their lists, then all others, best
    first, as many as fit. Lines that must not answer the question are left out, whatever their score.

    Args:
        groundwork: what is known before an answer is composed.
        most_lines: how many lines.
        most_characters: how long they are in all.
    """
    builder = _Builder(groundwork)
    selected = tuple(builder.selected())
    chosen: dict[LineKey, Line] = {}
    characters = 0
    for line in (*selected, *builder.beside(selected), *builder.others()):
        if len(chosen) == most_lines:
            break
        too_long = characters + len(line.evidence_text) > most_characters
        if line.key in chosen or too_long or must_not_answer(groundwork.question, line.candidate):
            continue
        chosen[line.key] = line
        characters += len(line.evidence_text)
    ordered = _in_document_order(chosen.values())
    return NumberedLines(tuple(ordered), selected, groundwork.selection)


def _in_document_order(lines: Iterable[Line]) -> list[Line]:
    """Grouped by document, the document of the first line first; in a document as they stand there."""
    grouped: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        grouped.setdefault(line.key[:2], []).append(line)
    return [line for group in grouped.values() for line in sorted(group, key=lambda each: each.place)]


class _Builder:
    """Lines of a groundwork; each unit is looked at once."""

    def __init__(self, groundwork: Groundwork) -> None:
        self._groundwork = groundwork
        self._known: dict[LineKey, Candidate] = {}
        for candidate in groundwork.candidates:
            self._known.setdefault(key_of(candidate.evidence, candidate.unit), candidate)

    def selected(self) -> Iterator[Line]:
        """What the extractive answer shows."""
        selection = self._groundwork.selection
        if selection is not None:
            for unit in selected_atoms(selection):
                yield self._line(selection.candidates[0].evidence, unit)

    def beside(self, lines: Sequence[Line]) -> Iterator[Line]:
        """The other items of the lists that some lines stand in."""
        for line in lines:
            for unit in siblings_of(line.evidence.layout, line.unit):
                yield self._line(line.evidence, unit)

    def others(self) -> Iterator[Line]:
        """All candidates, the best first, divided into their atoms."""
        for candidate in self._groundwork.candidates:
            layout = candidate.evidence.layout
            for unit in atoms_of(layout, candidate.unit):
                if not only_leads_in(layout, unit):
                    yield self._line(candidate.evidence, unit)

    def _line(self, item: Evidence, unit: Unit) -> Line:
        key = key_of(item, unit)
        candidate = self._known.get(key)
        if candidate is None or candidate.unit.kind is not unit.kind:
            candidate = candidate_for(self._groundwork.question, self._groundwork.evidence, item, unit)
            self._known[key] = candidate
        return Line(candidate)
