"""Which questions failed, in which metrics, and what is new since the baseline.

A question fails where asking or judging raised, where a metric with a required value misses it, or where a yes-or-no
metric says no. Retrieval and cost decide nothing here: an answer that is right is right, however far down its passage
stood. Of a variant only ``robustness.right`` decides: one that went right otherwise than its question went right.
Graded metrics without a required value have no pass mark for one question; the gate judges their means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragkit.evaluation.metrics.base import Family, Metric
from ragkit.evaluation.record import Record
from ragkit.evaluation.report.wording import figure
from ragkit.evaluation.results import Results

_DECIDING_NOTHING = frozenset({Family.RETRIEVAL, Family.COST, Family.ROBUSTNESS})
_DECIDING_VARIANTS = "robustness.right"


@dataclass(frozen=True)
class Missed:
    """A metric that a question failed, with its value."""

    metric: Metric
    value: float

    @property
    def label(self) -> str:
        """``Every citation resolves: 50.0 %``; a yes-or-no metric says which."""
        if self.metric.binary:
            return f"{self.metric.title}: {'yes' if self.value else 'no'}"
        return f"{self.metric.title}: {figure(self.value, self.metric.unit)}"


@dataclass(frozen=True)
class Outcome:
    """How one record went.

    Attributes:
        record: the question as it was asked.
        missed: the metrics it failed.
        values: every value it has, by metric name.
        error: what was raised in asking or judging, "" where nothing was.
        failed_before: whether it failed in the baseline; None where the baseline does not know it.
    """

    record: Record
    missed: tuple[Missed, ...]
    values: Mapping[str, float]
    error: str = ""
    failed_before: bool | None = None

    @property
    def failed(self) -> bool:
        """Whether anything went wrong."""
        return bool(self.error or self.missed)


def outcomes_of(
    results: Results,
    metrics: Mapping[str, Metric],
    baseline: Mapping[str, Mapping[str, float]] | None = None,
) -> list[Outcome]:
    """One outcome for each record, in order.

    Args:
        results: the run.
        metrics: by name.
        baseline: metric name -> question id -> value of an earlier run.
    """
    outcomes = []
    for record in results.records:
        values = _values(results.metrics, record.key)
        before = _values(baseline or {}, record.key)
        outcomes.append(
            Outcome(
                record=record,
                missed=tuple(missed_metrics(values, metrics)),
                values=values,
                error=record.error or results.judging_errors.get(record.key, ""),
                failed_before=bool(missed_metrics(before, metrics)) if before else None,
            )
        )
    return outcomes


def missed_metrics(values: Mapping[str, float], metrics: Mapping[str, Metric]) -> list[Missed]:
    """The metrics that a question with these values fails."""
    return [
        Missed(metric, values[name])
        for name, metric in metrics.items()
        if name in values and _misses(metric, values[name])
    ]


def newly_failing(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Failed now, passed in the baseline."""
    return [outcome for outcome in outcomes if outcome.failed and outcome.failed_before is False]


def newly_passing(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Passed now, failed in the baseline."""
    return [outcome for outcome in outcomes if not outcome.failed and outcome.failed_before]


def _values(metrics: Mapping[str, Mapping[str, float]], key: str) -> dict[str, float]:
    return {name: values[key] for name, values in metrics.items() if key in values}


def _misses(metric: Metric, value: float) -> bool:
    if metric.family in _DECIDING_NOTHING and metric.name != _DECIDING_VARIANTS:
        return False
    if metric.required is not None:
        return value < metric.required if metric.higher_is_better else value > metric.required
    return metric.binary and value == metric.worst
