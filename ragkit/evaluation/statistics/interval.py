"""An estimate with its interval, and the interval of a share where resampling has nothing to say."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import norm


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with a confidence interval.

    Attributes:
        estimate: the figure itself.
        low, high: the ends of the interval, both included.
        level: how often an interval made this way covers the true figure (0.95).
        method: how it was made: "bca", "percentile", "wilson", "constant" (all values alike and no share, so that
            nothing is known about their spread), "unknown" (one cluster only: minus to plus infinity),
            "rogan-gladen", "prediction-powered", "exact".
    """

    estimate: float
    low: float
    high: float
    level: float = 0.95
    method: str = ""

    @property
    def half_width(self) -> float:
        """Half of the distance between the ends."""
        return (self.high - self.low) / 2

    def covers(self, value: float) -> bool:
        """Whether the value lies in the interval."""
        return self.low <= value <= self.high


def wilson(successes: float, n: float, *, level: float = 0.95) -> Interval:
    """The score interval of a share, which has a width also where the share is 0 or 1.

    Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22:209-212.

    Args:
        successes: how many of n; need not be whole, so that an effective n can be used for clustered data.
        n: of how many, more than 0.
        level: of confidence.

    Returns:
        The interval, ``method`` "wilson"; ``estimate`` is the plain share.

    Raises:
        ValueError: n is not positive, or successes are not between 0 and n.

    >>> found = wilson(250, 250)
    >>> round(found.low, 4), found.high
    (0.9849, 1.0)
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"A share needs 0 <= successes <= n and n > 0, not {successes} of {n}.")
    z = float(norm.ppf(0.5 + level / 2))
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, middle - reach)
    high = 1.0 if successes == n else min(1.0, middle + reach)
    return Interval(share, low, high, level, "wilson")
