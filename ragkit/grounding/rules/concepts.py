"""What a sentence speaks of, whatever the spelling: "BID" and "twice daily", "PO" and "by mouth"."""

from __future__ import annotations

import re
from functools import lru_cache

from ragkit.grounding.rules.drug_names import drug_spans
from ragkit.grounding.rules.measures import Bound, measures
from ragkit.grounding.rules.slot_words import slot_spans
from ragkit.grounding.rules.wording import content, stem

_SAID_OR_DONE = """allow permit authorize require necessary mandatory need give administer use state say accord get
    receive
    run let last take make keep ensure perform occur"""
_QUANTITY = re.compile(r"=(.+)\|(.+?) (.+)")
_GENERAL = frozenset(map(stem, _SAID_OR_DONE.split()))
"""Stems that say how binding a sentence is (the rule on modality compares it), or only that something is done."""


@lru_cache(maxsize=65536)
def concepts(text: str) -> frozenset[str]:
    """Stems of the content words; quantities, medicines, routes and the like each as one concept."""
    return frozenset(concept for _, _, concept in _spans(text)) | (content(without_concepts(text)) - _GENERAL)


def without_concepts(text: str) -> str:
    """``text`` with blanks in place of its quantities, medicines, routes and the like."""
    rest = list(text)
    for start, end, _ in _spans(text):
        rest[start:end] = " " * (end - start)
    return "".join(rest)


@lru_cache(maxsize=65536)
def _spans(text: str) -> tuple[tuple[int, int, str], ...]:
    spans = [(phrase.start, phrase.end, f"medicine {phrase.meaning}") for phrase in drug_spans(text)]
    spans += [(phrase.start, phrase.end, " ".join(phrase.meaning)) for phrase in slot_spans(text)]
    covered = [(start, end) for start, end, _ in spans]
    for measure in measures(text):
        if any(start <= measure.start and measure.end <= end for start, end in covered):
            continue  # "0.9%" of "0.9% sodium chloride"
        dimension = "time" if measure.dimension == "interval" and measure.low > 0 else measure.dimension
        spans.append((measure.start, measure.end, f"={_digits(measure.low)}|{_digits(measure.high)} {dimension}"))
    return tuple(spans)


def _digits(value: float) -> str:
    """Seven significant digits without an exponent, so that it reads as one word."""
    return f"{float(f'{value:.7g}'):.12f}".rstrip("0").rstrip(".")


def canonical(text: str) -> str:
    """``text`` with one spelling for each quantity, medicine, route and the like, for scorers that compare words.

    The words stand where they stood; a quantity becomes its number in the base unit of its dimension and the name of
    the dimension ("0.25 mg" and "250 mcg": "0.25 mass", "q6h" and "every 6 hours": "360 time"), and
    its bound stands before it ("40 kg or less", "no more than 40 kg": "at most 40000000 mass").
    """
    parts = [(start, end, _name(concept)) for start, end, concept in _spans(text)]
    for measure in measures(text):
        if measure.bound is not Bound.NONE:
            parts += [(*measure.bound_span, ""), (measure.start, measure.start, f"{measure.bound.value} ")]
    before = len(text)
    for start, end, name in sorted(parts, reverse=True):
        if end <= before:  # else a phrase inside another one
            text = f"{text[:start]}{name}{text[end:]}"
            before = start
    return text


def _name(concept: str) -> str:
    quantity = _QUANTITY.match(concept)
    if not quantity:
        return concept.partition(" ")[2]
    low, high, dimension = quantity.groups()
    return f"{low} {dimension}" if low == high else f"{low} {high} {dimension}"


def is_word(concept: str) -> bool:
    """Whether a concept is a plain word: no quantity, medicine, route or the like."""
    return " " not in concept
