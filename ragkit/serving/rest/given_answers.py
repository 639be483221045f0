"""Answers that were given a short while ago, so that whoever was given one can report it, and nobody else can."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from ragkit.answering.answer import Answer


@dataclass(frozen=True, slots=True)
class _Given:
    answer: Answer
    user_id: str
    until: float


class GivenAnswers:
    """Keeps answers in memory, a bounded number for a bounded time.

    They are kept here rather than sent back by the caller with a signature: a report holds the whole trace, which
    callers do not see, and what is reported is then what was shown, to the letter.

    Args:
        most: how many; the oldest goes first.
        seconds: how long.
        clock: seconds that only go up.
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._given: OrderedDict[str, _Given] = OrderedDict()
        self._guard = Lock()

    def keep(self, answer: Answer, user_id: str) -> str:
        """Keeps an answer that a user was given.

        Returns:
            The name under which they may report it. It cannot be guessed.
        """
        now = self._clock()
        name = secrets.token_urlsafe(18)
        with self._guard:
            while self._given and (len(self._given) >= self._most or self._oldest.until <= now):
                self._given.popitem(last=False)
            self._given[name] = _Given(answer, user_id, now + self._seconds)
        return name

    def find(self, name: str, user_id: str) -> Answer | None:
        """The answer of this name that this user was given; None where there is none."""
        with self._guard:
            given = self._given.get(name)
        if given is None or given.user_id != user_id or given.until <= self._clock():
            return None
        return given.answer

    def forget(self, name: str) -> None:
        """Lets go of an answer: it was reported, and one report is enough."""
        with self._guard:
            self._given.pop(name, None)

    @property
    def _oldest(self) -> _Given:
        return next(iter(self._given.values()))
