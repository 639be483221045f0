"""The order of steps: before, after and then have to stand the same way round in the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ragkit.grounding.composed.comparing import Comparison, Part, Text
from ragkit.grounding.composed.matching import says
from ragkit.grounding.composed.reading import Token, read

_BEFORE = (
    r"before|prior to|ahead of|in advance of|preced(?:es?|ing)|until|beforehand|first|no later than|by the time|"
    r"earlier|pre-?\w+"
)
_AFTER = r"after(?:wards?)?|following|once|as soon as|subsequent(?:ly)? to|later|since|when|on completion|upon|post"
_MARK = re.compile(rf"\b(?:(?P<before>{_BEFORE})|(?P<after>{_AFTER})|(?P<then>and then|then|followed by|next))\b", re.I)
_SAID = re.compile(r"\b(?:(?P<before>before|prior to|ahead of)|(?P<after>after|following(?! \w+:)))\b", re.IGNORECASE)
_THEN = re.compile(r",?\s(?:and\s)?(?:then|followed by|after that,?)\s", re.IGNORECASE)
_STOP = re.compile(r"[,;:.](?=\s|$)|\b(?:and then|then|before|after|prior to|and|but|unless|if|when)\b", re.IGNORECASE)
_REACH = 5


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: two things in the other order than in the line."""
    for part in comparison.parts:
        start, end = part.text.tokens[part.places[0]].start, part.text.tokens[part.places[-1]].end
        for match in _SAID.finditer(part.text.text, max(0, start - 12), end):
            yield from _turned(match, part, comparison)
    for sentence in comparison.sentences:
        yield from _steps(sentence, comparison)


def _turned(match: re.Match[str], part: Part, comparison: Comparison) -> Iterator[str]:
    kind, lines = match.lastgroup or "", comparison.near(part)
    left, right = _sides(part.text, match)
    found = [(other.lastgroup, *_sides(line, other)) for line in lines for other in _SAID.finditer(line.text)]
    same = [1 for name, _, later in found if name == kind and _meet(right, later)]
    against = [
        1 for name, earlier, later in found if name != kind and (_meet(right, later) if right else _meet(left, earlier))
    ]
    other_kind = "after" if kind == "before" else "before"
    if same or (not right and any(name == kind for name, _, _ in found)):
        return
    if against:
        yield f"“{kind}” here, “{other_kind}” in the cited line"
        return
    if any(_meet(left, later) for name, _, later in found if name != kind):
        return  # "B after A" of "A before B"
    kinds = {mark.lastgroup for line in lines for mark in _MARK.finditer(line.text)}
    if kind not in kinds and "then" not in kinds and (kind == "before" or other_kind in kinds):
        yield f"“{kind}” does not stand in the cited line"


def _sides(text: Text, match: re.Match[str]) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    return _side(text, match.start(), forward=False), _side(text, match.end(), forward=True)


def _side(text: Text, at: int, *, forward: bool) -> tuple[Token, ...]:
    """The tokens next to a place, up to the end of the clause."""
    tokens = read(text.text)
    if forward:
        stop = _STOP.search(text.text, at + 1)
        end = stop.start() if stop else len(text.text)
        return tuple(token for token in tokens if at <= token.start < end)[:_REACH]
    return tuple(token for token in tokens if token.end <= at)[-_REACH:]


def _meet(one: tuple[Token, ...], other: tuple[Token, ...]) -> bool:
    shared = sum(any(says(mine, theirs) for theirs in other) for mine in one)
    return bool(one) and shared >= max(1, len(one) // 2)


def _steps(sentence: Text, comparison: Comparison) -> Iterator[str]:
    """Finds "B, then A" of a list of steps in which A comes first, or of a line that says "A, then B"."""
    cuts = [0, *(match.end() for match in _THEN.finditer(sentence.text)), len(sentence.text) + 1]
    if len(cuts) < 3:
        return
    sides = [
        [token for token in sentence.tokens if start <= token.start < end and not token.is_light]
        for start, end in pairwise(cuts)
    ]
    for earlier, later in pairwise(sides):
        first, second = _place(earlier, later, comparison), _place(later, earlier, comparison)
        if first is not None and second is not None and first > second:
            yield "the steps stand in the other order in the cited lines"


def _place(side: list[Token], other: list[Token], comparison: Comparison) -> tuple[int, int] | None:
    """Where what only one side says stands in the evidence: the sentence and the place in it."""
    own = [token for token in side if not any(says(token, theirs) for theirs in other)]
    scores = []
    for number, line in enumerate(comparison.evidence):
        places = [at for at, token in enumerate(line.tokens) if any(says(mine, token) for mine in own)]
        scores.append((len(places), -number, places))
    if not scores or not own:
        return None
    count, number, places = max(scores, key=lambda score: score[:2])
    return (-number, min(places)) if count >= max(1, len(own) // 2) else None
