"""The smallest stretches of a sentence that say something: what stands between commas, "and", "or"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ragkit.grounding.composed.comparing import Text
from ragkit.grounding.composed.matching import not_held
from ragkit.grounding.composed.reading import Token

_CUT = re.compile(r"[,;:.](?=\s|$)|[()]|\s\|\s|\b(?:and|or|but|then|while|whereas)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence.

    Attributes:
        tokens: what it says, light words left out.
        before: what the piece before it says, or for the first one the piece after it.
    """

    tokens: tuple[Token, ...]
    before: tuple[Token, ...] = ()

    def restated_by(self, said: Sequence[Token], *, without: Sequence[Token]) -> bool:
        """Whether half of its words, ``without`` some, are said; where it has no others, of those of its neighbour."""
        words = [token for token in self.tokens if token not in without] or self.before
        return bool(words) and 2 * len(not_held(words, said)) <= len(words)


@lru_cache(maxsize=8192)
def pieces(text: Text) -> tuple[Piece, ...]:
    """The pieces of a sentence in order, its lead-in left out."""
    tokens = [token for token in text.own_tokens if not token.is_light]
    kept = [
        match
        for match in _CUT.finditer(text.text, text.own)
        if not any(_inside(match, token) for token in tokens)  # "38 °C or more", "2 and 8 °C" are one quantity
    ]
    stretches = pairwise([text.own, *(match.end() for match in kept), len(text.text) + 1])
    groups = [tuple(token for token in tokens if start <= token.start < end) for start, end in stretches]
    groups = [group for group in groups if group]
    neighbours = [groups[1] if len(groups) > 1 else (), *groups]
    return tuple(Piece(group, neighbour) for group, neighbour in zip(groups, neighbours, strict=False))


def _inside(match: re.Match[str], token: Token) -> bool:
    bounds = token.measure.bound_span if token.measure else (token.start, token.end)
    return min(token.start, bounds[0]) < match.end() and match.start() < max(token.end, bounds[1])
