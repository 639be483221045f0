"""A share that was judged by a fallible judge, corrected for how often the judge is wrong.

Two corrections, for two situations:

- ``rogan_gladen``: the judge's sensitivity and specificity were measured elsewhere (on public labelled sets). It takes
  for granted that the judge errs as often here as there, which is an assumption and should be said beside the figure.
- ``prediction_powered``: a person labelled a random sample of the very claims that are reported. No assumption about
  the judge is needed; a bad judge makes the interval wide, never wrong.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from ragkit.evaluation.statistics.bootstrap import Floats, cluster_numbers, cluster_sums
from ragkit.evaluation.statistics.interval import Interval, wilson


@dataclass(frozen=True, slots=True)
class JudgeError:
    """How often a judge was right against human labels.

    Attributes:
        sensitivity: share of the truly supported claims that it called supported.
        specificity: share of the truly not supported claims that it called not supported.
        n_supported: truly supported claims it was measured on; where they are clustered, their effective number.
        n_not_supported: the same for those not supported.
    """

    sensitivity: float
    specificity: float
    n_supported: float
    n_not_supported: float


def rogan_gladen(positives: float, n: float, judge: JudgeError, *, level: float = 0.95) -> Interval:
    """The true share of supported claims behind the share that the judge called supported.

    (p + specificity - 1) / (sensitivity + specificity - 1), cut to 0..1: Rogan & Gladen (1978), "Estimating prevalence
    from the results of a screening test", Am. J. Epidemiol. 107:71-76. The interval carries the uncertainty of
    sensitivity and specificity too: Lang & Reiczigel (2014), "Confidence limits for prevalence of disease adjusted for
    estimated sensitivity and specificity", Prev. Vet. Med. 113:13-22, section 2.

    Args:
        positives: claims that the judge called supported.
        n: claims judged; where they are clustered, their effective number (and ``positives`` in proportion).
        judge: how often it is right.
        level: of confidence.

    Returns:
        The corrected share; ``method`` "rogan-gladen".

    Raises:
        ValueError: no claims, or a judge that is no better than chance (sensitivity + specificity <= 1), from whose
            verdicts nothing can be concluded.

    >>> judge = JudgeError(sensitivity=0.9, specificity=0.8, n_supported=500, n_not_supported=500)
    >>> found = rogan_gladen(83, 100, judge)
    >>> round(found.estimate, 3), round(found.low, 2), round(found.high, 2)
    (0.9, 0.77, 1.0)
    """
    if n <= 0 or not 0 <= positives <= n:
        raise ValueError(f"A share needs 0 <= positives <= n and n > 0, not {positives} of {n}.")
    power = judge.sensitivity + judge.specificity - 1
    if power <= 0 or judge.n_supported <= 0 or judge.n_not_supported <= 0:
        raise ValueError(
            f"A judge with sensitivity {judge.sensitivity:.2f} and specificity {judge.specificity:.2f} is no better "
            "than chance: its verdicts say nothing about the true share. Use another scorer."
        )
    estimate = min(1.0, max(0.0, (positives / n + judge.specificity - 1) / power))
    low, high = _lang_reiczigel(positives, n, judge, float(norm.ppf(0.5 + level / 2)))
    return Interval(estimate, min(low, estimate), max(high, estimate), level, "rogan-gladen")


def _lang_reiczigel(positives: float, n: float, judge: JudgeError, z: float) -> tuple[float, float]:
    """The ends, with small additions to every count so that they hold for shares near 0 and 1 too."""
    n_adjusted = n + z * z
    apparent = (positives + z * z / 2) / n_adjusted
    n_se, n_sp = judge.n_supported + 2, judge.n_not_supported + 2
    se = (judge.n_supported * judge.sensitivity + 1) / n_se
    sp = (judge.n_not_supported * judge.specificity + 1) / n_sp
    power = se + sp - 1
    if power <= 0:
        return 0.0, 1.0
    share = (apparent + sp - 1) / power
    var_se, var_sp = se * (1 - se) / n_se, sp * (1 - sp) / n_sp
    shift = 2 * z * z * (share * var_se - (1 - share) * var_sp)
    variance = apparent * (1 - apparent) / n_adjusted + share**2 * var_se + (1 - share) ** 2 * var_sp
    reach = z * math.sqrt(variance) / power
    return min(1.0, max(0.0, share + shift - reach)), min(1.0, max(0.0, share + shift + reach))


def prediction_powered(
    labels: ArrayLike,
    judged_labelled: ArrayLike,
    judged_unlabelled: ArrayLike,
    *,
    tuning: float | None = None,
    level: float = 0.95,
) -> Interval:
    """The mean of human labels over all claims, of which a random sample was labelled and all were judged.

    mean(Y) + lambda * (mean(f, unlabelled) - mean(f, labelled)): with lambda = 1 Angelopoulos et al. (2023),
    "Prediction-powered inference", Science 382:669-674; by default lambda is the one with the least variance,
    Angelopoulos, Duchi & Zrnic (2024), "PPI++: Efficient prediction-powered inference", arXiv 2311.01453, section 6
    (for a mean: cov(Y, f) / ((1 + n/N) var(f)), cut to 0..1). A useless judge gets lambda 0, which leaves the plain
    mean of the labels.

    Args:
        labels: what people said of the labelled claims, 0..1.
        judged_labelled: what the judge said of the same claims.
        judged_unlabelled: what the judge said of all other claims.
        tuning: a fixed lambda; None chooses it.
        level: of confidence.

    Returns:
        The mean; ``method`` "prediction-powered".

    Raises:
        ValueError: fewer than two labelled claims, no other claims, or lengths that do not fit.

    >>> found = prediction_powered([1, 0, 1, 1], [1, 0, 1, 1], [1, 0, 1, 1] * 25, tuning=1.0)
    >>> found.estimate, round(found.half_width, 3)
    (0.75, 0.085)
    """
    truth = np.asarray(labels, dtype=np.float64)
    seen = np.asarray(judged_labelled, dtype=np.float64)
    rest = np.asarray(judged_unlabelled, dtype=np.float64)
    if len(truth) < 2 or len(truth) != len(seen) or not len(rest):
        raise ValueError(
            "Prediction-powered inference needs two or more labelled claims, judged too, and further ones."
        )
    n, total = len(truth), len(rest)
    spread = float(np.concatenate([seen, rest]).var())
    if tuning is None:
        covariance = float(((truth - truth.mean()) * (seen - seen.mean())).sum()) / (n - 1)
        tuning = min(1.0, max(0.0, covariance / ((1 + n / total) * spread))) if spread else 0.0
    estimate = float(truth.mean() + tuning * (rest.mean() - seen.mean()))
    variance = float((truth - tuning * seen).var(ddof=1)) / n + tuning**2 * float(rest.var()) / total
    reach = float(norm.ppf(0.5 + level / 2)) * math.sqrt(variance)
    return Interval(estimate, estimate - reach, estimate + reach, level, "prediction-powered")


def partly_exact(
    exact: ArrayLike,
    judged: ArrayLike,
    called: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    *,
    judge: JudgeError,
    level: float = 0.95,
) -> Interval:
    """The true share of supported claims where some are known to be supported and a judge decides on the others.

    Claims that are the evidence's own words, word for word, need no judge and have no error of one: they count as they
    are. Only the others are corrected, by ``rogan_gladen``, with the interval of Lang and Reiczigel over an effective
    number of claims; the interval adds the uncertainty of how many claims are of the one kind and of the other.

    Args:
        exact: for each answer, claims that are known to be supported.
        judged: for each answer, the other claims.
        called: for each answer, those of them that the judge called supported.
        clusters: one for each answer.
        judge: how often the judge is right.
        level: of confidence.

    Returns:
        The share over all claims. Where no claim needed the judge it is 1, with the Wilson interval over clusters.

    Raises:
        ValueError: there is no claim, or the judge is no better than chance.

    >>> judge = JudgeError(sensitivity=0.9, specificity=0.8, n_supported=500, n_not_supported=500)
    >>> found = partly_exact([3, 3, 3, 3], [1, 1, 1, 1], [1, 1, 1, 0], judge=judge)
    >>> round(found.estimate, 4)
    0.9464
    >>> partly_exact([5, 4], [0, 0], [0, 0], judge=judge).method
    'exact'
    """
    known, others, supported = (np.asarray(part, dtype=np.float64) for part in (exact, judged, called))
    total = float(known.sum() + others.sum())
    if total <= 0:
        raise ValueError("There is no claim: nothing can be said of groundedness.")
    at = cluster_numbers(clusters, len(known))
    if others.sum() == 0:
        count = int(at.max()) + 1
        sure = wilson(count, count, level=level)
        return Interval(1.0, sure.low, 1.0, level, "exact")
    n = _effective_claims(supported, others, at)
    rest = rogan_gladen(float(supported.sum() / others.sum()) * n, n, judge, level=level)
    weight = float(others.sum()) / total
    mix = cluster_sums(np.column_stack([others, known + others]), at)
    z = float(norm.ppf(0.5 + level / 2))
    reach = z * math.sqrt(_ratio_variance(mix[:, 0], mix[:, 1])) * (1 - rest.estimate)
    estimate = 1 - weight * (1 - rest.estimate)
    low = estimate - math.hypot(weight * (rest.estimate - rest.low), reach)
    high = estimate + math.hypot(weight * (rest.high - rest.estimate), reach)
    return Interval(estimate, max(0.0, low), min(1.0, high), level, "rogan-gladen")


def _effective_claims(supported: Floats, others: Floats, at: NDArray[np.intp]) -> float:
    """How many independent claims those of these clusters are worth."""
    sums = cluster_sums(np.column_stack([supported, others]), at)
    held = sums[sums[:, 1] > 0]
    share = float(supported.sum() / others.sum())
    variance = _ratio_variance(held[:, 0], held[:, 1])
    if variance == 0:
        return float(len(held))
    return float(min(others.sum(), max(1.0, share * (1 - share) / variance)))


def _ratio_variance(parts: Floats, wholes: Floats) -> float:
    """Variance of sum(parts) / sum(wholes) over clusters, by linearisation (Cochran 1977, section 6.3)."""
    count = len(parts)
    if count < 2:
        return 0.0
    residuals = parts - parts.sum() / wholes.sum() * wholes
    return float((residuals**2).sum()) / float(wholes.sum()) ** 2 * count / (count - 1)
