"""The kinds of answer a question asks for, likeliest first.

The rules are in ``vocabulary_data/kinds.yaml``: the ways staff put a question ("how much", "who can", "is it ok to"),
not topics. Each has a weight; the weights of a kind's rules add up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from ragkit.retrieval.query import AnswerKind
from ragkit.retrieval.understanding.vocabulary import load_data

_STAFF = (
    r"(?:an? |the |our |my |any |only )?"
    r"(?:accredited |certified |licensed |new |float |charge |registered |student |nursing |medical |agency )*"
    r"(?:{roles})\b"
)
_AMOUNT_ASKED = re.compile(
    r"\bhow (?:much|many)\b|\bmax\b|\brepeat\b|\bagain\b|\bwhat(?:'s| do) we give\b|\brate\b", re.IGNORECASE
)
_TIME_ONLY = re.compile(
    r"\bhow (?:much|many) (?:more )?(?:time|notice|min(?:ute)?s?|h(?:ou)?rs?|days|weeks|months|years)\b", re.I
)
_MEDICINE_AMOUNT = 2.0
_PATIENT_OR_ROUTE = re.compile(
    r"\b\d+(?:\.\d+)?\s?(?:kgs?|lbs?|kilos?)\b|\b(?:IM|IV|IO|IN|PO|PR|SQ|SC|SL)\b|\b(?:im|iv|io|po|sq|subq|nebs?|drip)\b"
)
"""Where a question names a medicine and nothing else that it wants, a weight or a route says that it wants the dose."""
_MEDICINE_FOR_PATIENT = 1.0
_SECOND_SHARE = 0.4


def find_kinds(text: str, *, names_medicine: bool) -> tuple[AnswerKind, ...]:
    """The kinds of answer asked for, likeliest first; ``(OTHER,)`` where no pattern matches.

    Args:
        text: the question.
        names_medicine: whether it names a medicine; "how much" of a medicine is a dose.
    """
    scores: dict[AnswerKind, float] = defaultdict(float)
    for kind, weight, pattern in _rules():
        if pattern.search(text):
            scores[kind] += weight
    if names_medicine and _AMOUNT_ASKED.search(text) and not _TIME_ONLY.search(text):
        scores[AnswerKind.DOSE] += _MEDICINE_AMOUNT
    elif names_medicine and not scores and _PATIENT_OR_ROUTE.search(text):
        scores[AnswerKind.DOSE] += _MEDICINE_FOR_PATIENT
    elif not names_medicine and AnswerKind.QUANTITY in scores and scores.get(AnswerKind.DOSE, 0) <= 1.0:
        scores.pop(AnswerKind.DOSE, None)
    if _TIME_ONLY.search(text):
        scores.pop(AnswerKind.QUANTITY, None)
    if not scores:
        return (AnswerKind.OTHER,)
    best = max(scores.values())
    ranked = sorted(scores, key=lambda kind: -scores[kind])
    return tuple(kind for kind in ranked if scores[kind] >= _SECOND_SHARE * best)


@cache
def _rules() -> tuple[tuple[AnswerKind, float, re.Pattern[str]], ...]:
    data = load_data("kinds")
    staff = _STAFF.format(roles="|".join(data["staff"]))
    return tuple(
        (AnswerKind(kind), rule["weight"], re.compile("|".join(rule["any"]).replace("{staff}", staff), re.IGNORECASE))
        for kind, rules in data["kinds"].items()
        for rule in rules
    )
