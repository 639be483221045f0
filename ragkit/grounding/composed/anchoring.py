"""What a time is measured from and a condition depends on: the event is kept whole, with its verb."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.grounding.composed.comparing import Comparison, Text
from ragkit.grounding.composed.conditions import conditions
from ragkit.grounding.composed.matching import not_held
from ragkit.grounding.composed.reading import Token

_FROM = re.compile(
    r"\b(?:before|after|until|once|since|prior to|following(?!\s\w+:)|as soon as|"
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|h|min)\s(?:of|from))\b",
    re.IGNORECASE,
)
_END = re.compile(
    r"[,;:.()](?=\s|$)|\s\|\s|\b(?:and|or|but|if|when|unless|except|then|before|after|until|with|for|by|in|on|at|"
    r"using|to)\b|$",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[;:.](?=\s|$)|\s\|\s|[•▪]")
_CONJUNCT = re.compile(r"[,;]|\b(?:and|or)\b", re.IGNORECASE)
_COUNTS = frozenset({"end"})
"""Light elsewhere; of an event it says which moment is meant."""
_STATED = 0.5
_KEPT = 0.5


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: an event or a condition of a restated clause lost, or a part of it."""
    said = [token for sentence in comparison.sentences for token in sentence.tokens]
    for number in sorted({part.near[0] for part in comparison.parts if part.near}):
        line = comparison.evidence[number]
        for span, event in _events(line):
            if _stated(line, span, said) and not_held(event, said):
                yield _reason(line, span)
        for span, conjuncts in _conjuncts(line):
            lost = [each for each in conjuncts if len(not_held(each, said)) >= (1 - _KEPT) * len(each)]
            if lost and _stated(line, span, said):
                yield _reason(line, span)


def _reason(line: Text, span: tuple[int, int]) -> str:
    return f"the cited line says “{line.text[slice(*span)].strip()[:80]}”, which is not kept whole here"


def _stated(line: Text, span: tuple[int, int], said: Sequence[Token]) -> bool:
    """Whether the statement says most of the clause before a stretch of a line, or after one that begins its clause."""
    start = max((cut.end() for cut in _CLAUSE_END.finditer(line.text, line.own, span[0])), default=line.own)
    stop = _CLAUSE_END.search(line.text, span[1])
    end = stop.start() if stop else len(line.text)
    weighty = [token for token in line.tokens if not token.is_light]
    rest = [token for token in weighty if start <= token.start < span[0]]
    rest = rest or [token for token in weighty if span[1] <= token.start < end]
    return bool(rest) and len(not_held(rest, said)) <= (1 - _STATED) * len(rest)


def _events(line: Text) -> Iterator[tuple[tuple[int, int], list[Token]]]:
    """What follows "before", "after", "within 5 minutes of" ... up to the end of the phrase."""
    for match in _FROM.finditer(line.text, line.own):
        stop = _END.search(line.text, match.end())
        end = stop.start() if stop else len(line.text)
        inside = [token for token in line.tokens if match.end() <= token.start < end]
        event = [token for token in inside if not token.is_light or token.key in _COUNTS]
        if event:
            yield (match.start(), end), event


def _conjuncts(line: Text) -> Iterator[tuple[tuple[int, int], list[list[Token]]]]:
    """The parts of the conditions of a line that are joined by "and" or "or"."""
    for condition in conditions(line.text):
        if condition.start < line.own or condition.kind == "population":
            continue
        cuts = [condition.start, *(m.end() for m in _CONJUNCT.finditer(line.text, condition.start, condition.end))]
        bounds = zip(cuts, [*cuts[1:], condition.end], strict=True)
        groups = [
            [token for token in condition.tokens if start <= token.start < end and not token.is_light]
            for start, end in bounds
        ]
        yield (condition.start, condition.end), [group for group in groups if group]
