"""How many questions are needed: to see a loss, and to know a share closely enough."""

from __future__ import annotations

import math

from scipy.stats import norm

from ragkit.evaluation.statistics.interval import wilson


def n_to_see(
    margin: float,
    *,
    sd: float | None = None,
    discordance: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
) -> int:
    """Questions needed so that a one-sided paired test sees a loss of ``margin`` more than it accepts.

    With ``sd`` (graded metrics): n = ((z_alpha + z_power) * sd / margin)^2, the paired z test (Chow, Shao & Wang 2008,
    "Sample Size Calculations in Clinical Research", section 3.1). With ``discordance`` (pass or fail): McNemar's test,
    n = (z_alpha * sqrt(psi) + z_power * sqrt(psi - margin^2))^2 / margin^2, where psi is the share of questions that
    change at all (Connor 1987, Biometrics 43:207-211).

    Args:
        margin: the loss to be seen, more than 0, in the metric's unit.
        sd: standard deviation of the questions' differences; or
        discordance: share of questions that change in either direction; at least ``margin``, and taken as that where
            it is less (a loss of 2 % changes 2 % of the questions or more).
        alpha: false-alarm rate of the test; after a Holm correction over m metrics, alpha / m.
        power: chance to see it.

    Raises:
        ValueError: the margin is not positive, or not exactly one of sd and discordance was given.

    >>> n_to_see(0.02, discordance=0.02)
    308
    >>> n_to_see(0.02, sd=0.2)
    619
    """
    if margin <= 0 or (sd is None) == (discordance is None):
        raise ValueError("A power calculation takes a margin above 0 and either sd or discordance.")
    z_alpha, z_power = float(norm.ppf(1 - alpha)), float(norm.ppf(power))
    if sd is not None:
        return max(1, math.ceil(((z_alpha + z_power) * sd / margin) ** 2))
    psi = max(float(discordance or 0.0), margin)
    root = z_alpha * math.sqrt(psi) + z_power * math.sqrt(max(0.0, psi - margin**2))
    return max(1, math.ceil((root / margin) ** 2))


def half_width(n: int, share: float, *, level: float = 0.95) -> float:
    """Half of the width of the Wilson interval of a share seen in n independent questions.

    >>> [round(half_width(n, 0.9), 3) for n in (50, 100, 250, 1000)]
    [0.085, 0.06, 0.037, 0.019]
    """
    return wilson(share * n, n, level=level).half_width


def n_for_half_width(target: float, share: float, *, level: float = 0.95) -> int:
    """The least n for which the Wilson interval of the share is no wider than twice ``target``.

    Raises:
        ValueError: the target is not between 0 and 0.5.

    >>> n_for_half_width(0.05, 0.9)
    141
    """
    if not 0 < target < 0.5:
        raise ValueError(f"A half-width lies between 0 and 0.5, not at {target}.")
    low, high = 0, 1
    while half_width(high, share, level=level) > target:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if half_width(middle, share, level=level) <= target else (middle, high)
    return high
