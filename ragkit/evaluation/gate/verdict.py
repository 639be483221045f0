"""What the gate says: each check in plain words, and one verdict that the exit code follows from."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, field_serializer

from ragkit.evaluation.statistics.interval import Interval


class Outcome(StrEnum):
    """How a check ended. Only ``fail`` stops a change."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


class CheckKind(StrEnum):
    """The kinds of checks; ``gate.py`` tells why each exists."""

    ERRORS = "errors"
    CONFIGURATION = "configuration"
    COVERAGE = "coverage"
    REQUIRED = "required"
    FLOOR = "floor"
    COMPARISON = "comparison"
    CRITICAL = "critical"
    MUST_FAIL = "must_fail"
    CACHE = "cache"
    PASSAGES = "passages"
    CITATIONS_KEPT = "citations_kept"
    DOCUMENTS = "documents"
    JUDGE = "judge"


class GateCheck(BaseModel):
    """One check.

    Attributes:
        kind: what was checked.
        metric: of which metric; "" for checks of the whole run.
        outcome: pass, warn or fail.
        message: what was found and, for a failure, what to do next, in plain words.
        observed: the figure that was found, in the metric's unit (for comparisons: the loss).
        wanted: the figure it was held against (floor, required value, margin).
        interval: around ``observed``.
        p: one-sided p value of a comparison.
        p_holm: the same after Holm's correction over all compared metrics.
        n: questions that were looked at.
        n_needed: questions that a comparison needs to see a loss of twice the margin.
        keys: the questions concerned.
    """

    model_config = ConfigDict(frozen=True)

    kind: CheckKind
    outcome: Outcome
    message: str
    metric: str = ""
    observed: float | None = None
    wanted: float | None = None
    interval: Interval | None = None
    p: float | None = None
    p_holm: float | None = None
    n: int | None = None
    n_needed: int | None = None
    keys: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Kind and metric, for tables and test reports."""
        return f"{self.kind.value}: {self.metric}" if self.metric else self.kind.value

    @property
    def passed(self) -> bool:
        """Whether it does not stop the change; a warning does not."""
        return self.outcome is not Outcome.FAIL

    @field_serializer("interval")
    def _finite(self, interval: Interval | None) -> dict[str, Any] | None:
        """An end that is unknown is null in JSON, which has no infinity."""
        if interval is None:
            return None
        ends = {"low": interval.low, "high": interval.high}
        finite = {name: end if abs(end) != float("inf") else None for name, end in ends.items()}
        return {"estimate": interval.estimate, **finite, "level": interval.level, "method": interval.method}


class SliceLoss(BaseModel):
    """A category in which a compared metric lost; for information, since a slice is too small to be tested.

    Attributes:
        metric: which.
        category: of the questions.
        n: questions compared.
        before, after: means.
        worse, better: questions that changed.
    """

    model_config = ConfigDict(frozen=True)

    metric: str
    category: str
    n: int
    before: float
    after: float
    worse: int
    better: int


class GateVerdict(BaseModel):
    """Whether a change may ship.

    Attributes:
        checks: every check, failures first.
        slices: categories that lost, largest loss first.
        compared: whether there was a baseline.
    """

    model_config = ConfigDict(frozen=True)

    checks: tuple[GateCheck, ...]
    slices: tuple[SliceLoss, ...] = ()
    compared: bool = False

    @property
    def passed(self) -> bool:
        """Whether no check failed. A gate that checked nothing has not passed."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def failures(self) -> tuple[GateCheck, ...]:
        """The checks that stop the change."""
        return tuple(check for check in self.checks if check.outcome is Outcome.FAIL)

    @property
    def warnings(self) -> tuple[GateCheck, ...]:
        """What a person should look at, though it stops nothing."""
        return tuple(check for check in self.checks if check.outcome is Outcome.WARN)

    @property
    def exit_code(self) -> int:
        """0 where the gate passed, else 1: always what ``text`` says."""
        return 0 if self.passed else 1

    @property
    def n_needed(self) -> dict[str, int]:
        """For each compared metric, the questions needed to see a loss of twice its margin."""
        return {check.metric: check.n_needed for check in self.checks if check.n_needed is not None}

    @property
    def text(self) -> str:
        """The verdict with every check, for a terminal."""
        failed, warned = len(self.failures), len(self.warnings)
        head = "GATE PASSED" if self.passed else "GATE FAILED"
        lines = [f"{head}: {len(self.checks)} checks, {failed} failed, {warned} warnings"]
        lines += [f"  {check.outcome.value.upper():4}  {check.name}: {check.message}" for check in self.checks]
        lines += [
            f"  loss in {loss.category}: {loss.metric} {loss.before:.3f} -> {loss.after:.3f} "
            f"({loss.worse} worse, {loss.better} better of {loss.n})"
            for loss in self.slices
        ]
        return "\n".join(lines)


def some(items: Sequence[object], most: int = 8) -> str:
    """The first few of a list in words.

    >>> some(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = ", ".join(str(item) for item in items[:most])
    return shown + (f" and {len(items) - most} more" if len(items) > most else "")
