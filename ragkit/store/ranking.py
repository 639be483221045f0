"""Which rows may be searched, and which of them are the best: shared by the full-text and the dense search."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

_SCORE_DECIMALS = 6


def permitted_rows(row_keys: NDArray[np.int64], version_keys: Collection[int]) -> NDArray[np.bool_]:
    """For each row, whether its version is one of ``version_keys``."""
    if not len(row_keys):
        return np.zeros(0, dtype=bool)
    wanted = np.fromiter(version_keys, dtype=np.int64, count=len(version_keys))
    highest = int(row_keys.max())
    allowed = np.zeros(highest + 1, dtype=bool)
    allowed[wanted[(wanted >= 0) & (wanted <= highest)]] = True
    permitted: NDArray[np.bool_] = allowed[row_keys]
    return permitted


def best_rows(
    rows: NDArray[np.intp], scores: NDArray[np.float32] | NDArray[np.float64], limit: int
) -> list[tuple[int, float]]:
    """The ``limit`` highest scores with their rows, best first; equal scores in the order of the rows."""
    # Products of equal vectors differ in the last bit with their place in the matrix; equal is what rounds equal.
    rounded = np.round(scores.astype(np.float64), _SCORE_DECIMALS)
    if len(rounded) > limit:
        # All that reach the limit-th best score, so that ties are cut in the order of the rows, not by chance.
        threshold = np.partition(rounded, len(rounded) - limit)[len(rounded) - limit]
        reached = rounded >= threshold
        rows, rounded = rows[reached], rounded[reached]
    order = np.argsort(-rounded, kind="stable")[:limit]
    return [(int(rows[place]), float(rounded[place])) for place in order]
