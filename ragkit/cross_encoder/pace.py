"""How fast the model is on this machine, and whether there is time for more."""

from __future__ import annotations

from threading import Lock
from time import perf_counter

_MARGIN = 1.25
"""The next batch may be so much slower than those before it."""
_AMPLE = 2.0
"""Time is ample where there is so much more of it than is expected to be needed."""
_FIXED_TOKENS = 64
"""What a batch costs however small it is, in tokens."""
_NEWEST = 0.5
"""How much the newest batch counts in the average: another load on the machine is noticed within two or three."""


class Pace:
    """Seconds that a token takes, averaged over the last batches. May be used from several threads."""

    def __init__(self) -> None:
        """Nothing is known before the first batch."""
        self._lock = Lock()
        self._seconds_per_token: float | None = None

    def note(self, tokens: int, seconds: float) -> None:
        """A batch of so many tokens, padding included, took so long."""
        with self._lock:
            known, newest = self._seconds_per_token, seconds / (tokens + _FIXED_TOKENS)
            self._seconds_per_token = newest if known is None else known + _NEWEST * (newest - known)

    def expected(self, tokens: int) -> float:
        """Seconds that so many tokens will take at most, as far as can be told; 0 before the first batch."""
        with self._lock:
            return _MARGIN * (tokens + _FIXED_TOKENS) * (self._seconds_per_token or 0.0)


class TimeLeft:
    """Counts from its making."""

    def __init__(self, seconds: float | None) -> None:
        """None for no end."""
        self._end = None if seconds is None else perf_counter() + seconds

    def is_enough_for(self, seconds: float) -> bool:
        """Whether so many seconds are left, and any at all."""
        left = None if self._end is None else self._end - perf_counter()
        return left is None or (left > 0 and left >= seconds)

    def is_ample_for(self, expected: float) -> bool:
        """Whether there is no need to look at the clock; a time of 0 is not known yet."""
        return self._end is None or (expected > 0 and self.is_enough_for(_AMPLE * expected))
