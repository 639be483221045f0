"""Two kinds of errors besides the twelve: what bounds a value or says how often is lost, and two words change places.

Both are what a small model was seen to do when it puts a line into other words.
"""

from __future__ import annotations

import random
import re

from planting_sources import Good

from ragkit.grounding.composed.reading import read

_NUMBER = r"(?=(?:an? |the )?(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|half)\b)"
_BOUND = re.compile(
    r"\b(?:(?:at least|at most|up to|(?:no|not) (?:more|less|longer|later|fewer|greater) than|within|"
    r"(?:a |the )?(?:minimum|maximum) of|more than|less than|greater than|fewer than)\s" + _NUMBER + r"|"
    r"(?<=\d)\s(?:or (?:more|less|older|above|greater|higher)))",
    re.IGNORECASE,
)
_OFTEN = re.compile(
    r"\s(?:every (?:\d+(?:-\d+)? )?(?:minutes?|hours?|days?|weeks?|months?|years?|shift)|q\d+(?:-\d+)?h|daily|weekly|"
    r"monthly|annually|(?:once|twice|three times) (?:a|per|each) (?:day|week|month|year))\b",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"\b(?P<one>[a-z]{4,})(?P<between> (?:over|above|below|under|before|after|from|to|into|on|with) (?:the |an? )?)"
    r"(?P<two>[a-z]{4,})\b"
)


def bound_lost(good: Good, rng: random.Random) -> tuple[str, str] | None:
    """The statement without the words that bound a number, or without how often; None where it has none of them."""
    found = [match for pattern in (_BOUND, _OFTEN) for match in pattern.finditer(good.text)]
    found = [match for match in found if len(read(good.text[: match.start()] + good.text[match.end() :])) >= 3]
    if not found:
        return None
    match = rng.choice(found)
    rest = good.text[: match.start()] + good.text[match.end() :]
    return rest[:1].upper() + rest[1:], f"dropped “{match[0].strip()}”"


def exchanged_words(good: Good, rng: random.Random) -> tuple[str, str] | None:
    """The statement with the words on both sides of a preposition exchanged; None where there are no such words."""
    found = [match for match in _AROUND.finditer(good.text) if _say_something(match["one"], match["two"])]
    if not found:
        return None
    match = rng.choice(found)
    swapped = f"{match['two']}{match['between']}{match['one']}"
    return good.text[: match.start()] + swapped + good.text[match.end() :], f"{match[0]} -> {swapped}"


def _say_something(*words: str) -> bool:
    tokens = [token for word in words for token in read(word)]
    different = len({token.key for token in tokens}) == len(words)
    return different and not any(token.is_light for token in tokens)
