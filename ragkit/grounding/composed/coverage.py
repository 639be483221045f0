"""What a statement says that its lines do not: numbers, medicines, people, words; and words put in another's place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ragkit.grounding import words as vocabulary
from ragkit.grounding.composed.comparing import Comparison, Part, Text
from ragkit.grounding.composed.matching import not_held, says
from ragkit.grounding.composed.reading import NUMBER, QUANTITY, WORD, Token

MOST_WORDS = 0.1
"""Share of the words of a sentence that its lines may lack. More lets wrong statements through that are in other words
throughout, see docs/measurements.md; what is stopped is shown in the policy's own words instead."""
_PATIENTS = frozenset({"=patient", "person", "peopl"})
_SUBJECT = 2
"""A sentence whose first words, so many, stand in no line speaks of something else."""
_NEARLY = 0.6
"""Share of words in common, both ways, from which on a statement is the line with some words exchanged."""


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: what the lines do not hold."""
    held = [token for line in comparison.evidence for token in line.tokens]
    ours = [token for sentence in comparison.sentences for token in sentence.tokens]
    absent = not_held(ours, held)
    names = [token for sentence in comparison.sentences for token in _names(sentence)]
    initials = "".join(token.text[0].upper() for token in held if token.text[0].isalpha())
    for token in absent:
        if _matters(token) or (token in names and not _stands_for(token, initials)):
            yield f"the cited lines do not say “{token.text}”"
    words = [token for token in absent if not token.is_hard and not token.is_light]
    for sentence in comparison.sentences:
        weighty = [token for token in sentence.tokens if not token.is_light]
        missing = [token for token in words if token in sentence.tokens]
        if len(missing) > MOST_WORDS * len(weighty):
            yield f"not in the cited lines: {', '.join(token.text for token in missing[:6])}"
    for sentence in comparison.sentences:
        subject = [token for token in sentence.tokens if not token.is_light][:_SUBJECT]
        if len(subject) == _SUBJECT and all(token in absent for token in subject):
            yield f"the cited lines do not speak of “{' '.join(token.text for token in subject)}”"
        yield from _other_people(sentence, comparison, absent, ours)
    for token in words:
        opposite = _opposite(token, held, ours)
        if opposite:
            yield f"“{token.text}” here, “{opposite.text}” in the cited line"
    for part in comparison.parts:
        yield from _replaced(comparison, part)


def _matters(token: Token) -> bool:
    if token.measure and token.measure.raw == 1 and token.measure.dimension == "number":
        return False  # "one" is a pronoun as often as a count
    return token.is_hard or token.is_person or token.is_weighty


def _other_people(
    sentence: Text, comparison: Comparison, absent: Sequence[Token], ours: Sequence[Token]
) -> Iterator[str]:
    """Patients as the subject of a sentence whose lines speak of visitors, staff or others, and of no patients."""
    first = next((token for token in sentence.tokens if token.kind == WORD), None)
    if first is None or first not in absent or first.key not in _PATIENTS:
        return
    people = [token for line in comparison.evidence for token in line.tokens if token.is_person]
    if people and not_held(people, ours):
        yield f"“{first.text}” here, “{people[0].text}” in the cited line"


def _names(sentence: Text) -> list[Token]:
    """Words written like names: capitals inside a sentence, or all capitals."""
    first = sentence.tokens[0].start if sentence.tokens else 0
    return [
        token
        for token in sentence.tokens
        if token.kind == WORD
        and token.text[0].isupper()
        and (token.start > first or token.text.isupper())
        and not token.key.startswith("=")
    ]


def _stands_for(token: Token, initials: str) -> bool:
    """Whether an acronym is made of the first letters of words of the lines."""
    return len(token.text) > 1 and token.text.isupper() and token.text.rstrip("S") in initials


def _opposite(token: Token, held: Sequence[Token], ours: Sequence[Token]) -> Token | None:
    """The word of the lines that says the opposite of a word which they do not hold, and which the statement lacks."""
    stem = vocabulary.stem(token.text)
    against = vocabulary.antonyms(stem)
    for other in held:
        if other.kind == WORD and vocabulary.stem(other.text) in against and not_held([other], ours):
            return other
    return None


def _replaced(comparison: Comparison, part: Part) -> Iterator[str]:
    """A word of the statement in the place where the line has another: the neighbours on both sides are the same."""
    tokens = part.text.tokens
    for line in comparison.near(part):
        for at in part.places:
            here = tokens[at]
            if here.is_light or not 0 < at < len(tokens) - 1 or _said(here, line):
                continue
            if not here.is_hard and not (_alike(tokens, line.tokens) and _alike(line.tokens, tokens)):
                continue  # in other words a word has no place of its own
            for before, other, after in zip(line.tokens, line.tokens[1:], line.tokens[2:], strict=False):
                if (
                    not other.is_light
                    and _fits(here, other)
                    and says(tokens[at - 1], before)
                    and says(tokens[at + 1], after)
                ):
                    yield f"“{here.text}” here, “{other.text}” in the cited line"
                    return


def _alike(ours: Sequence[Token], theirs: Sequence[Token]) -> bool:
    weighty = [token for token in ours if not token.is_light]
    return len(not_held(weighty, theirs)) <= (1 - _NEARLY) * len(weighty)


def _fits(here: Token, other: Token) -> bool:
    return here.kind == other.kind or {here.kind, other.kind} == {NUMBER, QUANTITY}


def _said(token: Token, line: Text) -> bool:
    return not not_held([token], line.tokens)
