"""How well a scorer tells supported from not supported claims, with cluster-bootstrap intervals.

Throughout: ``supported`` is 1 for a claim that people called supported and 0 for any other; ``scores`` are the scorer's
probabilities of support; a claim is called supported where its score is at least ``threshold``.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import roc_auc_score

from ragkit.evaluation.statistics.bootstrap import (
    Floats,
    cluster_numbers,
    draw_counts,
    ends,
    sums_interval,
)
from ragkit.evaluation.statistics.interval import Interval


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Claims whose score fell between two bounds.

    Attributes:
        low, high: the bounds; the lower one is included, the upper one only in the last bin.
        n: claims in the bin.
        mean_score: their mean score.
        share_supported: the share of them that people called supported.
    """

    low: float
    high: float
    n: int
    mean_score: float
    share_supported: float


def _arrays(supported: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    truth, given = np.asarray(supported, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    if truth.shape != given.shape or not len(truth):
        raise ValueError(f"Every claim needs a label and a score: {len(truth)} labels, {len(given)} scores.")
    if not np.isfinite(given).all():
        raise ValueError("A score is not a number: a scorer that cannot judge raises, it never returns NaN.")
    return truth, given


def auroc(supported: ArrayLike, scores: ArrayLike) -> float:
    """Probability that a supported claim scores higher than a not supported one; ties count half.

    Hanley & McNeil (1982), Radiology 143:29-36. 0.5 is chance.

    Raises:
        ValueError: one of the two classes is missing.

    >>> auroc([1, 1, 0, 0], [0.9, 0.4, 0.4, 0.1])
    0.875
    """
    truth, given = _arrays(supported, scores)
    if truth.min() == truth.max():
        raise ValueError("AUROC needs supported and not supported claims; here all are alike.")
    return float(roc_auc_score(truth, given))


def auroc_interval(
    supported: ArrayLike,
    scores: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = 0.95,
    resamples: int = 2_000,
    seed: int = 0,
) -> Interval:
    """AUROC with its cluster-bootstrap percentile interval. Scores are sorted once, so that a resample is a sum.

    >>> found = auroc_interval([1, 0] * 50, [0.9, 0.1] * 49 + [0.1, 0.9])
    >>> round(found.estimate, 3), round(found.low, 2), found.high
    (0.98, 0.95, 1.0)
    """
    truth, given = _arrays(supported, scores)
    estimate = auroc(truth, given)
    at = cluster_numbers(clusters, len(truth))
    order = np.argsort(given, kind="stable")
    firsts = np.flatnonzero(np.diff(given[order], prepend=-np.inf))
    at, positive = at[order], truth[order] > 0
    drawn: list[Floats] = []
    count = int(at.max()) + 1
    for counts in draw_counts(count, resamples, seed):
        for rows in np.array_split(counts, max(1, len(counts) * len(truth) // 4_000_000)):
            weights = rows[:, at]
            ups = np.add.reduceat(np.where(positive, weights, 0), firsts, axis=1)
            downs = np.add.reduceat(np.where(positive, 0, weights), firsts, axis=1)
            won = (ups * (np.cumsum(downs, axis=1) - downs / 2)).sum(axis=1)
            with np.errstate(invalid="ignore", divide="ignore"):
                drawn.append(won / (ups.sum(axis=1) * downs.sum(axis=1)))
    return ends(estimate, np.concatenate(drawn), None, level)


def _confusion(truth: Floats, given: Floats, threshold: float) -> Floats:
    called = given >= threshold
    right = truth > 0
    return np.column_stack([right & called, right & ~called, ~right & ~called, ~right & called]).astype(np.float64)


def _balanced(sums: Floats) -> Floats:
    return np.asarray((sums[:, 0] / (sums[:, 0] + sums[:, 1]) + sums[:, 2] / (sums[:, 2] + sums[:, 3])) / 2)


def _f1(sums: Floats) -> Floats:
    return np.asarray(2 * sums[:, 2] / (2 * sums[:, 2] + sums[:, 1] + sums[:, 3]))


def balanced_accuracy(
    supported: ArrayLike,
    scores: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    *,
    threshold: float = 0.5,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> Interval:
    """The mean of sensitivity and specificity, with its interval. 0.5 is chance whatever the mix of classes.

    Brodersen et al. (2010), "The balanced accuracy and its posterior distribution", ICPR.

    Raises:
        ValueError: one of the two classes is missing.

    >>> balanced_accuracy([1, 1, 1, 1, 0, 0], [0.9, 0.9, 0.9, 0.1, 0.1, 0.9]).estimate
    0.625
    """
    columns = _confusion(*_arrays(supported, scores), threshold)
    return sums_interval(columns, _balanced, clusters, level=level, resamples=resamples, seed=seed, method="percentile")


def f1_unsupported(
    supported: ArrayLike,
    scores: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    *,
    threshold: float = 0.5,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> Interval:
    """F1 of the class "not supported": the harmonic mean of its precision and recall, with its interval.

    Raises:
        ValueError: no claim is unsupported, neither by the labels nor by the scorer.

    >>> f1_unsupported([1, 1, 0, 0], [0.9, 0.2, 0.2, 0.1]).estimate
    0.8
    """
    columns = _confusion(*_arrays(supported, scores), threshold)
    return sums_interval(columns, _f1, clusters, level=level, resamples=resamples, seed=seed, method="percentile")


def _bins(given: Floats, bins: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    if given.min() < 0 or given.max() > 1:
        raise ValueError("Calibration is about probabilities: scores lie between 0 and 1.")
    return np.minimum((given * bins).astype(np.intp), bins - 1)


def reliability_table(supported: ArrayLike, scores: ArrayLike, *, bins: int = 10) -> tuple[ReliabilityBin, ...]:
    """Claims in bins of equal width by score: mean score beside the share that is truly supported. Empty bins are left
    out.

    >>> [(b.n, round(b.mean_score, 3), b.share_supported) for b in reliability_table([1, 1, 0], [0.95, 0.9, 0.1])]
    [(1, 0.1, 0.0), (2, 0.925, 1.0)]
    """
    truth, given = _arrays(supported, scores)
    at = _bins(given, bins)
    rows = []
    for number in np.unique(at):
        held = at == number
        low, high = float(number) / bins, float(number + 1) / bins
        rows.append(ReliabilityBin(low, high, int(held.sum()), float(given[held].mean()), float(truth[held].mean())))
    return tuple(rows)


def expected_calibration_error(
    supported: ArrayLike,
    scores: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    *,
    bins: int = 10,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> Interval:
    """Mean distance between score and share supported over bins of equal width, weighted by their size.

    Naeini, Cooper & Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian binning", AAAI; Guo et
    al. (2017), ICML, section 2. The plug-in figure is a little too high in small samples, and so is its interval.

    >>> round(expected_calibration_error([1, 1, 0, 0], [0.8, 0.8, 0.2, 0.2], resamples=200).estimate, 6)
    0.2
    """
    truth, given = _arrays(supported, scores)
    at = _bins(given, bins)
    gaps = np.zeros((len(truth), bins + 1))
    gaps[np.arange(len(truth)), at] = given - truth
    gaps[:, bins] = 1
    return sums_interval(
        gaps,
        lambda sums: np.abs(sums[:, :bins]).sum(axis=1) / sums[:, bins],
        clusters,
        level=level,
        resamples=resamples,
        seed=seed,
        method="percentile",
    )
