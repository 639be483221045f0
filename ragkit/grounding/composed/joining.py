"""What belongs together: a clause with its subject from one line and the rest from another says what neither says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ragkit.grounding.composed.comparing import Comparison, Part, Text
from ragkit.grounding.composed.matching import not_held, says
from ragkit.grounding.composed.quantities import family
from ragkit.grounding.composed.reading import MEDICINE, NUMBER, QUANTITY, Token, read
from ragkit.grounding.rules.measures import window
from ragkit.grounding.rules.wording import normal

_LABELS = frozenset({MEDICINE, "population", "device", "route", "laterality"})
_FROM_ELSEWHERE = 0.25
_NEARER = 1.6
_OPENING = 2
"""So many words at the beginning of a clause are its subject: they stand in the line that the clause rests on."""


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: a clause made of two cited lines; a value that the line gives for something else."""
    in_place = _same_sequence(comparison)
    for part in comparison.parts:
        yield from _made_of_two(comparison, part)
        if not in_place:
            yield from _of_something_else(comparison, part)
            yield from _of_others(comparison, part)
    yield from _used_too_often(comparison)
    yield from _of_another_row(comparison)


def _same_sequence(comparison: Comparison) -> bool:
    """Whether all values and names stand in the order of the lines, so that none was put in another's place."""
    ours = [token for text in comparison.sentences for token in text.tokens if token.is_hard]
    theirs = [token for text in comparison.evidence for token in text.own_tokens if token.is_hard]
    return len(ours) == len(theirs) and all(says(one, other) for one, other in zip(ours, theirs, strict=True))


def _made_of_two(comparison: Comparison, part: Part) -> Iterator[str]:
    """A clause of which no single cited line holds what all of them together hold."""
    lead_ins = comparison.lead_ins
    spans = sorted({line.span for line in comparison.evidence} - lead_ins)
    if len(spans) < 2:
        return
    tokens = [part.text.tokens[place] for place in part.places]
    where = [{comparison.evidence[number].span for number in held} for held in part.held]
    known = [at for at, found in enumerate(where) if found and not found & lead_ins and not tokens[at].is_light]
    best = max(spans, key=lambda span: sum(span in where[at] for at in known))
    elsewhere = [tokens[at] for at in known if best not in where[at]]
    hard = [token for token in elsewhere if token.is_hard]
    opening = [tokens[at] for at in known[:_OPENING] if best not in where[at]]
    if hard or opening or len(elsewhere) >= max(1.0, _FROM_ELSEWHERE * len(known)):
        shown = ", ".join(token.text for token in (hard or elsewhere)[:4])
        yield f"joins what two cited lines say apart: {shown}"


def _of_another_row(comparison: Comparison) -> Iterator[str]:
    """A value that only a row of a table gives whose first cell, what the row is for, the statement does not name."""
    said = [token for sentence in comparison.sentences for token in sentence.tokens]
    rows = [line for line in comparison.evidence if line.label]
    for line in rows:
        label = [token for token in read(normal(line.label)) if not token.is_light]
        rest = [token for other in rows if other.label != line.label for token in read(normal(other.label))]
        label = not_held(label, rest) or label  # what tells this row from the others
        if not label or 2 * len(not_held(label, said)) <= len(label):
            continue
        others = [token for other in comparison.evidence if other.label != line.label for token in other.tokens]
        only_here = [token for token in line.tokens if token.is_hard and not_held([token], others)]
        used = [token for token in only_here if any(says(mine, token) for mine in said)]
        if used:
            yield f"“{used[0].text}” stands in the row of “{line.label}”, which is not named here"
            return


def _of_something_else(comparison: Comparison, part: Part) -> Iterator[str]:
    """A quantity that stands in the lines nearer to other words than another one of the same dimension does."""
    tokens = part.text.tokens
    for place in part.places:
        if tokens[place].kind != QUANTITY:
            continue
        own, rivals = 0.0, []
        for line in comparison.evidence:
            for at, other in enumerate(line.tokens):
                if not _same_dimension(tokens[place], other):
                    continue
                near = _nearness(part, place, line, at)
                if says(tokens[place], other):
                    own = max(own, near)
                elif not any(says(tokens[each], other) for each in part.places):
                    rivals.append((near, other))
        near, rival = max(rivals, key=lambda each: each[0], default=(0.0, None))
        if rival is not None and near > _NEARER * own:
            yield f"“{tokens[place].text}” here, “{rival.text}” in the cited line"


