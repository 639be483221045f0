"""How long to wait before a request is made again.

Exponential backoff with full jitter: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. What a
server asks for (Retry-After) goes before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from threading import Lock

_SPREAD = 0.25  # of what a server asks for, so that those who wait do not come back all at once


@dataclass(frozen=True)
class Backoff:
    """Pauses between the requests to one provider.

    Attributes:
        first_seconds: the longest pause before the second request; it doubles with each one.
        longest_seconds: the longest pause of all.
        chance: for tests.
    """

    first_seconds: float = 0.5
    longest_seconds: float = 8.0
    chance: Random = field(default_factory=Random)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def pause(self, failures: int, wanted: float | None = None) -> float:
        """Seconds to wait.

        Args:
            failures: requests that failed so far, at least 1.
            wanted: what the server asks for; never less is returned.
        """
        with self._lock:
            drawn = self.chance.random()
        if wanted is not None:
            return wanted + drawn * min(1.0, wanted * _SPREAD)
        return drawn * min(self.longest_seconds, self.first_seconds * 2.0 ** (failures - 1))
