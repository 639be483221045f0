"""What a statement loses of a clause that it restates: numbers and their bounds, how often, by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.grounding.composed.comparing import Comparison, Text
from ragkit.grounding.composed.matching import held_at, not_held, says
from ragkit.grounding.composed.pieces import Piece, pieces
from ragkit.grounding.composed.quantities import family
from ragkit.grounding.composed.reading import NUMBER, QUANTITY, Token, read

_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}|\d{1,2}\s?[ap]\.?m", re.IGNORECASE)
_SIDE_OF_CLOCK = re.compile(
    r"\b(?:(?P<before>before|by|until|till|no later than)|(?P<after>after|from|since))\s$", re.I
)
_BEFORE_CLOCK = 16
_THAN = re.compile(r"\b\w+ than\b", re.IGNORECASE)


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: a number, measure, frequency, person or route of a restated clause lost, a bound lost, a value moved."""
    said = [token for sentence in comparison.sentences for token in sentence.tokens]
    rests_on = [
        comparison.evidence[number] for number in sorted({part.near[0] for part in comparison.parts if part.near})
    ]
    for line in rests_on:
        for token in _lost(line, said):
            yield f"the cited line says “{token.text}”, which is not kept here"
    yield from _unbound(comparison)
    yield from _other_side_of_a_time(comparison)
    for sentence in comparison.sentences:
        yield from _moved(sentence, comparison.evidence)


def _lost(line: Text, said: Sequence[Token]) -> Iterator[Token]:
    own, compared = pieces(line), _comparatives(line)
    for piece in own:
        needed = [token for token in piece.tokens if _must_stay(token, line) and token not in compared]
        lost = [token for token in needed if not any(says(token, mine) and says(mine, token) for mine in said)]
        if lost and piece.restated_by(said, without=lost) and not _another_case(piece, lost, own, said):
            yield lost[0]


def _must_stay(token: Token, line: Text) -> bool:
    """Whether a clause says something else without it."""
    if token.measure and token.measure.raw == 1 and token.measure.dimension == "number":
        return False  # "one" is a pronoun as often as a count
    if token.kind == NUMBER and line.text[token.start - 1 : token.start] == "-":
        return False  # part of a name
    return token.is_hard or token.is_person or token.says_how_much


def _comparatives(line: Text) -> list[Token]:
    """The words that are part of a bound ("more than 5") or a comparison, which are checked as such."""
    spans = [token.measure.bound_span for token in line.tokens if token.measure]
    spans += [match.span() for match in _THAN.finditer(line.text)]
    return [token for token in line.tokens if any(start <= token.start < end for start, end in spans)]


def _another_case(piece: Piece, lost: Sequence[Token], own: Sequence[Piece], said: Sequence[Token]) -> bool:
    """Whether the line gives a value for each of several cases, and the statement takes another case with its value."""
    values = [token for token in lost if token.kind == QUANTITY]
    if not values or len(lost) == len(values):
        return False
    families = {family(token.measure) for token in values if token.measure}
    others = [token for other in own if other is not piece for token in other.tokens if token.measure]
    return any(token.measure and family(token.measure) in families and not not_held([token], said) for token in others)


def _unbound(comparison: Comparison) -> Iterator[str]:
    """A quantity that the lines give as the least or the most only, and the statement as it is."""
    theirs = [(token, piece) for line in comparison.evidence for piece in pieces(line) for token in piece.tokens]
    ours = [(piece, _bounded_in(text)) for text in comparison.sentences for piece in pieces(text)]
    for piece, bounded in ours:
        for token in piece.tokens:
            same = [(other, where) for other, where in theirs if other.measure and says(token, other)]
            if token.measure is None or token.start in bounded or not same:
                continue
            shared = [len(piece.tokens) - len(not_held(piece.tokens, where.tokens)) for _, where in same]
            near = [other for (other, _), count in zip(same, shared, strict=True) if count == max(shared)]
            if all(_bounded(other, token) for other in near):
                yield f"“{token.text}” here, as a bound in the cited line"


def _bounded_in(text: Text) -> set[int]:
    """Where the quantities stand that have a bound, also as the name of a column ("maximum: 250 mL")."""
    tokens = read(text.text.replace(":", " "))
    return {token.start for token in tokens if token.measure and token.measure.bound.side}


def _bounded(theirs: Token, ours: Token) -> bool:
    same_number = theirs.measure is not None and ours.measure is not None and theirs.measure.raw == ours.measure.raw
    return same_number and theirs.measure is not None and theirs.measure.bound.side != 0


def _other_side_of_a_time(comparison: Comparison) -> Iterator[str]:
    """A time of day that the lines give as the last or the first one, and the statement not so."""
    given: dict[str, set[str]] = {}
    for line in comparison.evidence:
        for time, side in _times(line):
            given.setdefault(time, set()).add(side)
    for sentence in comparison.sentences:
        for time, side in _times(sentence):
            if side not in given.get(time, {side}):
                yield f"“{time}” is not so in the cited line: before, at or after that time"


def _times(text: Text) -> Iterator[tuple[str, str]]:
    for match in _CLOCK.finditer(text.text):
        side = _SIDE_OF_CLOCK.search(text.text[max(0, match.start() - _BEFORE_CLOCK) : match.start()])
        yield match[0].lower(), (side.lastgroup or "") if side else ""


def _moved(sentence: Text, lines: Sequence[Text]) -> Iterator[str]:
    """A quantity, medicine, route or amount beside words of which none stands beside it in a line."""
    theirs = [piece for line in lines for piece in pieces(line)]
    leads = [token for line in lines for token in line.tokens if token.start < line.own]
    for piece in pieces(sentence):
        for token in piece.tokens:
            beside = [other for other in piece.tokens if other is not token]
            if not (token.is_hard or token.is_weighty) or not beside or held_at(token, leads):
                continue  # what leads in a line belongs to all of it
            holding = [each for each in theirs if held_at(token, each.tokens)]
            if holding and all(_nothing_of(beside, each) for each in holding):
                yield f"“{token.text}” belongs to other words in the cited line"


def _nothing_of(words: Sequence[Token], piece: Piece) -> bool:
    return len(piece.tokens) > 1 and len(not_held(words, piece.tokens)) == len(words)
