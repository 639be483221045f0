"""Negations: what a statement denies and its lines affirm, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragkit.grounding.composed.comparing import Comparison, Part, Text
from ragkit.grounding.composed.matching import says
from ragkit.grounding.rules.polarity import Negation

_PLAIN = frozenset({"not", "no", "never", "cannot", "neither", "nor", "none", "nothing", "nobody", "without", "n't"})
_OTHERWISE = re.compile(
    r"\b(?:refus\w*|declin\w*|den(?:y|ies|ied)|fail\w*|lack\w*|absen\w*|exclu\w*|avoid\w*|with(?:hold|held)\w*|omit\w*|"
    r"prohibit\w*|forbid\w*|contraindicat\w*|bann?(?:ed|s)?|ineligib\w*|unable|unless|except\w*|rather than|instead|"
    r"against|discourag\w*|free (?:of|from)|stop\w*|discontinu\w*|rul\w+ out|only|until|opt\w* out|waive\w*|skip\w*|"
    r"optional|exempt\w*|un(?:necessary|authori[sz]ed|controlled|known|available|used|likely|treated|responsive)|"
    r"in(?:effective|valid|complete|adequate|sufficient|accurate)|non-?\w+|neg(?:ative|atively)|zero|too)\b",
    re.IGNORECASE,
)
"""Words that deny without a plain negation."""
_REACH = 5


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: a negation on one side only."""
    for part in comparison.parts:
        for line in comparison.near(part)[:2]:
            yield from _added(part, line)
            yield from _lost(part, line)


def _added(part: Part, line: Text) -> Iterator[str]:
    """The statement denies what the line affirms."""
    first, last = part.places[0], part.places[-1]
    start, end = part.text.tokens[first].start, part.text.tokens[last].end
    for negation in part.text.negations:
        inside = [at for at in part.places if negation.start <= part.text.tokens[at].start < negation.end][:_REACH]
        if not inside or _said_otherwise(negation, part.text.text[start:end], line.text):
            continue
        if _turned(inside, part.text, line):
            yield f"“{negation.cue}” here, and not in the cited line: {_words(inside, part.text)}"


def _lost(part: Part, line: Text) -> Iterator[str]:
    """The line denies what the statement affirms."""
    for negation in line.negations:
        inside = [
            at
            for at, token in enumerate(line.tokens)
            if line.negated[at] and negation.start <= token.start < max(negation.end, line.own)
        ]
        if line.own and negation.start < line.own <= negation.end + 2:
            inside = [at for at, token in enumerate(line.tokens) if line.negated[at] and token.start >= line.own]
        inside = inside[:_REACH]
        if not inside or _said_otherwise(negation, line.text, part.text.text):
            continue
        ours = [part.text.tokens[at] for at in part.places]
        if any(says(token, line.tokens[at]) for at in inside for token in ours) and _turned(inside, line, part.text):
            yield f"the cited line says “{negation.cue}”, not kept here: {_words(inside, line)}"


def _turned(inside: list[int], one: Text, other: Text) -> bool:
    """Whether most of the denied words that both sides say are denied on one side only."""
    same = turned = 0
    for at in inside:
        signs = {other.negated[place] for place, token in enumerate(other.tokens) if _alike(one, at, token)}
        if signs:
            same += one.negated[at] in signs
            turned += one.negated[at] not in signs
    return turned > same


def _alike(one: Text, at: int, token: object) -> bool:
    return says(one.tokens[at], token) or says(token, one.tokens[at])  # type: ignore[arg-type]


def _said_otherwise(negation: Negation, here: str, there: str) -> bool:
    """Whether the other side may say the negation in another way: with a word that denies and is not on this side."""
    there_only = {match[0].lower() for match in _OTHERWISE.finditer(there)}
    here_too = {match[0].lower() for match in _OTHERWISE.finditer(here)}
    if negation.cue not in _PLAIN:
        return bool(re.search(r"\b(?:not|no|never|cannot|neither|nor|none|without)\b|n't", there, re.IGNORECASE)) or bool(
            there_only
        )
    return bool(there_only - here_too)


def _words(inside: list[int], text: Text) -> str:
    return " ".join(text.tokens[at].text for at in inside[:4])
