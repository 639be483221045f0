"""The catalogue: every metric in the order of the report, and measuring a whole run with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragkit.evaluation.metrics.abstention import RiskCoverage, abstention_metrics, risk_coverage
from ragkit.evaluation.metrics.answers import answer_metrics
from ragkit.evaluation.metrics.base import Family, Metric, MetricValues, value_of
from ragkit.evaluation.metrics.citations import citation_metrics
from ragkit.evaluation.metrics.cost import StageTime, cost_metrics, stage_times
from ragkit.evaluation.metrics.grounding import grounding_metrics
from ragkit.evaluation.metrics.judging import PairCache, judge
from ragkit.evaluation.metrics.matrices import Judgements
from ragkit.evaluation.metrics.retrieval import retrieval_metrics
from ragkit.evaluation.metrics.robustness import (
    GroupGap,
    GroupRow,
    base_records,
    group_gaps,
    group_rows,
    robustness_metrics,
)
from ragkit.evaluation.record import Record
from ragkit.grounding.base import Scorer

OF_VARIANTS = frozenset({Family.ROBUSTNESS})
"""Families measured on the records of variants; all others on those of the questions' own words."""


@dataclass(frozen=True)
class RunLevel:
    """What can be said of a run and not of a question.

    Attributes:
        risk_coverage: the curve and its area, over the questions' own words.
        groups: one row for each kind and group of variants.
        gaps: for each kind of variant, the gap between its groups.
        stages: time of each stage.
    """

    risk_coverage: RiskCoverage
    groups: tuple[GroupRow, ...]
    gaps: tuple[GroupGap, ...]
    stages: tuple[StageTime, ...]


@dataclass(frozen=True)
class Measurement:
    """Every metric over a run.

    Attributes:
        values: the metrics in the order of the catalogue; one that applied to nothing has no values.
        errors: record key -> what was raised in asking or in judging. Such a record has the worst value in every metric
            that this touches, and no run with one may pass a gate.
        judgements: what the scorer said, for reports.
        run_level: curves and tables.
    """

    values: tuple[MetricValues, ...]
    errors: Mapping[str, str]
    judgements: Judgements
    run_level: RunLevel

    def as_table(self) -> dict[str, dict[str, float]]:
        """Metric name -> record key -> value, as in ``Results.metrics``; metrics without a value are left out."""
        return {each.metric.name: dict(each.values) for each in self.values if each.values}


def all_metrics(judgements: Judgements | None = None, bases: Mapping[str, Record] | None = None) -> tuple[Metric, ...]:
    """Every metric, in the order of the report.

    Args:
        judgements: of the run to be measured; without them the metrics can be listed, and only those that need no
            scorer can be measured.
        bases: question id -> the record of its own words, for the metrics of variants.
    """
    judged = judgements or Judgements()
    return (
        *retrieval_metrics(),
        *grounding_metrics(judged),
        *citation_metrics(judged),
        *answer_metrics(judged),
        *abstention_metrics(),
        *robustness_metrics(bases or {}),
        *cost_metrics(),
    )


def measure(records: Sequence[Record], scorer: Scorer, cache: PairCache | None = None) -> Measurement:
    """Every metric of a run.

    Args:
        records: of questions and of their variants.
        scorer: judges the claims of the questions' own words; variants are compared with those and not judged.
        cache: where the scores of pairs are kept between runs.
    """
    bases = base_records(records)
    judgements = judge(bases.values(), scorer, cache)
    values = tuple(MetricValues(metric, _values(metric, records)) for metric in all_metrics(judgements, bases))
    asking = {
        record.key: record.error or "no answer came back" for record in records if record.error or record.answer is None
    }
    return Measurement(values, {**asking, **judgements.errors}, judgements, run_level(records))


def _values(metric: Metric, records: Sequence[Record]) -> dict[str, float]:
    of_variants = metric.family in OF_VARIANTS
    measured = {
        record.key: value_of(metric, record) for record in records if (record.variant is not None) is of_variants
    }
    return {key: float(value) for key, value in measured.items() if value is not None}


def run_level(records: Sequence[Record]) -> RunLevel:
    """The curves and tables of a run."""
    own_words = list(base_records(records).values())
    rows = group_rows(records)
    return RunLevel(risk_coverage(own_words), rows, group_gaps(rows), stage_times(own_words))
