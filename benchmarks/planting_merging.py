"""What is said of one line put to another: the other's quantity, or all that follows its subject."""

from __future__ import annotations

import random
import re

from planting_sources import Good, Line

from ragkit.grounding.composed.reading import lines_of, read
from ragkit.grounding.rules.measures import measures

_CROSSING = re.compile(
    r"\s(?:must|shall|should|may|can|is|are|has|have|will|gets?|needs?|requires?|every|within|if|when|unless|until)\s"
)


def same(one: str, other: str) -> bool:
    """Whether two texts have the same words."""
    return re.sub(r"\W+", " ", one).lower() == re.sub(r"\W+", " ", other).lower()


def other_value(good: Good, line: Line, rng: random.Random) -> str | None:
    """The statement with a quantity of the other line in place of its own of the same dimension."""
    ours, theirs = measures(good.text), measures(line.own)
    held = [measure for each in lines_of("\n".join(good.evidence)) for measure in measures(each)]
    found = [
        (one, other)
        for one in ours
        for other in theirs
        if one.dimension == other.dimension != "number" and not any(other.equals(measure) for measure in held)
    ]
    if not found:
        return None
    one, other = rng.choice(found)
    return f"{good.text[: one.start]}{other.shown}{good.text[one.end :]}"


def crossed(one: str, other: str) -> str | None:
    """The beginning of one and the end of the other, where both have something of their own on either side."""
    if "\t" in one and "\t" in other:
        ours, theirs = one.split("\t"), other.split("\t")
        if len(ours) != len(theirs) or len(ours) < 2 or same(ours[-1], theirs[-1]):
            return None
        return f"{ours[0]}: {', '.join(theirs[1:])}"
    if "\t" in one or "\t" in other:
        return None
    first, second = _CROSSING.search(one), _CROSSING.search(other)
    if not first or not second or first[0].strip() != second[0].strip():
        return None
    parts = [{token.key for token in read(text) if not token.is_light} for text in
             (one[: first.start()], one[first.end() :], other[: second.start()], other[second.end() :])]  # fmt: skip
    subject, rest, other_subject, other_rest = parts
    if (
        not (subject - other_subject - other_rest)
        or len(other_rest - rest - subject) < 2
        or not other_subject - subject
    ):
        return None
    return one[: first.end()] + other[second.end() :]
