"""Who does what to what: the words of a clause keep the line's order, and its values the words that they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from ragkit.grounding.composed.comparing import Comparison, Part, Text
from ragkit.grounding.composed.matching import held_at, not_held, says
from ragkit.grounding.composed.reading import QUANTITY, Token

MOST_JUMPS = 1
"""So many words may stand before what they follow in the line without a clause being moved or the voice changed."""
_MOVED = re.compile(
    r"[,;:.()|]|\b(?:if|when|whenever|unless|until|except|before|after|once|while|where|prior|within|every|by|is|are|"
    r"was|were|be|been|being|for|in|during|at|on|with|as|and|or|which|that|who)\b",
    re.IGNORECASE,
)
"""Where a clause or a phrase begins that may have been moved, or a verb that has changed its voice."""
_PASSIVE = re.compile(
    r"^\s*(?:(?:must|shall|should|may|can|will|to)\s)?(?:not\s)?(?:is|are|was|were|be)\s(?:not\s)?$", re.IGNORECASE
)
_APART = re.compile(r"[;.:](?=\s|$)|\s\|\s|\t")
_ARTICLE = re.compile(r"\b(?:the|an?|its|their|his|her)\b")
_LISTS = frozenset({"and", "or", "is", "are", "be", "was", "were"})
_REACH = 4
_SEGMENT = re.compile(r"[,;:.](?=\s|$)|\s\|\s|$")


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: words in another order, a verb with another subject, a value without what it is a value of."""
    for part in comparison.parts:
        lines = comparison.near(part)
        if lines and min(jumps(part, line) for line in lines) > MOST_JUMPS:
            yield "the words of the cited line stand here in another order"
        yield from _other_subject(part, lines, comparison.evidence)
        yield from _made_of_two_sentences(comparison, part)
    yield from _value_alone(comparison)
    for sentence in comparison.sentences:
        yield from _around_another_way(sentence, comparison.evidence)


def jumps(part: Part, line: Text) -> int:
    """How often the next word of a clause stands earlier in the line, where no clause or voice explains it."""
    tokens = [part.text.tokens[place] for place in part.places]
    best: dict[int, int] = {-1: 0}
    last: Token | None = None
    for token in tokens:
        places = [] if token.is_light else held_at(token, line.tokens)
        if not places:
            continue
        free = last is None or bool(_MOVED.search(part.text.text[last.end : token.start]))
        best = {at: min(cost + (at < before and not free) for before, cost in best.items()) for at in places}
        last = token
    return min(best.values())


def _other_subject(part: Part, lines: Sequence[Text], evidence: Sequence[Text]) -> Iterator[str]:
    """Finds "the nurse is called" of a line in which the nurse calls and another one is called."""
    tokens = part.text.tokens
    for place in part.places[1:]:
        subject, verb = tokens[place - 1], tokens[place]
        if not _PASSIVE.match(part.text.text[subject.end : verb.start]):
            continue
        pairs = [
            (line, one, two)
            for line in lines
            for one in held_at(subject, line.tokens)
            for two in held_at(verb, line.tokens)
            if one != two
        ]
        rows = any(line.label for line in lines)  # in a row the column's name and the cell's stand apart
        apart = not pairs and all(any(held_at(each, line.tokens) for line in evidence) for each in (subject, verb))
        if (pairs or apart) and not rows and not any(_belong(line, one, two) for line, one, two in pairs):
            yield f"“{subject.text} … {verb.text}” here, and not so in the cited line"


def _belong(line: Text, one: int, two: int) -> bool:
    """Whether two tokens of a line stand in one clause, near to each other where the second comes first."""
    first, second = sorted((one, two))
    between = line.text[line.tokens[first].end : line.tokens[second].start]
    near = one < two or sum(not token.is_light for token in line.tokens[first + 1 : second]) < _REACH - 1
    return near and not _APART.search(between)


def _made_of_two_sentences(comparison: Comparison, part: Part) -> Iterator[str]:
    """A clause whose first words stand in another sentence of the cited line than all the rest."""
    if not part.near:
        return
    known = [at for at, place in enumerate(part.places) if part.held[at] and not part.text.tokens[place].is_light]
    if len(known) < 3:
        return
    best = part.near[0]
    span = comparison.evidence[best].span
    missing = [at for at in known if not set(part.near) & set(part.held[at])]
    same = [at for at in missing if any(comparison.evidence[number].span == span for number in part.held[at])]
    if len(same) >= 2 or (same and same[0] == known[0]):
        shown = ", ".join(part.text.tokens[part.places[at]].text for at in same[:4])
        yield f"joins what two sentences of the cited lines say apart: {shown}"


def _value_alone(comparison: Comparison) -> Iterator[str]:
    """A quantity whose line says what it is a quantity of right before it, and the statement says nothing of that."""
    said = [token for sentence in comparison.sentences for token in sentence.tokens]
    for line in {comparison.evidence[part.near[0]] for part in comparison.parts if part.near}:
        if line.label:
            continue  # a row's values belong to their columns
        start = 0
        for stop in _SEGMENT.finditer(line.text):
            inside = [token for token in line.tokens if start <= token.start < stop.start() and not token.is_light]
            start = stop.end()
            at = next((place for place, token in enumerate(inside) if token.kind == QUANTITY), 0)
            named, value = inside[:at], inside[at] if inside else None
            if not named or value is None or not_held([value], said) or len(not_held(named, said)) < len(named):
                continue
            others = [token for other in comparison.evidence for token in other.tokens if token is not value]
            if not_held([value], others):
                yield f"“{value.text}” here, and not what the line gives it for: “{named[-1].text}”"


def _around_another_way(sentence: Text, evidence: Sequence[Text]) -> Iterator[str]:
    """Finds "the rails with the crib" of "the crib with the rails": two words around the same small words."""
    theirs = [pair for line in evidence for pair in _neighbours(line)]
    for one, between, two in _neighbours(sentence):
        alike = [(first, second) for first, other, second in theirs if other == between]
        straight = any(says(one, first) and says(two, second) for first, second in alike)
        if not straight and any(says(one, second) and says(two, first) for first, second in alike):
            yield f"“{one.text} {between} {two.text}” here, the other way round in the cited line"


@lru_cache(maxsize=8192)
def _neighbours(text: Text) -> tuple[tuple[Token, str, Token], ...]:
    """Two words next to each other with the preposition or "to" between them; none of those that stand in a list."""
    words = [token for token in text.tokens if not token.is_light]
    found = []
    for one, two in pairwise(words):
        between = _ARTICLE.sub("", text.text[one.end : two.start].lower()).split()
        amount = between == ["of"] and (one.measure or two.measure)  # "30 minutes of rest" and "a rest of 30 minutes"
        if len(between) == 1 and between[0].isalpha() and between[0] not in _LISTS and not amount:
            found.append((one, between[0], two))
    return tuple(found)
