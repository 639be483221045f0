"""The small words that decide: and, or, any, all, even, only, than, the sides of a comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ragkit.grounding.composed.comparing import Comparison, Text
from ragkit.grounding.composed.conditions import conditions, restricts
from ragkit.grounding.composed.matching import says
from ragkit.grounding.composed.reading import Token

_OR = re.compile(r"\b(?:or|either|any|nor|and/or|whichever|neither|at least one|one of)\b|/", re.IGNORECASE)
_AND = re.compile(r"\b(?:and|both|all|each|every|as well as|together|plus|with)\b|&", re.IGNORECASE)
_ANY = re.compile(r"\b(?:any|either|at least one|one) (?:one )?of\b|\bany (?:one|single)\b|\beither\b", re.IGNORECASE)
_ALL = re.compile(r"\b(?:all|both|each|every)\b", re.IGNORECASE)
_EVEN = re.compile(r"\beven (?:if|when|while|though|in|for|after|with|without)\b|\bregardless\b", re.IGNORECASE)
_ALSO = re.compile(
    r"\b(?:even|regardless|also|including|included?|whether|irrespective|any|all|no matter)\b", re.IGNORECASE
)
_THAN = re.compile(r"\bthan\b", re.IGNORECASE)
_JOINS = re.compile(r"(?<!and/)\b(and|or)\b(?!/or)", re.IGNORECASE)
_SIDE = 3


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: and for or, any for all, "even" or "only" put in, the sides of a comparison exchanged."""
    here = " ".join(text.text for text in comparison.sentences)
    there = "\n".join(text.text for text in comparison.evidence)
    if _OR.search(here) and not _OR.search(there) and "," not in there:
        yield "“or” here, and nothing of the kind in the cited lines"
    if _ANY.search(here) and _ALL.search(there) and not _ANY.search(there):
        yield f"“{_ANY.findall(here)[0]}” here, “{_ALL.findall(there)[0]}” in the cited lines"
    if _EVEN.search(here) and not _ALSO.search(there):
        yield f"“{_EVEN.findall(here)[0]}” does not stand in the cited lines"
    for sentence in comparison.sentences:
        yield from _restriction_added(sentence, there)
        for line in comparison.evidence:
            yield from _connected_otherwise(sentence, line)
            yield from _goes_on_otherwise(sentence, line)
            yield from _sides_exchanged(sentence, line)


def _restriction_added(sentence: Text, there: str) -> Iterator[str]:
    for condition in conditions(sentence.text):
        if condition.kind in ("exception", "only") and not restricts(there):
            yield f"“{condition.text[:60]}” restricts what the cited lines do not restrict"


def _connected_otherwise(sentence: Text, line: Text) -> Iterator[str]:
    """Finds "A and B" of "A or B", and the other way round, where the two stand side by side on both sides."""
    for one, two in pairwise(sentence.tokens):
        ours = _connective(sentence.text[one.end : two.start])
        if not ours:
            continue
        found = set()
        for first, second in pairwise(line.tokens):
            straight = says(one, first) and says(two, second)
            if straight or (says(one, second) and says(two, first)):
                found.add(_connective(line.text[first.end : second.start]))
        if found and ours not in found and "" not in found:
            yield f"“{one.text} {ours} {two.text}” here, “{min(found)}” in the cited line"


def _goes_on_otherwise(sentence: Text, line: Text) -> Iterator[str]:
    """Finds "A, and C" of "A, or B": the connective that follows a word is another one than that of the line."""
    theirs: dict[Token, set[str]] = {}
    for match in _JOINS.finditer(line.text):
        before = [token for token in line.tokens if token.end <= match.start()][-1:]
        for token in before:
            theirs.setdefault(token, set()).add(match[1].lower())
    for match in _JOINS.finditer(sentence.text):
        for token in [token for token in sentence.tokens if token.end <= match.start()][-1:]:
            found = [joins for other, joins in theirs.items() if says(token, other)]
            if found and all(match[1].lower() not in joins for joins in found):
                yield f"“{token.text} {match[1]} …” here, “{token.text} {min(found[0])} …” in the cited line"


def _connective(between: str) -> str:
    """And, or, or nothing for words between two tokens that hold both, neither or much else."""
    if len(between.split()) > _SIDE or "/" in between:
        return ""
    has_and, has_or = (bool(re.search(rf"\b{word}\b", between, re.IGNORECASE)) for word in ("and", "or"))
    return "" if has_and == has_or else "and" if has_and else "or"


def _sides_exchanged(sentence: Text, line: Text) -> Iterator[str]:
    """Finds "A is higher than B" of "B is higher than A"."""
    for ours in _THAN.finditer(sentence.text):
        left, right = _around(sentence, ours)
        for theirs in _THAN.finditer(line.text):
            other_left, other_right = _around(line, theirs)
            own_left, own_right = _only(left, right), _only(right, left)
            their_left, their_right = _only(other_left, other_right), _only(other_right, other_left)
            crossed = _meet(own_left, their_right) and _meet(own_right, their_left)
            if crossed and not _meet(own_left, their_left) and not _meet(own_right, their_right):
                yield "the comparison stands the other way round in the cited line"


def _around(text: Text, match: re.Match[str]) -> tuple[list[Token], list[Token]]:
    weighty = [token for token in text.tokens if not token.is_light and not token.measure]
    left = [token for token in weighty if token.end <= match.start()]
    return left, [token for token in weighty if token.start >= match.end()][:_SIDE]


def _only(one: Sequence[Token], other: Sequence[Token]) -> list[Token]:
    return [token for token in one if not any(says(token, each) for each in other)]


def _meet(one: Sequence[Token], other: Sequence[Token]) -> bool:
    return any(says(mine, theirs) for mine in one for theirs in other)
