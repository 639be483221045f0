"""Adult or pediatric: whether a line speaks of the population that was asked about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ragkit.answering.bands import patient_quantities
from ragkit.answering.scope import scope_of
from ragkit.answering.units import Unit
from ragkit.documents.document import Document
from ragkit.retrieval.query import Population, Query

_MENTIONS: dict[Population, re.Pattern[str]] = {
    Population.ADULT: re.compile(r"\badults?\b|\bgeriatric\b|\belder(?:ly|s)?\b", re.IGNORECASE),
    Population.PEDIATRIC: re.compile(
        r"\bp(?:a)?ediatrics?\b|\bpeds?\b|\bchild(?:ren)?\b|\binfants?\b|\bkids?\b|\btoddlers?\b|\badolescents?\b|"
        r"\bminors?\b",
        re.IGNORECASE,
    ),
    Population.NEONATAL: re.compile(r"\bneonat\w*|\bnewborns?\b|\bnewly born\b", re.IGNORECASE),
    Population.PREGNANT: re.compile(r"\bpregnan\w*|\bobstetric\w*|\bpost-?partum\b|\bprenatal\b", re.IGNORECASE),
}
_YOUNG = frozenset({Population.PEDIATRIC, Population.NEONATAL})


@lru_cache(maxsize=16384)
def populations_in(text: str) -> frozenset[Population]:
    """The populations that a text names."""
    return frozenset(population for population, pattern in _MENTIONS.items() if pattern.search(text))


def _sides(populations: frozenset[Population]) -> frozenset[str]:
    sides = set()
    if Population.ADULT in populations:  # a birth is about mother and child: pregnancy decides for neither side
        sides.add("adult")
    if populations & _YOUNG:
        sides.add("young")
    return frozenset(sides)


def asked_side(query: Query) -> str | None:
    """Either "adult" or "young" where the question is about one of them only, else None."""
    sides = _sides(frozenset(query.populations) | _spelt_out(query.text, query.expanded_text))
    return next(iter(sides)) if len(sides) == 1 else None


@lru_cache(maxsize=256)
def _spelt_out(text: str, expanded_text: str) -> frozenset[Population]:
    """The populations that only the spelt-out abbreviations name: "PEWS" is a score for children."""
    return populations_in(expanded_text) - populations_in(text)


def document_side(document: Document) -> str | None:
    """The side that a document's title or scope names, if it names exactly one."""
    governance = document.governance
    for text in (governance.title, " ".join(governance.applies_to), scope_of(document).text):
        sides = _sides(populations_in(text))
        if len(sides) == 1:
            return next(iter(sides))
        if sides:
            return None
    return None


def leaves_age_out(query: Query, document: Document) -> bool:
    """Whether the ages that a document says it is for leave out the age that the question names."""
    ages = [quantity.value for quantity in patient_quantities(query.text) if quantity.dimension == "age"]
    bands = scope_of(document).ages
    return bool(ages and bands) and not any(band.holds(age) for band in bands for age in ages)


def twins_of_pediatric(documents: Sequence[Document]) -> frozenset[str]:
    """Ids of documents that name no population and have a pediatric twin: they are the ones for adults.

    Twins have the same title but for the population, or reference numbers that differ by an appended letter only.
    """
    young = [document for document in documents if document_side(document) == "young"]
    titles = {_bare_title(document) for document in young}
    numbers = {_bare_number(document) for document in young} - {""}
    return frozenset(
        document.document_id
        for document in documents
        if document_side(document) is None and (_bare_title(document) in titles or _bare_number(document) in numbers)
    )


def _bare_title(document: Document) -> str:
    title = document.governance.title
    for pattern in _MENTIONS.values():
        title = pattern.sub(" ", title)
    return " ".join(re.findall(r"[a-z0-9]+", title.lower()))


def _bare_number(document: Document) -> str:
    number = (document.governance.reference_number or "").lower()
    return re.sub(r"[\s-]*[a-z]$", "", number)


def unit_side(
    document: Document, unit: Unit, own_text: str, context_text: str, default: str | None = None
) -> str | None:
    """The side a unit belongs to: by its own words, else lead-ins, section from the inside out, then title and scope.

    The nearest level that names exactly one side decides: "Pediatric" in a heading holds for every line under it unless
    the line itself says "adults". Where no level names one it is ``default``.
    """
    levels = (own_text, context_text, *reversed(unit.section))
    for position, text in enumerate(levels):
        if not text:
            continue
        sides = _sides(populations_in(text))
        if len(sides) == 1:
            return next(iter(sides))
        if len(sides) == 2 and position < 2:
            return None
    return document_side(document) or default


def population_fit(
    query: Query, document: Document, unit: Unit, own_text: str, context_text: str, default: str | None = None
) -> dict[str, float]:
    """Signals: does the unit's population fit the question's?

    A question that names no population is about adults more often than not, in everything but pediatric documents; a
    unit marked pediatric is then a weaker match, not a wrong one.
    """
    side = unit_side(document, unit, own_text, context_text, default)
    asked = asked_side(query)
    if asked is None:
        return {"population_unasked_young": 1.0} if side == "young" and not query.populations else {}
    if side is None:
        return {}
    return {"population_match": 1.0} if side == asked else {f"population_mismatch_{asked}": 1.0}
