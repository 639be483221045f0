"""The rows of the metric table: each metric with its interval, and its difference to the baseline with one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ragkit.evaluation.gate.baseline import Baseline
from ragkit.evaluation.metrics.base import Family, Metric
from ragkit.evaluation.results import Results
from ragkit.evaluation.statistics.bootstrap import mean_interval
from ragkit.evaluation.statistics.interval import Interval
from ragkit.evaluation.statistics.paired import paired_difference

RESAMPLES = 1_000
"""Of the intervals that are only shown; the gate decides with its own."""
BEYOND_CHANCE = 0.025
"""One-sided p value below which a difference is called better or worse."""
DIGITS = 6
"""Of a value that is compared: baselines are written with so many, and what was cut off is no difference."""


@dataclass(frozen=True)
class MetricRow:
    """A metric over a run.

    Attributes:
        metric: which.
        n: questions (variants included) that it applied to.
        value: its mean with a 95 % interval, resampled by cluster.
        baseline: the baseline's mean over the questions that both have; None without such questions.
        difference: of the questions that both have, now minus baseline.
        change: "better" or "worse" where the difference is beyond chance (one-sided p below 0.025 for either), or "".
    """

    metric: Metric
    n: int
    value: Interval
    baseline: float | None = None
    difference: Interval | None = None
    change: str = ""


def metric_rows(results: Results, metrics: Mapping[str, Metric], baseline: Baseline | None) -> list[MetricRow]:
    """One row for each metric that applied to a question, in the order of the families."""
    clusters = {record.key: record.question.cluster for record in results.records}
    order = list(Family)
    rows = [
        _row(metrics[name], values, dict(baseline.metrics.get(name, {})) if baseline else {}, clusters)
        for name, values in results.metrics.items()
        if values and name in metrics
    ]
    return sorted(rows, key=lambda row: order.index(row.metric.family))


def interval_of(values: Mapping[str, float], clusters: Mapping[str, str]) -> Interval:
    """The mean of some questions' values with a 95 % interval; a question's cluster is resampled as one."""
    keys = list(values)
    return mean_interval([values[key] for key in keys], [clusters.get(key, key) for key in keys], resamples=RESAMPLES)


def known_metrics(names: Iterable[str], catalogue: Iterable[Metric]) -> dict[str, Metric]:
    """The metrics of these names. One that the catalogue lacks is shown under its name, and decides nothing."""
    listed = {metric.name: metric for metric in catalogue}
    return {name: listed.get(name) or _unlisted(name) for name in names}


def _row(
    metric: Metric, values: Mapping[str, float], before: Mapping[str, float], clusters: Mapping[str, str]
) -> MetricRow:
    value = interval_of(values, clusters)
    both = [key for key in values if key in before]
    if not both:
        return MetricRow(metric, len(values), value)
    old, new = [round(before[key], DIGITS) for key in both], [round(values[key], DIGITS) for key in both]
    risen = sum(new) > sum(old)
    # tested in the direction that it went, as a loss where that is a rise too: the interval is then turned back
    found = paired_difference(
        old, new, [clusters.get(key, key) for key in both], higher_is_better=not risen, resamples=RESAMPLES
    )
    ends = (found.loss.low, found.loss.high) if risen else (-found.loss.high, -found.loss.low)
    difference = Interval(found.after - found.before, *ends, found.loss.level, found.loss.method)
    change = ""
    if found.p < BEYOND_CHANCE:
        change = "better" if risen == metric.higher_is_better else "worse"
    return MetricRow(metric, len(values), value, found.before, difference, change)


def _unlisted(name: str) -> Metric:
    family, _, rest = name.partition(".")
    return Metric(
        name=name,
        family=Family(family) if family in set(Family) else Family.ANSWERS,
        title=(rest or name).replace("_", " "),
        definition="not in this version's catalogue of metrics",
        measure=lambda record: None,
        unit="value",
    )
