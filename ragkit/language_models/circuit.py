"""A circuit breaker: a server that failed several times in a row is left alone for a while.

States as in M. Nygard, "Release It!" (2nd ed., chapter 5): closed lets requests through; open lets none; after a pause,
half-open lets one through, whose end decides.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from threading import Lock
from time import monotonic

from ragkit.deployment.deployment import BreakerSettings


class CircuitState(StrEnum):
    """Whether requests are let through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Circuit:
    """The circuit of one provider. Safe to use from many threads.

    Whoever was let through by ``enter`` calls one of ``succeeded``, ``failed`` and ``undecided`` when they are done.

    Args:
        settings: when it opens, and for how long.
        clock: seconds; for tests.
    """

    def __init__(self, settings: BreakerSettings, clock: Callable[[], float] = monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._open_until: float | None = None
        self._probing = False

    @property
    def state(self) -> CircuitState:
        """How it stands now."""
        with self._lock:
            return self._state()

    @property
    def seconds_left(self) -> float:
        """How long it stays open; 0 where it is not."""
        with self._lock:
            return max(0.0, self._open_until - self._clock()) if self._open_until is not None else 0.0

    def enter(self) -> bool:
        """Whether a request may be made now."""
        with self._lock:
            state = self._state()
            if state is CircuitState.CLOSED:
                return True
            if state is CircuitState.OPEN or self._probing:
                return False
            self._probing = True
            return True

    def succeeded(self) -> None:
        """The server replied."""
        with self._lock:
            self._failures, self._open_until, self._probing = 0, None, False

    def failed(self) -> None:
        """The server was at fault."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._settings.failures or self._probing:
                self._rest(self._settings.pause_seconds)
            self._probing = False

    def undecided(self) -> None:
        """The request ended without saying anything of the server's health."""
        with self._lock:
            self._probing = False

    def rest(self, seconds: float) -> None:
        """Opens it for this long: the server asked for it."""
        with self._lock:
            self._rest(seconds)

    def _rest(self, seconds: float) -> None:
        until = self._clock() + seconds
        self._open_until = until if self._open_until is None else max(until, self._open_until)

    def _state(self) -> CircuitState:
        if self._open_until is None:
            return CircuitState.CLOSED
        return CircuitState.OPEN if self._clock() < self._open_until else CircuitState.HALF_OPEN
