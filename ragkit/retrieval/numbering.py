"""Which documents a question names by number.

Numbers are compared by their parts: "Ref. 0940-04", "940.04" and "940.4" are the same, "TP 2207-P" and "2207-P" too,
"2207" and "2207-P" are not. A number also names the parts of a numbered series ("940" the documents 940.01, 940.02
and so on), which is a weaker claim.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ragkit.store.rows import VersionRow

_PARTS = re.compile(r"\d+|[a-z]+")
_CODE = re.compile(r"(?<![\w.-])(?:[A-Za-z]{1,5}-?\d{1,5}(?:[.-]\d{1,3})*[A-Za-z]?)(?![\w-])")

Number = tuple[str, ...]
_Keys = dict[Number, set[int]]


@dataclass(frozen=True)
class NamedDocuments:
    """The versions a question names, exactly or as parts of a series."""

    exactly: frozenset[int] = frozenset()
    series: frozenset[int] = frozenset()


class NumberIndex:
    """The reference numbers of a catalogue.

    Letters in front ("TP 2207") may be missing on either side, but "MM-204" does not name "IC-204".
    """

    def __init__(self, versions: Iterable[VersionRow]) -> None:
        self._exact: _Keys = defaultdict(set)
        self._exact_bare: _Keys = defaultdict(set)
        self._series: _Keys = defaultdict(set)
        self._series_bare: _Keys = defaultdict(set)
        for row in versions:
            full = comparable(row.reference_number or "")
            if not any(part.isdigit() for part in full):
                continue
            bare = _without_letters_in_front(full)
            self._exact[full].add(row.version_key)
            self._exact_bare[bare].add(row.version_key)
            for series, number in ((self._series, full), (self._series_bare, bare)):
                for length in range(1, len(number)):
                    if number[length - 1].isdigit():
                        series[number[:length]].add(row.version_key)

    def named(self, numbers: Iterable[str], text: str, version_keys: Collection[int]) -> NamedDocuments:
        """The versions among ``version_keys`` that the question names.

        Args:
            numbers: the reference numbers found in the question.
            text: the question; codes in it ("IC-204") count where a document has exactly that number.
            version_keys: the versions the reader may search.
        """
        readable = frozenset(version_keys)
        exactly: set[int] = set()
        series: set[int] = set()
        for number in map(comparable, numbers):
            found = _looked_up(self._exact, self._exact_bare, number, readable)
            exactly |= found
            if not found:
                series |= _looked_up(self._series, self._series_bare, number, readable)
        for code in _CODE.findall(text):
            exactly |= self._exact.get(comparable(code), set()) & readable
        return NamedDocuments(frozenset(exactly), frozenset(series))


def _looked_up(full: _Keys, bare: _Keys, number: Number, readable: frozenset[int]) -> set[int]:
    """The readable versions of that number; where no readable one has it letter by letter, without letters in front.

    A version that is not readable is no match: it would keep the weaker match of a readable one from being found.
    """
    found = full.get(number, set()) & readable
    if found:
        return found
    without = _without_letters_in_front(number)
    return (bare if without == number else full).get(without, set()) & readable


def comparable(number: str) -> Number:
    """The parts of a number, in lower case, without leading zeros."""
    return tuple(part.lstrip("0") or "0" if part.isdigit() else part for part in _PARTS.findall(number.lower()))


def _without_letters_in_front(number: Number) -> Number:
    for position, part in enumerate(number):
        if part.isdigit():
            return number[position:]
    return number
