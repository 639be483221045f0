"""A table row with the units that its header gives: "7.5" under "Volume (mL)" is 7.5 mL."""

from __future__ import annotations

import re
from functools import lru_cache

_NUMBER_ONLY = re.compile(r"[\d.,/ –-]+(?:to [\d.,]+)?")
_IN_PARENTHESES = re.compile(r"\(([^()]{1,24})\)\s*$")
_LAST_WORD = re.compile(
    r"\b(mg|mcg|g|mL|units?|mEq|mmol|kg|L|minutes?|hours?|days?|joules?|J|mg/kg|mL/hour|units/hour)\s*$", re.IGNORECASE
)


_TIMES = frozenset({"minute", "minutes", "hour", "hours", "day", "days", "l", "j", "g"})


@lru_cache(maxsize=4096)
def row_with_units(row: str, header: str, *, certain_only: bool = False) -> str:
    """The cells of ``row``, each bare number followed by the unit that its column's header names.

    Args:
        row: a table row, cells separated by tabs.
        header: the header row, cells separated by tabs; a header of another width gives nothing.
        certain_only: leave out units that may be words or names ("General, day" is no number of days).
    """
    cells, names = row.split("\t"), header.split("\t")
    if len(cells) < 2 or len(cells) != len(names):
        return row
    return "\t".join(
        f"{cell} {_unit(name, certain_only)}".rstrip() if _bare(cell) else cell
        for cell, name in zip(cells, names, strict=True)
    )


def _bare(cell: str) -> bool:
    return bool(cell.strip()) and _NUMBER_ONLY.fullmatch(cell.strip()) is not None


def _unit(name: str, certain_only: bool) -> str:
    found = _IN_PARENTHESES.search(name)
    if found is None:
        found = _LAST_WORD.search(name)
        if found is not None and certain_only and found.group(1).lower() in _TIMES:
            return ""
    return found.group(1) if found else ""
