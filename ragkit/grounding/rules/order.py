"""The order of steps: what comes before what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.wording import content, tokens

_BEFORE = re.compile(r"\b(?:before|prior to|ahead of|precedes?|followed by|and then|then|until after)\b", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|following|as soon as|subsequent to|only after)\b|(?:^|,\s)once\b", re.IGNORECASE)
_BREAK = re.compile(r"[,;:.\n]|\b(?:and\s+)?(?:before|after|then|prior to)\b", re.IGNORECASE)
_ENDS = re.compile(r"(?:,|\band\b|\s)+$", re.IGNORECASE)
_THEN = re.compile(r"\b(?:then|next|finally|followed by)\b", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?:more|less|higher|lower|greater|smaller|larger|better|worse|longer|shorter|older|younger|faster|"
    r"slower|\w{3,}er)\s+"
    r"(?:\w+\s+){0,4}?(?:than|compared (?:to|with))\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=32768)
def _sequences(text: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Pairs (earlier, later) of word sets that ``text`` puts in an order by before, after or then."""
    found = []
    for pattern, forward in ((_BEFORE, True), (_AFTER, False)):
        for match in pattern.finditer(text):
            lefts = [part for part in _BREAK.split(_ENDS.sub("", text[: match.start()])) if content(part)]
            rights = [part for part in _BREAK.split(text[match.end() :]) if content(part)]
            if not lefts and len(rights) > 1:  # "After A, B"
                lefts = [rights[1]]
            for left in dict.fromkeys((*lefts[-1:], *lefts[:1])):  # "A after B and before C": B, and also A, before C
                sides = (content(left), content(rights[0]) if rights else frozenset[str]())
                if all(sides):
                    found.append(sides if forward else sides[::-1])
    return tuple(found)


def check(aligned: Aligned) -> RuleResult:
    """Whether the claim puts two things in the reverse order, or compares them the other way round."""
    result = RuleResult()
    ours = _sequences(aligned.claim)
    theirs = [pair for line in aligned.near for pair in _sequences(line)]
    for earlier, later in ours:
        verdicts = {_direction(earlier, later, pair) for pair in theirs}
        if not verdicts & {1, -1}:
            steps = aligned.evidence.split("\n") if aligned.steps else []
            for line in aligned.near:
                steps = steps or (re.split(r",|\band\b", line) if _THEN.search(line) else [])
            verdicts = {_direction_in_steps(earlier, later, steps)}
        if 1 in verdicts:
            result.agree(Rule.ORDER)
        elif -1 in verdicts:
            result.contradict(Rule.ORDER, "the steps stand in the other order in the evidence")
    _compare_arguments(aligned, result)
    return result


def _direction(earlier: frozenset[str], later: frozenset[str], pair: tuple[frozenset[str], frozenset[str]]) -> int:
    """1 where both put the same things in the same order, -1 in the reverse order, 0 where they cannot be matched."""
    first, second = pair
    only_earlier, only_later = earlier - later, later - earlier
    only_first, only_second = first - second, second - first
    straight = _share(only_earlier, only_first) + _share(only_later, only_second)
    crossed = _share(only_earlier, only_second) + _share(only_later, only_first)
    both_straight = bool(only_earlier & only_first) and bool(only_later & only_second)
    both_crossed = bool(only_earlier & only_second) and bool(only_later & only_first)
    if both_straight and straight > crossed:
        return 1
    if both_crossed and not both_straight and crossed > straight + 0.5:
        return -1
    return 0


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0


def _direction_in_steps(earlier: frozenset[str], later: frozenset[str], steps: Sequence[str]) -> int:
    """The same, where the evidence is a list of steps: by the step that each thing stands in."""
    held = [content(step) for step in steps]
    places = []
    for side in (earlier - later, later - earlier):
        scores = [_share(side, step) for step in held]
        top = max(scores, default=0.0)
        if top < 0.5 or scores.count(top) > 1:
            return 0
        places.append(scores.index(top))
    return (places[0] < places[1]) - (places[0] > places[1])


def _compare_arguments(aligned: Aligned, result: RuleResult) -> None:
    """Finds "A is higher than B" against "B is higher than A": the same comparing word with its sides exchanged."""
    ours = _COMPARED.search(aligned.claim)
    theirs = _COMPARED.search(aligned.best)
    if not ours or not theirs or tokens(ours[0])[0] != tokens(theirs[0])[0]:
        return
    mine = (content(aligned.claim[: ours.end()]), content(aligned.claim[ours.end() :]))
    other = (content(aligned.best[: theirs.end()]), content(aligned.best[theirs.end() :]))
    mine, other = (mine[0] - mine[1], mine[1] - mine[0]), (other[0] - other[1], other[1] - other[0])
    straight, crossed = bool(mine[1] & other[1]), bool(mine[1] & other[0]) and bool(mine[0] & other[1])
    if crossed and not straight:
        result.contradict(Rule.COMPARISON, "the comparison stands the other way round in the evidence")
    elif straight:
        result.agree(Rule.COMPARISON)
