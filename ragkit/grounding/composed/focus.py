"""Only, all, some, first, at once, able to: words of force and focus stand at the same words as in the line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ragkit.grounding.composed.comparing import Comparison, Text
from ragkit.grounding.composed.matching import not_held, says
from ragkit.grounding.composed.reading import QUANTITY, Token, read

_KINDS = {
    "only": r"only|solely|exclusively|just|sole|alone|merely",
    "all": r"all|every|each|any|both|everyone|everything|anyone|whichever",
    "some": r"some|most|many|few|several|majority|mostly|mainly|partly|almost|nearly",
    "often": r"always|at all times|usually|generally|typically|normally|routinely|often|sometimes|"
    r"rarely|occasionally|frequently",
    "ability": r"able to|unable to|ability to|capable of|incapable of|in a position to",
    "first": r"first|initial|initially|last|final|finally",
    "at_once": r"immediate(?:ly)?|at once|right away|stat|without delay|as soon as possible|asap|promptly|"
    r"straight away",
}
_MOVES = frozenset({"often", "at_once", "first"})
"""Adverbs, whose place in the clause is free."""
_FOCUS = re.compile(
    r"\b(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items()) + r")\b", re.IGNORECASE
)
_CLAUSE_END = re.compile(r"[,;:.](?=\s|$)|\s\|\s|$")
_MOVE_END = re.compile(r"[,;:.](?=\s|$)|\s\|\s|\band\b", re.IGNORECASE)
_FORWARD, _AROUND = 2, 4
_NO_FOCUS = re.compile(r"\b(?:not|at|if|first|last|above|below)\s$|\bfirst[- ]aid|\ball[- ]", re.IGNORECASE)
_OTHERWISE = re.compile(
    r"\b(?:unless|except\w*|until|other than|exclud\w+|apart from|but not|provided|as long as|limited|restricted|"
    r"no (?:one|other)|nobody)\b",
    re.IGNORECASE,
)
"""Other ways to say "only"."""


@dataclass(frozen=True, slots=True)
class Focus:
    """A word of force or focus: what kind, its own word, and the words of the clause that it stands at."""

    kind: str
    word: str
    start: int
    at: tuple[Token, ...]


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: a word of force or focus added, lost, or moved to another word."""
    theirs = [focus for line in comparison.evidence for focus in focuses(line.text)]
    ours = [focus for sentence in comparison.sentences for focus in focuses(sentence.text)]
    otherwise = any(_OTHERWISE.search(line.text) for line in comparison.evidence)
    for focus in ours:
        of_kind = [other for other in theirs if other.kind == focus.kind]
        if any(_meet(focus, other) for other in of_kind) or (focus.kind == "only" and otherwise):
            continue
        yield f"“{focus.word}” {'stands at another word' if of_kind else 'does not stand'} in the cited lines"
    yield from _lost(comparison, ours)


def _lost(comparison: Comparison, ours: Sequence[Focus]) -> Iterator[str]:
    """A word of force in a line that a clause rests on, lost where the clause says the words that it stands at."""
    for part in comparison.parts:
        said = [part.text.tokens[place] for place in part.places]
        for line in comparison.near(part)[:1]:
            for focus in _own(line):
                same = [other for other in ours if other.kind == focus.kind]
                if focus.at and not not_held(focus.at, said) and not any(_meet(other, focus) for other in same):
                    yield f"the cited line says “{focus.word}”, which is not kept here"


def _own(line: Text) -> list[Focus]:
    return [focus for focus in focuses(line.text) if focus.start >= line.own]


@lru_cache(maxsize=8192)
def focuses(text: str) -> tuple[Focus, ...]:
    """The words of force and focus of a sentence, without those that are part of a quantity ("every 4 hours")."""
    tokens = read(text)
    found = []
    for match in _FOCUS.finditer(text):
        kind = match.lastgroup or ""
        inside = any(token.kind == QUANTITY and token.start <= match.start() < token.end for token in tokens)
        if inside or _NO_FOCUS.search(text[: match.start()]):
            continue
        found.append(Focus(kind, match[0].lower(), match.start(), _anchors(text, tokens, match)))
    return tuple(found)


def _anchors(text: str, tokens: Sequence[Token], match: re.Match[str]) -> tuple[Token, ...]:
    """The next words of the clause; the last before it where none follows; for an adverb the words around it."""
    words = [token for token in tokens if not token.is_light]
    stop = _CLAUSE_END.search(text, match.end())
    end = stop.start() if stop else len(text)
    after = [token for token in words if match.end() <= token.start < end]
    before = [token for token in words if token.end <= match.start()]
    if match.lastgroup in _MOVES:
        stop = _MOVE_END.search(text, match.end())
        after = [token for token in after if token.start < (stop.start() if stop else end)]
        begin = max((cut.end() for cut in _MOVE_END.finditer(text, 0, match.start())), default=0)
        before = [token for token in before if token.start >= begin]
        return (*before[-_AROUND:], *after[:_AROUND])
    return tuple(after[:_FORWARD] or before[-1:])


def _meet(one: Focus, other: Focus) -> bool:
    """Whether both stand at the same word."""
    if not one.at or not other.at:
        return True
    if one.kind in _MOVES:
        return any(says(mine, theirs) for mine in one.at for theirs in other.at)
    first = any(says(one.at[0], theirs) for theirs in other.at)
    return first or any(says(mine, other.at[0]) for mine in one.at)
