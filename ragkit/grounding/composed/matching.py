"""Whether two tokens say the same: the same word, one of its family, a synonym, the same quantity in another unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from ragkit.grounding import words as vocabulary
from ragkit.grounding.composed.quantities import same_quantity
from ragkit.grounding.composed.reading import NUMBER, QUANTITY, WORD, Token
from ragkit.grounding.rules.slot_words import SLOTS, with_narrower
from ragkit.grounding.rules.wording import stem as rule_stem

_BEGINNING = 5
_SHARED = 0.6


@lru_cache(maxsize=65536)
def says(one: Token, other: Token) -> bool:
    """Whether ``other``, a token of the evidence, says what ``one`` says."""
    if one.measure and other.measure:
        return same_quantity(one.measure, other.measure)
    if one.kind != other.kind:
        return _across_kinds(one, other)
    if one.kind == WORD:
        return _same_word(one, other)
    if one.kind in SLOTS:
        return one.key in with_narrower(one.kind, (other.key,))
    return one.key == other.key


def _same_word(one: Token, other: Token) -> bool:
    if one.key == other.key:
        return True
    if one.key.startswith("=") or other.key.startswith("="):
        return _bare(one) == _bare(other) or bool(_relatives(_bare(one)) & {_bare(other)})
    if rule_stem(one.text) == rule_stem(other.text) or other.key in _relatives(one.key):
        return True
    return _same_beginning(one.key, other.key)


@lru_cache(maxsize=16384)
def _bare(token: Token) -> str:
    return vocabulary.stem(token.text)


@lru_cache(maxsize=32768)
def _relatives(stem: str) -> frozenset[str]:
    return vocabulary.synonyms(stem) | vocabulary.family(stem)


def _same_beginning(one: str, other: str) -> bool:
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared += 1
    return shared >= _BEGINNING and shared / max(len(one), len(other)) >= _SHARED


def _across_kinds(one: Token, other: Token) -> bool:
    """A number that is a quantity elsewhere ("step 3" and "3 steps"), a word that is part of a phrase of a slot."""
    kinds = {one.kind, other.kind}
    if kinds == {NUMBER, QUANTITY}:
        number, quantity = (one, other) if one.kind == NUMBER else (other, one)
        bare = quantity.measure is not None and quantity.measure.dimension == "number"
        return bare and number.key in quantity.key.replace(",", "").split()
    if WORD in kinds:
        word, phrase = (one, other) if one.kind == WORD else (other, one)
        return phrase.kind in SLOTS and any(vocabulary.stem(part) == word.key for part in phrase.text.split())
    return False


def held_at(token: Token, tokens: Sequence[Token]) -> list[int]:
    """The positions in ``tokens`` of those that say what ``token`` says."""
    return [place for place, other in enumerate(tokens) if says(token, other)]


def not_held(wanted: Iterable[Token], tokens: Sequence[Token]) -> list[Token]:
    """Those of ``wanted`` that no token says."""
    return [token for token in wanted if not any(says(token, other) for other in tokens)]
