"""What may be spent on language models: tokens an answer, tokens and cost a day.

Before a request, what it may cost at most is set aside; afterwards, what it did cost is counted. So many requests at
the same time cannot spend more than there is, except by what a server charges beyond the limits that it was given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Protocol

from ragkit.deployment.deployment import BudgetSettings
from ragkit.language_models.deadline import Deadline

_DAYS_KEPT = 2  # a request that began before midnight is counted for the day on which it began


@dataclass(frozen=True, slots=True)
class Expense:
    """Tokens, input and output together, and their cost in the currency of the prices."""

    tokens: int = 0
    cost: float = 0.0

    def __add__(self, other: Expense) -> Expense:
        return Expense(self.tokens + other.tokens, self.cost + other.cost)

    def __sub__(self, other: Expense) -> Expense:
        return Expense(self.tokens - other.tokens, self.cost - other.cost)


class Ledger(Protocol):
    """Where the expenses of each day stand."""

    def spent(self, day: date) -> Expense:
        """All expenses of a day so far."""
        ...

    def add(self, day: date, expense: Expense) -> None:
        """Counts one more."""
        ...

    def close(self) -> None:
        """Lets go of what it holds."""
        ...


class MemoryLedger:
    """Expenses of this process. Only the last days are kept."""

    def __init__(self) -> None:
        self._days: dict[date, Expense] = {}

    def spent(self, day: date) -> Expense:
        """See ``Ledger``."""
        return self._days.get(day, Expense())

    def add(self, day: date, expense: Expense) -> None:
        """See ``Ledger``."""
        self._days[day] = self.spent(day) + expense
        for old in sorted(self._days)[:-_DAYS_KEPT]:
            del self._days[old]

    def close(self) -> None:
        """Holds nothing."""


class Reservation:
    """An expense that was set aside. ``settle`` is called once, when what was spent is known."""

    def __init__(self, settle: Callable[[Expense], None]) -> None:
        self._settle: Callable[[Expense], None] | None = settle

    def settle(self, spent: Expense) -> None:
        """Counts what was spent instead of what was set aside; only the first call counts."""
        settle, self._settle = self._settle, None
        if settle is not None:
            settle(spent)


class Budget:
    """The budget of a deployment. Safe to use from many threads.

    Requests with the same deadline belong to the same answer: a deadline is made when a question comes in, and handed
    down through all that is done for it.

    Args:
        settings: the limits.
        ledger: where the expenses of a day are counted.
        today: the local date; for tests.
    """

    def __init__(self, settings: BudgetSettings, ledger: Ledger, today: Callable[[], date] = date.today) -> None:
        self._settings = settings
        self._ledger = ledger
        self._today = today
        self._lock = Lock()
        self._set_aside = Expense()
        self._answers: dict[float, int] = {}

    def reserve(self, deadline: Deadline, most: Expense) -> Reservation | str:
        """Sets an expense aside.

        Args:
            deadline: of the answer that it is for.
            most: what it may be.

        Returns:
            The reservation; or one plain sentence that says which limit it would exceed.
        """
        with self._lock:
            today = self._today()
            problem = self._problem(deadline, most, today)
            if problem:
                return problem
            self._set_aside += most
            self._answers[deadline.at] = self._answers.get(deadline.at, 0) + most.tokens
        return Reservation(lambda spent: self._settle(deadline, today, most, spent))

    def close(self) -> None:
        """Lets go of the ledger."""
        self._ledger.close()

    def _problem(self, deadline: Deadline, most: Expense, today: date) -> str:
        limits = self._settings
        answer = self._answers.get(deadline.at, 0) + most.tokens
        if limits.tokens_per_answer is not None and answer > limits.tokens_per_answer:
            return f"The request could exceed the {limits.tokens_per_answer:,} tokens of an answer (tokens_per_answer)."
        if limits.tokens_per_day is None and limits.cost_per_day is None:
            return ""
        day = self._ledger.spent(today) + self._set_aside + most
        if limits.tokens_per_day is not None and day.tokens > limits.tokens_per_day:
            return f"The request could exceed the {limits.tokens_per_day:,} tokens of a day (tokens_per_day)."
        if limits.cost_per_day is not None and day.cost > limits.cost_per_day:
            return f"The request could exceed the cost of {limits.cost_per_day:g} a day (cost_per_day)."
        return ""

    def _settle(self, deadline: Deadline, day: date, most: Expense, spent: Expense) -> None:
        with self._lock:
            self._set_aside -= most
            if deadline.at in self._answers:  # another answer may have cleared it away, where its deadline has passed
                self._answers[deadline.at] += spent.tokens - most.tokens
            for at in [at for at in self._answers if Deadline(at).passed and at != deadline.at]:
                del self._answers[at]
            self._ledger.add(day, spent)
