"""The signs of numbers: minus 20 °C is no 20 °C."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragkit.grounding.composed.comparing import Comparison

_SIGNED = re.compile(r"(?P<minus>(?:(?<![\w).])-|\bminus )(?=\d))?(?<![\d.])(?P<number>\d+(?:[.,]\d+)*)", re.IGNORECASE)
"""A dash between two numbers ("10-20") is no sign, nor is one with a space behind it."""


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: a number that has another sign in every line in which it stands."""
    given: dict[str, set[bool]] = {}
    for line in comparison.evidence:
        for number, minus in _numbers(line.text):
            given.setdefault(number, set()).add(minus)
    for sentence in comparison.sentences:
        for number, minus in _numbers(sentence.text):
            if number in given and minus not in given[number]:
                yield f"“{'-' if minus else ''}{number}” has another sign in the cited lines"


def _numbers(text: str) -> Iterator[tuple[str, bool]]:
    for match in _SIGNED.finditer(text):
        yield match["number"].replace(",", ""), match["minus"] is not None
