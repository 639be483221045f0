"""What a source line says that the statements made of it leave out: the other direction of the check.

``check_composed`` asks whether a statement says more or other than its lines; this asks whether it says less.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.grounding.checking import plain
from ragkit.grounding.composed.comparing import compare
from ragkit.grounding.composed.conditions import conditions, not_kept
from ragkit.grounding.composed.matching import not_held
from ragkit.grounding.composed.reading import NUMBER, QUANTITY, WORD, Token, lines_of, read
from ragkit.grounding.rules.polarity import negations
from ragkit.grounding.rules.wording import normal

_LEFT_OUT = 0.34
"""Share of a sentence's or list item's content words from which on it counts as left out."""
_SHOWN = 6
_COMMA = re.compile(r"[,;:](?=\s)")


def omissions(source: str, statements: Sequence[str]) -> tuple[str, ...]:
    """What of a source line the statements do not carry.

    Args:
        source: one line of a policy, or several (a list, a table row with its header): each sentence and item counts.
        statements: what is to be shown instead, taken together.

    Returns:
        One entry for each thing left out, in words that a person understands: a number, a medicine, a population, a
        condition or exception, a negation, or a sentence or item whose words are not there. Empty where the statements
        carry the source line.
    """
    together = normal("\n".join(statements))
    if plain(normal(source)) in plain(together):
        return ()
    said = [token for line in lines_of(together) for token in read(line)]
    missing: list[str] = []
    for line in lines_of(source):
        missing += _left_out_of(line, said, together)
    missing += [f"the condition “{condition.text}”" for condition in not_kept(compare(together, [source]))]
    return tuple(dict.fromkeys(missing))


def _left_out_of(line: str, said: Sequence[Token], together: str) -> list[str]:
    tokens = read(line)
    absent = not_held(tokens, said)
    missing = [_named(token) for token in absent if token.is_hard]
    missing += [
        f"the condition “{condition.text}”" for condition in conditions(line) if condition.lacking(said, together)
    ]
    if negations(line) and not negations(together) and not missing:
        missing.append(f"the negation “{negations(line)[0].cue}”")
    words = [token for token in tokens if token.kind == WORD and not token.is_light]
    lost = [token for token in absent if token.kind == WORD and not token.is_light]
    if words and len(lost) >= max(1.0, _LEFT_OUT * len(words)):
        missing.append("the words " + ", ".join(token.text for token in lost[:_SHOWN]))
    elif not missing:
        missing += [f"the words {clause}" for clause in _clauses_left_out(line, said)]
    return missing


def _clauses_left_out(line: str, said: Sequence[Token]) -> list[str]:
    """The clauses between commas of which no word is there."""
    lost = []
    for clause in _COMMA.split(line):
        tokens = [token for token in read(clause) if not token.is_light]
        if tokens and len(not_held(tokens, said)) == len(tokens):
            lost.append(" ".join(token.text for token in tokens[:_SHOWN]))
    return lost


def _named(token: Token) -> str:
    kind = "number" if token.kind in (NUMBER, QUANTITY) else token.kind
    return f"the {kind} “{token.text}”"
