"""Which documents a question names by number.

Numbers are compared by their parts: "Ref. 0705-04", "705.04" and "705.4" are the same, "TP 1207-P" and "1207-P" too,
"1207" and "1207-P" are not. A number also names the parts of a numbered series ("705" the documents 705.01, 705.02
and so on), which is a weaker claim.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ragkit.store.rows import VersionRow

_PARTS = re.compile(r"\d+|[a-z]+")
_CODE = re.compile(r"(?<![\w.-])(?:[A-Za-z]{1,5}-?\d{1,5}(?:[.-]\d{1,3})*[A-Za-z]?)(?![\w-])")

Number = tuple[str, ...]


@dataclass(frozen=True)
class NamedDocuments:
    """The versions a question names, exactly or as parts of a series."""

    exactly: frozenset[int] = frozenset()
    series: frozenset[int] = frozenset()


class NumberIndex:
    """The reference numbers of a catalogue."""

    def __init__(self, versions: Iterable[VersionRow]) -> None:
        self._exact: dict[Number, set[int]] = defaultdict(set)
        self._series: dict[Number, set[int]] = defaultdict(set)
        for row in versions:
            for number in _numbers_of(row):
                self._exact[number].add(row.version_key)
                for length in range(1, len(number)):
                    if number[length - 1].isdigit():
                        self._series[number[:length]].add(row.version_key)

    def named(self, numbers: Iterable[str], text: str, version_keys: Collection[int]) -> NamedDocuments:
        """The versions among ``version_keys`` that the question names.

        Args:
            numbers: the reference numbers found in the question.
            text: the question; codes in it ("IC-204") count where a document has exactly that number.
            version_keys: the versions the reader may search.
        """
        exactly: set[int] = set()
        series: set[int] = set()
        for number in numbers:
            found = self._lookup(self._exact, number, version_keys)
            exactly |= found
            if not found:
                series |= self._lookup(self._series, number, version_keys)
        for code in _CODE.findall(text):
            exactly |= self._exact.get(comparable(code), set()) & frozenset(version_keys)
        return NamedDocuments(frozenset(exactly), frozenset(series))

    @staticmethod
    def _lookup(index: Mapping[Number, set[int]], number: str, version_keys: Collection[int]) -> set[int]:
        full = comparable(number)
        for candidate in (full, _without_letters_in_front(full)):
            found = index.get(candidate, set()) & frozenset(version_keys)
            if found:
                return found
        return set()


def comparable(number: str) -> Number:
    """The parts of a number, in lower case, without leading zeros."""
    return tuple(part.lstrip("0") or "0" if part.isdigit() else part for part in _PARTS.findall(number.lower()))


def _numbers_of(row: VersionRow) -> set[Number]:
    if not row.reference_number:
        return set()
    full = comparable(row.reference_number)
    numbers = {full, _without_letters_in_front(full)}
    return {number for number in numbers if any(part.isdigit() for part in number)}


def _without_letters_in_front(number: Number) -> Number:
    for position, part in enumerate(number):
        if part.isdigit():
            return number[position:]
    return number
