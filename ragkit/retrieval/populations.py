"""Whether a passage speaks of the population a question is about."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ragkit.retrieval.query import Population

_NAMES = {
    Population.ADULT: re.compile(r"\badults?\b|\bgeriatric\b|\belder(?:ly|s)?\b", re.IGNORECASE),
    Population.PEDIATRIC: re.compile(
        r"\bpa?ediatrics?\b|\bpeds?\b|\bchild(?:ren)?\b|\binfants?\b|\bminors?\b|\badolescents?\b", re.IGNORECASE
    ),
    Population.NEONATAL: re.compile(r"\bneonat\w*|\bnewborns?\b|\bnewly born\b", re.IGNORECASE),
    Population.PREGNANT: re.compile(
        r"\bpregnan\w*|\bobstetric\w*|\bpost-?partum\b|\blabou?r\b|\bchildbirth\b|\bmaternal\b|\bperinatal\b",
        re.IGNORECASE,
    ),
}
_YOUNG = frozenset({Population.PEDIATRIC, Population.NEONATAL})


def named_populations(text: str) -> frozenset[Population]:
    """The populations that ``text`` names."""
    return frozenset(population for population, pattern in _NAMES.items() if pattern.search(text))


def belonging(levels: Iterable[str]) -> frozenset[Population]:
    """The population of a passage: the first level (innermost first) that names one decides."""
    for level in levels:
        found = named_populations(level)
        if found:
            return found
    return frozenset()


def population_fit(asked: frozenset[Population], own: frozenset[Population]) -> float:
    """1 where the passage's heading, title or scope names the population asked for, -1 where it names another only.

    A question that names none is about adults more often than not: a passage for the young only counts as half wrong.
    """
    if not own:
        return 0.0
    if not asked:
        return -0.5 if own <= _YOUNG else 0.0
    if own & asked or (asked & _YOUNG and own & _YOUNG):
        return 1.0
    young_asked, young_own = bool(asked & _YOUNG), bool(own & _YOUNG)
    return -1.0 if young_asked != young_own or Population.PREGNANT in own else 0.0
