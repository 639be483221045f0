"""Tests of "nothing got worse" for pass-or-fail metrics, and the correction for testing many metrics."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binomtest

from ragkit.evaluation.statistics.bootstrap import cluster_numbers, cluster_sums


@dataclass(frozen=True, slots=True)
class McNemar:
    """What McNemar's exact test found.

    Attributes:
        worse: clusters that got worse (for single questions: passed before, fail now).
        better: clusters that got better.
        p: probability of so many or more worse ones, if worse and better were equally likely (one-sided).
    """

    worse: int
    better: int
    p: float


def mcnemar(before: ArrayLike, after: ArrayLike, clusters: Sequence[Hashable] | None = None) -> McNemar:
    """McNemar's exact test, one-sided: did more turn from right to wrong than from wrong to right?

    H0: a change makes a question wrong as often as right. Under it the number of worsened questions among the changed
    ones is binomial with 1/2, whatever the share of unchanged ones; no approximation is used, so that the false-alarm
    rate is at most alpha for every n. McNemar (1947), Psychometrika 12:153-157; the exact form is the sign test.
    Questions of one cluster count once, by the sign of their sum, since they tend to change together.

    Args:
        before: 0 or 1 for each question.
        after: the same questions in the same order.
        clusters: one for each question.

    Raises:
        ValueError: the two are not of one length.

    >>> mcnemar([1, 1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0, 0])
    McNemar(worse=6, better=0, p=0.015625)
    """
    old, new = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if old.shape != new.shape:
        raise ValueError(f"Paired values are of one length, not {len(old)} and {len(new)}.")
    if not len(old):
        return McNemar(0, 0, 1.0)
    change = cluster_sums((new - old)[:, None], cluster_numbers(clusters, len(old)))[:, 0]
    worse, better = int((change < 0).sum()), int((change > 0).sum())
    changed = worse + better
    p = float(binomtest(worse, changed, 0.5, alternative="greater").pvalue) if changed else 1.0
    return McNemar(worse, better, p)


def holm(p_values: Sequence[float]) -> list[float]:
    """P values corrected for being several, in the given order.

    Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6:65-70: the chance of
    any false alarm among all tests is at most alpha, however they depend on each other.

    >>> holm([0.01, 0.04, 0.03, 0.005])
    [0.03, 0.06, 0.06, 0.02]
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = largest
    return corrected
