"""Who acts: the person behind "by" does the verb in the line too, and two persons do not change parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from ragkit.grounding.composed.comparing import Comparison, Text
from ragkit.grounding.composed.matching import held_at, says
from ragkit.grounding.composed.reading import Token

_PERSON_SLOTS = frozenset({"role", "population"})
_BY = re.compile(r"\bby\s(?:(?:the|a|an|another|any|each|either|two|only|one)\s)?(?:[\w-]+\s)?$", re.IGNORECASE)
_BE = re.compile(r"\b(?:is|are|was|were|be|been|being)\b", re.IGNORECASE)
_APART = re.compile(r"[;.:](?=\s|$)|\s\|\s")
_NEXT = 3
_VERBS = 4
_CLAUSE = re.compile(r"[,;:.](?=\s|$)|\s\|\s|\b(?:before|after|if|when|unless|until|while|once)\b|$", re.IGNORECASE)


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: a person said to do what another one does in the line."""
    for part in comparison.parts:
        text, lines = part.text, comparison.near(part)
        for place in part.places:
            verbs = _done_by(text, place)
            if verbs and lines and not any(_acts(line, text.tokens[place], verbs) for line in lines):
                yield f"“by {text.tokens[place].text}” here, and not so in the cited line"
    for sentence in comparison.sentences:
        for line in comparison.evidence:
            yield from _exchanged(sentence, line)


def _is_person(token: Token) -> bool:
    return token.is_person or token.kind in _PERSON_SLOTS


def _done_by(text: Text, place: int) -> list[Token]:
    """The verb (with what stands between) that a person after "by" does; empty where there is no "by" before it."""
    before = text.text[: text.tokens[place].start]
    by = _BY.search(before)
    if not by or not _is_person(text.tokens[place]):
        return []  # "by mouth", "by 5 p.m."
    begin = max((match.end() for match in _BE.finditer(before, 0, by.start())), default=0)
    return [token for token in text.tokens if begin <= token.start and token.end <= by.start()][-_VERBS:]


def _acts(line: Text, person: Token, verbs: Sequence[Token]) -> bool:
    """Whether the person does one of the verbs in a line, or the line lacks the person or all of the verbs."""
    found = held_at(person, line.tokens)
    places = [place for verb in verbs for place in held_at(verb, line.tokens)]
    if not found or not places:
        return True
    for at in found:
        theirs = _done_by(line, at)
        if any(says(verb, other) for verb in verbs for other in theirs):
            return True
        for place in places:
            between = line.tokens[at + 1 : place]
            apart = _APART.search(line.text[line.tokens[at].end : line.tokens[place].start]) if place > at else None
            if place > at and not apart and (theirs == [] or not any(map(_is_person, between))):
                return True
    return False


def _exchanged(sentence: Text, line: Text) -> Iterator[str]:
    """Two persons in the other order than in the line, neither followed by what follows it there."""
    ours = [place for place, token in enumerate(sentence.tokens) if _is_person(token)]
    for first, second in combinations(ours, 2):
        one, two = sentence.tokens[first], sentence.tokens[second]
        firsts, seconds = held_at(one, line.tokens), held_at(two, line.tokens)
        if says(one, two) or len(firsts) != 1 or len(seconds) != 1 or firsts[0] < seconds[0]:
            continue
        voices = [bool(_done_by(sentence, at)) for at in (first, second)]
        if voices != [bool(_done_by(line, at)) for at in (firsts[0], seconds[0])]:
            continue
        pair = (one, two)
        if not (
            _followed(sentence, first, line, firsts[0], pair) and _followed(sentence, second, line, seconds[0], pair)
        ):
            yield f"“{one.text}” and “{two.text}” have changed places"


def _followed(text: Text, at: int, line: Text, there: int, pair: Sequence[Token]) -> bool:
    """Whether a person is followed by one of the words that follow it in the line, or by nothing in either."""
    ours, theirs = _after(text, at, pair), _after(line, there, pair)
    if not ours and not theirs:
        return True
    return any(says(mine, other) for mine in ours for other in theirs)


def _after(text: Text, at: int, pair: Sequence[Token]) -> list[Token]:
    """The next words of the clause, without the two persons."""
    stop = _CLAUSE.search(text.text, text.tokens[at].end)
    end = stop.start() if stop else len(text.text)
    following = [token for token in text.tokens[at + 1 : at + 1 + _NEXT] if token.start < end]
    return [token for token in following if not any(says(each, token) for each in pair)]
