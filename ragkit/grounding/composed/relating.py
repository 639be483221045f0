"""Over, under, from, into, before, when: what a word of place, time or condition stands before, and that it stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ragkit.grounding.composed.comparing import Comparison, Text
from ragkit.grounding.composed.matching import held_at, not_held
from ragkit.grounding.composed.reading import QUANTITY, Token

_SAME = (
    "over|above|on top of",
    "below|under|underneath|beneath",
    "between",
    "from",
    "away from",
    "into",
    "onto",
    "behind",
    "beside|next to",
    "near|close to",
    "through|via",
    "across",
    "around",
    "toward|towards",
    "before|prior to",
    "after|following",
    "when|whenever|if",
    "while|during",
    "until|till",
    "unless",
)
"""Words of place, time and condition; those of one group say the same."""
_STAYS = frozenset({"over", "below", "between", "away from", "behind", "beside", "near", "across"})
"""Without these the words of a clause say something else or nothing; others may be said in another way."""
_NAMES = [group.split("|") for group in _SAME]
_GROUP = {word: names[0] for names in _NAMES for word in names}
_RELATION = re.compile(
    r"\b(?<!except )(?<!only )(?:" + "|".join(sorted(_GROUP, key=len, reverse=True)) + r")\b", re.IGNORECASE
)
_STOP = r"[,;:.()](?=\s|$)|\s\|\s|$|\b(?:and|or|but|then|to|with"
_END = re.compile(
    _STOP + "|for|by|at|is|are|was|were|must|may|should|shall|" + "|".join(_GROUP) + r")\b", re.IGNORECASE
)
_FAR_END = re.compile(_STOP + "|" + "|".join(_GROUP) + r")\b", re.IGNORECASE)

_OF = re.compile(r"\bof\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Relation:
    """A word of place, time or condition: group, own word, the phrase after it, all up to the next such word."""

    group: str
    word: str
    near: tuple[Token, ...]
    far: tuple[Token, ...]


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: such a word before what it does not stand before in the line, or lost."""
    theirs = [relation for line in comparison.evidence for relation in relations(line)]
    held = [token for line in comparison.evidence for token in line.tokens]
    said = [token for sentence in comparison.sentences for token in sentence.tokens]
    ours = [relation for sentence in comparison.sentences for relation in relations(sentence)]
    for relation in ours:
        same = [other for other in theirs if other.group == relation.group]
        known = [token for token in relation.near if held_at(token, held)]
        if same and known and not any(not not_held(known, other.far) for other in same):
            yield f"“{relation.word} {known[0].text}” here, “{same[0].word}” is before other words in the cited line"
    groups = {relation.group for relation in ours}
    for number in sorted({part.near[0] for part in comparison.parts if part.near}):
        for relation in relations(comparison.evidence[number]):
            lost = relation.group in _STAYS and relation.group not in groups
            if lost and not not_held(relation.near, said):
                yield f"the cited line says “{relation.word} {relation.near[0].text}”, which is not kept here"


@lru_cache(maxsize=8192)
def relations(text: Text) -> tuple[Relation, ...]:
    """The words of place, time and condition of a sentence; not those before a quantity, which are its bounds."""
    found = []
    for match in _RELATION.finditer(text.text, text.own):
        near = _beside(text, match.end())
        if near and near[0].kind != QUANTITY:
            word = match[0].lower()
            far = _between(text, match.end(), _FAR_END)
            found.append(Relation(_GROUP[word], word, near, far))
    return tuple(found)


def _beside(text: Text, start: int) -> tuple[Token, ...]:
    """The words of the phrase right after it; of "the date of signing the form" no more than one word after "of"."""
    near = [token for token in _between(text, start, _END) if not token.is_light]
    of = _OF.search(text.text, start)
    first = next((token for token in near if of and token.start >= of.end()), None)
    return tuple(token for token in near if first is None or token.start <= first.start)


def _between(text: Text, start: int, until: re.Pattern[str]) -> tuple[Token, ...]:
    stop = until.search(text.text, start)
    end = stop.start() if stop else len(text.text)
    return tuple(token for token in text.tokens if start <= token.start < end)
