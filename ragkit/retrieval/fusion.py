"""Reciprocal rank fusion of ranked lists.

Source: Cormack, Clarke, Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods",
SIGIR 2009: score(d) = sum over the lists of 1 / (k + rank(d)), with k = 60. The sum itself is part of the weighted
sum in ``ranking``, where each list has a weight (1 for all lists and 0 for everything else is the plain formula).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

RRF_K = 60

Key = TypeVar("Key", bound=Hashable)


def ranks(ordered: Iterable[Key]) -> dict[Key, int]:
    """1-based ranks of a list that is ordered best first."""
    return {key: rank for rank, key in enumerate(ordered, start=1)}


def rank_value(rank: int | None) -> float:
    """One list's share in the fused score, scaled so that the first has 1 and what is not in the list has 0."""
    return (RRF_K + 1) / (RRF_K + rank) if rank is not None else 0.0
