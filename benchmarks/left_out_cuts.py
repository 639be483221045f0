"""What can be cut out of a line: who acts, an alternative, a condition, a bound, a number, one of several things ..."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ragkit.answering.sentences import sentence_spans
from ragkit.grounding.composed.conditions import conditions
from ragkit.grounding.composed.reading import MEDICINE, NUMBER, QUANTITY, WORD, read
from ragkit.grounding.rules.measures import Bound, measures

Span = tuple[int, int]

_PERSONS = ("role", "population")
_PARTICLE = r"(?:(?:by|to|with|from|for|of|and|or)\s+)?(?:(?:the|an?|each|every|another)\s+)?"
_BEFORE = re.compile(rf"(?:,\s*)?\b{_PARTICLE}$", re.IGNORECASE)
_ALTERNATIVE = re.compile(r",?\s+or\b(?!\s+more\b|\s+less\b)[^,;.:()\t\n]+(?=[,;.:()\t\n]|$)", re.IGNORECASE)
_ADDITION = re.compile(r",?\s+and\b[^,;.:()\t\n]+(?=[,;.:()\t\n]|$)", re.IGNORECASE)
_MEMBER = re.compile(r",\s+[^,;.:()\t\n]+(?=[,;])")
_BRACKETS = re.compile(r"\s?\([^()]*\w[^()]*\)")
_LABEL = re.compile(r"\W*(?:\d+(?:\.\d+)*|[A-Za-z])[.)]?\s")
"""The number of an item; the line is whole without it."""
_CELL = re.compile(r"\t[^\t\n]*\w[^\t\n]*")
_LITTLE = re.compile(
    r"\b(?:not|never|only|or|unless|except|until|before|after|every|each|any|may|if|both|within)\b ?", re.I
)


def persons(text: str) -> Iterator[Span]:
    """Who acts or is acted on, with preposition and article."""
    for token in read(text):
        if token.kind in _PERSONS or token.is_person:
            before = _BEFORE.search(text[: token.start])
            yield (before.start() if before else token.start, token.end)


def bounds(text: str) -> Iterator[Span]:
    """The words of a bound ("at least", "or more")."""
    for measure in measures(text):
        if measure.bound is not Bound.NONE and measure.bound_span[0] < measure.bound_span[1]:
            yield measure.bound_span


def intervals(text: str) -> Iterator[Span]:
    """How often."""
    yield from (
        (each.start, each.end) for each in measures(text) if each.dimension == "interval" or "/time" in each.dimension
    )


def _tokens(*kinds: str) -> Callable[[str], Iterator[Span]]:
    def found(text: str) -> Iterator[Span]:
        label = _LABEL.match(text)
        for token in read(text):
            if token.kind in kinds and not token.is_light and token.start >= (label.end() if label else 0):
                yield (token.start, token.end)

    return found


def _matches(pattern: re.Pattern[str]) -> Callable[[str], Iterator[Span]]:
    return lambda text: (match.span() for match in pattern.finditer(text))


def restrictions(text: str) -> Iterator[Span]:
    """Conditions and exceptions."""
    yield from ((each.start, each.end) for each in conditions(text) if each.end - each.start < len(text))


def whole_sentences(text: str) -> Iterator[Span]:
    """The sentences of a line that has several."""
    spans = sentence_spans(text)
    yield from spans if len(spans) > 1 else ()


CUTS: Mapping[str, Callable[[str], Iterator[Span]]] = {
    "who": persons,
    "alternative (or ...)": _matches(_ALTERNATIVE),
    "addition (and ...)": _matches(_ADDITION),
    "one of several": _matches(_MEMBER),
    "condition, exception": restrictions,
    "bound": bounds,
    "how often": intervals,
    "number": _tokens(NUMBER, QUANTITY),
    "medicine": _tokens(MEDICINE),
    "words in brackets": _matches(_BRACKETS),
    "cell of a row": _matches(_CELL),
    "sentence": whole_sentences,
    "one word": _tokens(WORD),
    "one small word": _matches(_LITTLE),
}
"""By kind: where in a line something of it stands."""


def without(text: str, span: Span) -> str:
    """A text with a span taken out."""
    start, end = span
    rest = re.sub(r"[ ]{2,}", " ", f"{text[:start].rstrip(' ')} {text[end:].lstrip(' ')}")
    return re.sub(r"\s+(?=[.,;:])|^[\s,;]+", "", rest).strip()
