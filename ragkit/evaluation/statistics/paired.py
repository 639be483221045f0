"""The paired cluster bootstrap: the same questions before and after, and whether the loss is more than is accepted."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ragkit.evaluation.statistics.bootstrap import (
    Floats,
    cluster_numbers,
    cluster_sums,
    ends,
    resampled_sums,
)
from ragkit.evaluation.statistics.interval import Interval


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """A metric before and after, question by question.

    Attributes:
        n: questions that were compared.
        clusters: independent groups of them.
        before, after: the means.
        loss: how much worse the mean is (negative: better), with its percentile interval.
        margin: the loss that is accepted.
        p: one-sided probability of such a loss, or a larger one, if the true loss were the margin.
        sd: standard deviation of the questions' differences, inflated for clusters; for the power calculation.
        worse, better: questions that changed for the worse and for the better.
    """

    n: int
    clusters: int
    before: float
    after: float
    loss: Interval
    margin: float
    p: float
    sd: float
    worse: int
    better: int


def paired_difference(
    before: ArrayLike,
    after: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    *,
    margin: float = 0.0,
    higher_is_better: bool = True,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> PairedDifference:
    """The loss of a metric between two runs over the same questions, tested against a margin.

    H0: over questions like these, the mean loss is at most ``margin``. The question's own difficulty cancels, since
    each is compared with itself; what varies is which questions the set happens to hold, so that questions (clusters)
    are what is resampled. Two p values are computed and the larger one is given: the share of resamples, shifted so
    that their mean loss is the margin, that lose at least as much as observed (Efron & Tibshirani 1993, "An
    Introduction to the Bootstrap", section 16.4), and the share of unshifted resamples that lose no more than the
    margin. Neither is trusted below 2^-k, where k clusters changed: with k changes no test can know more, since all k
    fall on the bad side by chance that often.

    Args:
        before: one value for each question.
        after: the same questions in the same order.
        clusters: one for each question.
        margin: loss that is accepted, at least 0, in the metric's unit.
        higher_is_better: direction of the metric.
        level: of the interval.
        resamples: how many.
        seed: of the draws.

    Raises:
        ValueError: nothing to compare, or the two are not of one length.

    >>> found = paired_difference([1.0] * 60, [0.5] * 30 + [1.0] * 30, margin=0.02)
    >>> found.loss.estimate, found.p < 0.01, found.worse, found.better
    (0.25, True, 30, 0)
    """
    old, new = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if old.shape != new.shape or not len(old):
        raise ValueError(f"Paired values are of one length and at least one, not {len(old)} and {len(new)}.")
    lost = old - new if higher_is_better else new - old
    sums = cluster_sums(np.column_stack([lost, np.ones_like(lost)]), cluster_numbers(clusters, len(lost)))
    drawn = _means(resampled_sums(sums, resamples=resamples, seed=seed))
    observed = float(lost.mean())
    return PairedDifference(
        n=len(lost),
        clusters=len(sums),
        before=float(old.mean()),
        after=float(new.mean()),
        loss=ends(observed, drawn, None, level),
        margin=margin,
        p=_p_value(observed, drawn, sums[:, 0], margin),
        sd=_spread(sums, len(lost)),
        worse=int((lost > 0).sum()),
        better=int((lost < 0).sum()),
    )


def _means(sums: Floats) -> Floats:
    return np.asarray(sums[:, 0] / sums[:, 1], dtype=np.float64)


def _p_value(observed: float, drawn: Floats, changes: Floats, margin: float) -> float:
    if observed <= margin:
        return 1.0
    slack = 1e-12  # sums of the same numbers in another order differ in the last digit
    shifted = int((drawn - observed + margin >= observed - slack).sum())
    plain = int((drawn <= margin + slack).sum())
    floor = 0.5 ** int((changes != 0).sum())
    return float(min(1.0, max((max(shifted, plain) + 1) / (len(drawn) + 1), floor)))


def _spread(sums: Floats, n: int) -> float:
    """The sd for which sd / sqrt(n) is the standard error between clusters."""
    count = len(sums)
    if count < 2:
        return 0.0
    residuals = sums[:, 0] - sums[:, 0].sum() / n * sums[:, 1]
    return float(np.sqrt((residuals**2).sum() / n * count / (count - 1)))
