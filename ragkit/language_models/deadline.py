"""A point in time by which something has to be done, handed down through all that is called for it."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Self


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point of the monotonic clock.

    Attributes:
        at: seconds of ``time.monotonic``.
    """

    at: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """The deadline this many seconds from now."""
        return cls(monotonic() + seconds)

    @property
    def remaining(self) -> float:
        """Seconds left, 0 where it has passed."""
        return max(0.0, self.at - monotonic())

    @property
    def passed(self) -> bool:
        """Whether nothing is left."""
        return self.remaining <= 0
