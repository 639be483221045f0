"""What a source line says that the statements made of it leave out: the other direction of the check.

``check_composed`` asks whether a statement says more or other than its lines; this asks whether it says less. It is
strict: every word that carries meaning, every quantity with its bound, every "or", "unless" and "only" of the source
has to have its own counterpart in the statements. In doubt something counts as left out; then the source's own words
are shown, which costs smoothness and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.grounding import words as vocabulary
from ragkit.grounding.checking import plain
from ragkit.grounding.composed.comparing import compare
from ragkit.grounding.composed.conditions import conditions, not_kept
from ragkit.grounding.composed.matching import says
from ragkit.grounding.composed.reading import NUMBER, QUANTITY, Token, lines_of, read
from ragkit.grounding.rules.measures import Bound
from ragkit.grounding.rules.wording import normal
from ragkit.grounding.small_words import ANNOUNCING, is_small, small_words_left_out

_SAYS_NOTHING = """give gives given administer administered provide provided use used perform performed carry conduct
    make made get got let must may should need needs needed require required requires way
    necessary mandatory occur occurs respective respectively"""
_EMPTY = frozenset(map(vocabulary.stem, _SAYS_NOTHING.split()))
"""Stems of words that say nothing which the rest of their sentence does not say; what they allow or demand is compared
as a small word."""
_SHOWN = 6
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s(?:(?:not|\w+ly)\s)?", re.IGNORECASE)
"""Before the verb of a passive."""


def omissions(source: str, statements: Sequence[str], *, leads_in: bool = False) -> tuple[str, ...]:
    """What of a source line the statements do not carry.

    Args:
        source: one line of a policy, or several (a list, a table row with its header): each sentence and item counts.
        statements: what is to be shown instead, taken together.
        leads_in: whether the source only leads in what the statements are about (a list, a table's rows): then words
            that carry neither a number, a medicine, a role nor a condition are not missed, nor those that announce
            a choice ("any of the following").

    Returns:
        One entry for each thing left out, in words that a person understands: a number, a medicine, a population, a
        condition or exception, a small word that decides ("or", "only"), or other words. Empty where the statements
        carry the source line.
    """
    together = normal("\n".join(statements))
    if plain(normal(source)) in plain(together):
        return ()
    said = [token for line in lines_of(together) for token in read(line)]
    lines = lines_of(source)
    absent = _without_counterpart([token for line in lines for token in read(line) if not _is_empty(token)], said)
    missing = [_named(token) for token in absent if token.is_hard]
    for line in lines:
        lacking = (condition for condition in conditions(line) if condition.lacking(said, together))
        missing += [f"the condition “{condition.text}”" for condition in lacking]
    missing += [f"the condition “{condition.text}”" for condition in not_kept(compare(together, [source]))]
    missing += [f"“{verb}”" for verb in _turned_active(lines, said)]
    small = small_words_left_out("\n".join(lines), together)
    missing += [f"“{word}”" for group, word in small.items() if not (leads_in and group in ANNOUNCING)]
    words = [token.text for token in absent if not token.is_hard]
    if words and not leads_in:
        missing.append(f"the words {', '.join(words[:_SHOWN])}")
    return tuple(dict.fromkeys(missing))


def _turned_active(lines: Sequence[str], said: Sequence[Token]) -> list[str]:
    """Passive verbs of which the statements only have the active: "is met" is not "meets", who acts is another."""
    turned = []
    for line in lines:
        passives = {match.end() for match in _PASSIVE.finditer(line)}
        for token in (token for token in read(line) if token.start in passives and not token.is_hard):
            forms = [other.text.lower() for other in said if says(token, other)]
            if forms and not token.text.endswith("s") and all(form.endswith("s") for form in forms):
                turned.append(token.text)
    return turned


def _is_empty(token: Token) -> bool:
    return not token.is_hard and (vocabulary.stem(token.text) in _EMPTY or is_small(token.text))


def _without_counterpart(wanted: Sequence[Token], said: Sequence[Token]) -> list[Token]:
    """The tokens that get no counterpart of their own: what is said once does not stand for what is written twice.

    A largest matching of the two (Kuhn's augmenting paths, Naval Research Logistics 1955, 2:83).
    """
    held: dict[int, int] = {}
    candidates = [[at for at, other in enumerate(said) if _carries(token, other)] for token in wanted]

    def placed(index: int, tried: set[int]) -> bool:
        for at in candidates[index]:
            if at not in tried:
                tried.add(at)
                if at not in held or placed(held[at], tried):
                    held[at] = index
                    return True
        return False

    return [token for index, token in enumerate(wanted) if not placed(index, set())]


def _carries(token: Token, other: Token) -> bool:
    """Whether a token of a statement says what one of the source says, with its bound, and how often it is."""
    if not says(token, other):
        return False
    if not (token.measure and other.measure):
        return True
    bounded = token.measure.bound in (Bound.NONE, other.measure.bound)
    interval = "interval" if token.measure.dimension == "interval" else other.measure.dimension
    return bounded and other.measure.dimension == interval


def _named(token: Token) -> str:
    kind = "number" if token.kind in (NUMBER, QUANTITY) else token.kind
    return f"the {kind} “{token.text}”"
