"""Numbered and coloured labels: a question about level 5 is not answered by a document whose levels end at 3."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache

from ragkit.documents.document import BlockKind, Document

_KINDS = (
    "level|stage|grade|class|category|phase|tier|type|priority|zone|schedule|step|acuity|severity|degree|group|category|"
    "alarm|condition|risk group|esi"
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_HIGHEST = 12
_NUMBER = r"(?:\d{1,2}|[ivx]{1,4})"
_OR_MORE = r"\s?(?:\+|(?:and|or) (?:more|higher|above|over|greater|up)\b)"
_NUMBERED = re.compile(
    rf"\b(?P<kind>{_KINDS})s?[\s#-]{{1,3}}(?P<first>{_NUMBER})"
    rf"(?P<more>(?:{_OR_MORE})?(?:\s?(?:,|/|-|–|to|through|and|or|&)\s?(?:and |or )?{_NUMBER})*)"
    r"\b(?![.:/]\d|\s?(?:mg|ml|kg|%|days?|hours?|hrs?|min))",
    re.IGNORECASE,
)
_RANGE = re.compile(rf"({_NUMBER})\s?(?:-|–|to|through)\s?({_NUMBER})", re.IGNORECASE)
_COLOURS = "red|orange|amber|yellow|green|blue|purple|violet|pink|white|black|gray|grey|silver|gold|brown|teal|lavender"
_COLOUR_FIRST = re.compile(
    rf"\b(?P<colour>{_COLOURS})(?:[\s-]+(?:labell?ed|label|coloured|colored|top|topped|striped?))?[\s-]+"
    r"(?P<noun>kits?|tags?|zones?|bands?|wristbands?|bags?|bins?|carts?|tubes?|labels?|teams?|codes?|alerts?|forms?|cards?|"
    r"stickers?|boxe?s?|syringes?|folders?|lights?|areas?|categor(?:y|ies)|containers?|caps?)\b",
    re.IGNORECASE,
)
_CODE_COLOUR = re.compile(rf"\b(?P<noun>code|condition|alert|tag)[\s-]+(?P<colour>{_COLOURS})\b", re.IGNORECASE)


def missing_label(question: str, text: str, columns: Mapping[str, str] | None = None) -> bool:
    """Whether the question names a label that ``text`` never has, while it has others of the same kind.

    Args:
        question: the question as asked.
        text: the whole document.
        columns: for each table column, its header and its cells, a line each.

    >>> missing_label("Who activates level 5?", "Level 1: charge nurse. Levels 2 to 3: supervisor.")
    True
    >>> missing_label("Who activates level 2?", "Level 1: charge nurse. Levels 2 to 3: supervisor.")
    False
    """
    asked = _labels(question)
    if not asked:
        return False
    held = _labels(text)
    for kind, values in asked.items():
        of_columns = {
            number
            for header, cells in (columns or {}).items()
            if kind in header.lower()
            for number in re.findall(r"^\d{1,2}$", cells, re.MULTILINE)
        }
        known = held.get(kind, frozenset()) | of_columns
        if held.get(kind) and values.isdisjoint(known | _up_to_the_highest(known)):
            return True
    return False


def _up_to_the_highest(known: Set[str]) -> set[str]:
    """The numbers that "2 or more" stands for: up to the highest that is named, any where none above it is."""
    lowest = min((int(value[:-1]) for value in known if value.endswith("+")), default=None)
    if lowest is None:
        return set()
    highest = max((int(value) for value in known if value.isdigit()), default=lowest)
    return set(map(str, range(lowest, (highest if highest > lowest else _HIGHEST) + 1)))


def names_label(question: str) -> bool:
    """Whether the question names a level, stage, colour of a kit or the like."""
    return bool(_labels(question))


def columns_of(document: Document) -> dict[str, str]:
    """The columns of a document's tables: header -> what stands in it, tables with the same header together."""
    columns: dict[str, str] = {}
    for block in document.blocks:
        if block.kind is not BlockKind.TABLE_ROW or not block.context:
            continue
        above = document.blocks[block.context[-1]]
        headers = document.text[above.start : above.end].split("\t")
        cells = document.text[block.start : block.end].split("\t")
        for header, cell in zip(headers, cells, strict=False):
            columns[header] = f"{columns.get(header, '')}\n{cell.strip()}"
    return columns


@lru_cache(maxsize=512)
def _labels(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for match in _NUMBERED.finditer(text):
        values = found.setdefault(match.group("kind").lower(), set())
        values.update(map(str, _numbers(match)))
        if re.search(_OR_MORE, match.group("more")):
            values.update(f"{number}+" for number in _value(match.group("first")))
    for pattern in (_COLOUR_FIRST, _CODE_COLOUR):
        for match in pattern.finditer(text):
            colour = match.group("colour").lower().replace("grey", "gray")
            found.setdefault(match.group("noun").lower().rstrip("s"), set()).add(colour)
    return {kind: frozenset(values) for kind, values in found.items()}


def _numbers(match: re.Match[str]) -> Iterator[int]:
    written = match.group("first") + match.group("more")
    for number in re.findall(_NUMBER, written, re.IGNORECASE):
        yield from _value(number)
    for low, high in _RANGE.findall(written):
        for start in _value(low):
            for end in _value(high):
                yield from range(start, end)


def _value(number: str) -> Iterator[int]:
    value = int(number) if number.isdigit() else _ROMAN.get(number.lower())
    if value is not None:
        yield value