def _of_others(comparison: Comparison, part: Part) -> Iterator[str]:
    """A quantity that a line gives for another population, medicine ..., where it gives another for this one."""
    for place in part.places:
        quantity = part.text.tokens[place]
        if quantity.kind != QUANTITY:
            continue
        here = _labels(part.text, quantity)
        for line in comparison.near(part)[:1]:
            rivals = [other for other in line.tokens if _may_stand_for(quantity, other)]
            own = [other for other in rivals if says(quantity, other)]
            for label in here:
                labelled = {
                    other: [each for each in _labels(line, other) if each.kind == label.kind] for other in rivals
                }
                if not own or any(not labelled[other] or _among(label, labelled[other]) for other in own):
                    continue
                rival = next((other for other in rivals if other not in own and _among(label, labelled[other])), None)
                if rival is not None:
                    yield f"“{quantity.text}” here, the cited line gives {rival.text} for {label.text}"


def _among(label: Token, labels: Sequence[Token]) -> bool:
    return any(says(label, each) for each in labels)


def _labels(text: Text, quantity: Token) -> list[Token]:
    """The populations, medicines, devices ... in the words that belong to a quantity."""
    group = [token.measure for token in text.tokens if token.measure and _may_stand_for(quantity, token)]
    if quantity.measure is None:
        return []
    return [token for token in read(window(text.text, quantity.measure, group)) if token.kind in _LABELS]


def _same_dimension(one: Token, other: Token) -> bool:
    return bool(one.measure and other.measure and one.measure.dimension == other.measure.dimension)


def _may_stand_for(one: Token, other: Token) -> bool:
    """Whether the two are doses, or times, or counts ...: "10 mg/kg" and "400 mg" are."""
    return bool(one.measure and other.measure and family(one.measure) == family(other.measure))


def _nearness(part: Part, place: int, line: Text, at: int) -> float:
    """How near the words around a quantity of the statement stand to a place in the line: near words count more."""
    tokens, total = part.text.tokens, 0.0
    for other in part.places:
        distance = abs(other - place)
        if 0 < distance <= 4 and tokens[other].kind != QUANTITY:
            spots = [spot for spot, token in enumerate(line.tokens) if says(tokens[other], token)]
            total += max((1 / (distance * abs(spot - at)) for spot in spots if spot != at), default=0.0)
    return total


def _used_too_often(comparison: Comparison) -> Iterator[str]:
    """A value or a name that the statement gives more often than its lines, and another of the kind less often."""
    ours = [token for text in comparison.sentences for token in text.tokens if token.is_hard or token.is_person]
    used = {number for part in comparison.parts for number in part.near}
    rows = {(comparison.evidence[number].span, comparison.evidence[number].label) for number in used}
    spans = {comparison.evidence[number].span for number in used}
    numbered = list(enumerate(comparison.evidence))
    near = [line for number, line in numbered if number in used or (line.label and (line.span, line.label) in rows)]
    for lines in (near, [line for line in comparison.evidence if line.span in spans]):
        theirs = [token for text in lines for token in text.own_tokens if token.is_hard or token.is_person]
        for token in dict.fromkeys(ours) if len(ours) >= len(theirs) else ():
            mine, given = _count(token, ours), _count(token, theirs)
            left = [
                other for other in theirs if _of_a_kind(token, other) and _count(other, ours) < _count(other, theirs)
            ]
            if given and mine > given and left:
                yield f"“{token.text}” stands here {mine} times, “{left[0].text}” in the cited lines"


def _count(token: Token, tokens: Sequence[Token]) -> int:
    return sum(says(token, other) for other in tokens)


def _of_a_kind(one: Token, other: Token) -> bool:
    if one.measure and other.measure:  # of two quantities: of one dimension, or the same number with another unit
        return _same_dimension(one, other) or one.measure.raw == other.measure.raw
    return one.kind == other.kind or {one.kind, other.kind} == {NUMBER, QUANTITY}
