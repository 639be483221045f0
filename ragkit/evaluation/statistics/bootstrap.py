"""The cluster bootstrap: intervals for means, and for any figure that is made of sums.

Questions about one passage are not independent, so that whole clusters are drawn, not questions (Davison & Hinkley
1997, "Bootstrap Methods and their Application", section 3.8; Field & Welsh 2007, JRSS B 69:369-390). Every figure here
is a function of sums over clusters; a resample is then one row of a matrix product, and 10,000 resamples of 250
questions take some 30 milliseconds.

Where the bootstrap is blind, the Wilson interval takes its place, and ``method`` says so: a share of exactly 0 or 1 has
a bootstrap interval of width zero, which claims a certainty that 250 questions cannot give; a share with fewer than
``RARE`` clusters on one side has one that is much too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from ragkit.evaluation.statistics.interval import Interval, wilson

Floats = NDArray[np.float64]
Method = Literal["bca", "percentile"]

RARE = 10
"""Below so many clusters with (or without) a success, a share gets its Wilson interval."""
_CELLS = 4_000_000


def cluster_numbers(clusters: Sequence[Hashable] | None, n: int) -> NDArray[np.intp]:
    """The clusters as numbers 0, 1, ... in order of first appearance; without clusters every item is its own.

    Raises:
        ValueError: there are not n of them.

    >>> cluster_numbers(["b", "a", "b"], 3).tolist()
    [0, 1, 0]
    """
    if clusters is None:
        return np.arange(n)
    if len(clusters) != n:
        raise ValueError(f"{n} values need {n} clusters, not {len(clusters)}.")
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(cluster, len(numbers)) for cluster in clusters], dtype=np.intp)


def cluster_sums(columns: Floats, numbers: NDArray[np.intp]) -> Floats:
    """Sums of each column over each cluster: (items, columns) -> (clusters, columns)."""
    count = int(numbers.max()) + 1
    return np.column_stack([np.bincount(numbers, weights=column, minlength=count) for column in columns.T])


def draw_counts(count: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Yields how often each of ``count`` clusters was drawn, in blocks of shape (rows, count).

    The rows of all blocks together are the resamples. The same (count, resamples, seed) gives the same draws.
    """
    random = np.random.default_rng(seed)
    rows = max(1, min(resamples, _CELLS // max(count, 1)))
    for start in range(0, resamples, rows):
        size = min(rows, resamples - start)
        drawn = random.integers(0, count, size=(size, count), dtype=np.int32)
        drawn += np.arange(size, dtype=np.int32)[:, None] * count
        yield np.bincount(drawn.ravel(), minlength=size * count).reshape(size, count).astype(np.float64)


def resampled_sums(sums: Floats, *, resamples: int, seed: int) -> Floats:
    """Sums over resampled clusters: (clusters, columns) -> (resamples, columns)."""
    return np.concatenate([counts @ sums for counts in draw_counts(len(sums), resamples, seed)])


def sums_interval(
    columns: ArrayLike,
    figure: Callable[[Floats], Floats],
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
    method: Method = "bca",
) -> Interval:
    """The interval of any figure that is computed from sums of columns: a mean, a ratio, balanced accuracy, F1.

    Args:
        columns: shape (items, columns): what is summed.
        figure: takes sums of shape (rows, columns), gives one figure for each row; a row for which the figure does not
            exist (0/0) gives NaN and is left out.
        clusters: one for each item.
        level: of confidence.
        resamples: how many.
        seed: of the draws.
        method: "bca" (bias-corrected and accelerated, Efron 1987, JASA 82:171-185) or "percentile".

    Raises:
        ValueError: there is no item, or the figure does not exist for them.

    >>> right, shown = [1, 0, 1, 1], [1, 1, 1, 1]
    >>> sums_interval(np.column_stack([right, shown]), lambda s: s[:, 0] / s[:, 1], resamples=500).estimate
    0.75
    """
    table = np.atleast_2d(np.asarray(columns, dtype=np.float64))
    if not table.size:
        raise ValueError("There is nothing to estimate from: no values were given.")
    sums = cluster_sums(table, cluster_numbers(clusters, len(table)))
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = float(figure(sums.sum(axis=0, keepdims=True))[0])
        if np.isnan(estimate):
            raise ValueError("The figure does not exist for these values.")
        if len(sums) == 1:
            return Interval(estimate, -np.inf, np.inf, level, "unknown")
        drawn = figure(resampled_sums(sums, resamples=resamples, seed=seed))
        without = figure(sums.sum(axis=0, keepdims=True) - sums) if method == "bca" else None
    return ends(estimate, drawn, without, level)


def ends(estimate: float, drawn: Floats, without: Floats | None, level: float) -> Interval:
    """The interval from resampled figures, and for BCa from the figures without each cluster (the jackknife).

    BCa needs a spread on both sides; where resamples or jackknife have none, the percentile interval is given.
    """
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn) or drawn.min() == drawn.max():
        return Interval(estimate, estimate, estimate, level, "constant")
    tails = np.array([0.5 - level / 2, 0.5 + level / 2])
    chosen = None if without is None else _bca_tails(estimate, drawn, without[~np.isnan(without)], tails)
    low, high = np.quantile(drawn, tails if chosen is None else chosen)
    return Interval(estimate, float(low), float(high), level, "percentile" if chosen is None else "bca")


def _bca_tails(estimate: float, drawn: Floats, without: Floats, tails: Floats) -> Floats | None:
    below = float(((drawn < estimate).mean() + (drawn <= estimate).mean()) / 2)
    pulls = without.mean() - without
    spread = float((pulls**2).sum())
    if not 0 < below < 1 or spread == 0:
        return None
    bias = norm.ppf(below)
    acceleration = float((pulls**3).sum()) / (6 * spread**1.5)
    shifted = bias + norm.ppf(tails)
    return np.asarray(norm.cdf(bias + shifted / (1 - acceleration * shifted)), dtype=np.float64)


def effective_n(values: ArrayLike, clusters: Sequence[Hashable] | None = None) -> float:
    """How many independent items a share from clustered items is worth, between 1 and their number.

    The share's binomial variance over its variance between clusters (Kish 1965, "Survey Sampling", section 8.2); where
    all values are alike, the number of clusters, since then nothing tells how alike the items of a cluster are.

    >>> effective_n([1, 1, 0, 0], ["a", "a", "b", "b"])
    1.0
    >>> effective_n([1, 1, 1, 1], ["a", "a", "b", "b"])
    2.0
    """
    numbers = np.asarray(values, dtype=np.float64)
    sums = cluster_sums(np.column_stack([numbers, np.ones_like(numbers)]), cluster_numbers(clusters, len(numbers)))
    count, n, share = len(sums), len(numbers), float(numbers.mean())
    if count == n:
        return float(n)
    residuals = sums[:, 0] - share * sums[:, 1]
    variance = float((residuals**2).sum()) / n**2 * (count / (count - 1) if count > 1 else 1)
    if variance == 0:
        return float(count)
    return float(min(n, max(1.0, share * (1 - share) / variance)))


def mean_interval(
    values: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
    method: Method = "bca",
) -> Interval:
    """The mean with its cluster-bootstrap interval.

    Args:
        values: one number for each item.
        clusters: what the items are resampled with; without them each stands alone.
        level: of confidence.
        resamples: how many.
        seed: of the draws.
        method: "bca" or "percentile"; the Wilson interval where all values are alike and between 0 and 1, or the
            values are 0 and 1 and one of them is rarer than ``RARE`` clusters (the module docstring says why).

    Returns:
        The interval; its ``method`` says how it was made in fact.

    Raises:
        ValueError: there are no values, or one is not a number.

    >>> mean_interval([1] * 250).method
    'wilson'
    >>> found = mean_interval([0, 1] * 50)
    >>> found.method, found.estimate, round(found.low, 1), round(found.high, 1)
    ('bca', 0.5, 0.4, 0.6)
    """
    numbers = np.asarray(values, dtype=np.float64)
    if not len(numbers):
        raise ValueError("There is nothing to estimate from: no values were given.")
    if not np.isfinite(numbers).all():
        raise ValueError("A value is not a number: errors and missing values have to be decided before.")
    if _needs_wilson(numbers, clusters):
        n = effective_n(numbers, clusters)
        return wilson(float(numbers.mean()) * n, n, level=level)
    return sums_interval(
        np.column_stack([numbers, np.ones_like(numbers)]),
        lambda sums: sums[:, 0] / sums[:, 1],
        clusters,
        level=level,
        resamples=resamples,
        seed=seed,
        method=method,
    )


def _needs_wilson(numbers: Floats, clusters: Sequence[Hashable] | None) -> bool:
    """Whether the bootstrap would claim a certainty that it cannot have.

    For values between 0 and 1 the binomial variance is the largest there is, so that Wilson errs on the wide side.
    """
    if numbers.min() < 0 or numbers.max() > 1:
        return False
    at = cluster_numbers(clusters, len(numbers))
    if numbers.min() == numbers.max() or at.max() == 0:
        return True
    if not np.isin(numbers, (0.0, 1.0)).all():
        return False
    return min(len(np.unique(at[numbers == 1])), len(np.unique(at[numbers == 0]))) < RARE
