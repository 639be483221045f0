"""What a sentence speaks of, whatever the spelling: "BID" and "twice daily", "PO" and "by mouth", "1 hour" and "60 min"."""

from __future__ import annotations

from functools import lru_cache

from ragkit.grounding.rules.drug_names import drug_spans
from ragkit.grounding.rules.measures import measures
from ragkit.grounding.rules.slot_words import slot_spans
from ragkit.grounding.rules.wording import content

_MODAL = frozenset(
    {
        "allow",
        "permit",
        "authoriz",
        "requir",
        "necessary",
        "mandatory",
        "need",
        "give",
        "administ",
        "us",
        "state",
        "say",
    }
)
"""Stems that say how binding a sentence is, or that something is done at all; the rule on modality compares them."""


@lru_cache(maxsize=65536)
def concepts(text: str) -> frozenset[str]:
    """Stems of the content words; quantities, medicines, routes and the like each as one concept."""
    spans = [(phrase.start, phrase.end, f"medicine {phrase.meaning}") for phrase in drug_spans(text)]
    spans += [(phrase.start, phrase.end, " ".join(phrase.meaning)) for phrase in slot_spans(text)]
    covered = [(start, end) for start, end, _ in spans]
    for measure in measures(text):
        if any(start <= measure.start and measure.end <= end for start, end in covered):
            continue  # "0.9%" of "0.9% sodium chloride"
        dimension = "time" if measure.dimension == "interval" and measure.low > 0 else measure.dimension
        spans.append((measure.start, measure.end, f"={measure.low:.5g}-{measure.high:.5g} {dimension}"))
    rest = list(text)
    for start, end, _ in spans:
        rest[start:end] = " " * (end - start)
    return frozenset(name for _, _, name in spans) | (content("".join(rest)) - _MODAL)


def is_quantity(concept: str) -> bool:
    """Whether a concept is a quantity."""
    return concept.startswith("=")
