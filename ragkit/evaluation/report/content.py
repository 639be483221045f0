"""What every report says, worked out once: the table of metrics, the slices, the failed questions, the curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ragkit.evaluation.gate.baseline import Baseline
from ragkit.evaluation.gate.groundedness import CorrectedGroundedness
from ragkit.evaluation.gate.verdict import GateCheck, GateVerdict
from ragkit.evaluation.metrics.base import Family, Metric
from ragkit.evaluation.report.failures import Outcome, newly_failing, newly_passing, outcomes_of
from ragkit.evaluation.report.groundedness import groundedness_of
from ragkit.evaluation.report.rows import MetricRow, known_metrics, metric_rows
from ragkit.evaluation.report.slices import Dimension, dimensions_of
from ragkit.evaluation.report.wording import count
from ragkit.evaluation.results import Results


@dataclass(frozen=True)
class ReportContent:
    """What every report says.

    Attributes:
        results, verdict, baseline: as given.
        metrics: by name, those the results have.
        rows: the table of metrics.
        outcomes: one for each record.
        dimensions: the slices.
        groundedness: raw and corrected; None where no answer shows a claim.
    """

    results: Results
    verdict: GateVerdict | None
    baseline: Baseline | None
    metrics: Mapping[str, Metric]
    rows: Sequence[MetricRow]
    outcomes: Sequence[Outcome]
    dimensions: Sequence[Dimension]
    groundedness: CorrectedGroundedness | None

    @property
    def failed(self) -> list[Outcome]:
        """The questions that failed, in the order of the set."""
        return [outcome for outcome in self.outcomes if outcome.failed]

    @property
    def newly_failing(self) -> list[Outcome]:
        """Failed now, passed in the baseline."""
        return newly_failing(self.outcomes)

    @property
    def newly_passing(self) -> list[Outcome]:
        """Passed now, failed in the baseline."""
        return newly_passing(self.outcomes)

    @property
    def failing_checks(self) -> list[GateCheck]:
        """The checks of the gate that failed."""
        return list(self.verdict.failures) if self.verdict else []

    @property
    def warnings(self) -> list[GateCheck]:
        """The checks that a person should look at, though they stop nothing."""
        return list(self.verdict.warnings) if self.verdict else []

    @property
    def passing_checks(self) -> list[GateCheck]:
        """The checks that passed without a warning."""
        spoken = {*self.failing_checks, *self.warnings}
        return [check for check in self.verdict.checks if check not in spoken] if self.verdict else []

    @property
    def headline(self) -> str:
        """The verdict in one sentence."""
        if self.verdict is None:
            return "No verdict: this run was not held against a gate"
        if not self.verdict.checks:
            return "Must not ship: the gate checked nothing"
        total = count(len(self.verdict.checks), "check")
        if not self.verdict.passed:
            return f"Must not ship: {len(self.failing_checks)} of {total} failed"
        warned = f", {count(len(self.warnings), 'warning')}" if self.warnings else ""
        return f"May ship: {total} passed{warned}"

    def family(self, family: Family) -> list[MetricRow]:
        """The rows of one family."""
        return [row for row in self.rows if row.metric.family is family]


def report_content(
    results: Results, verdict: GateVerdict | None, baseline: Baseline | None, catalogue: Iterable[Metric]
) -> ReportContent:
    """Works out what the reports say.

    Args:
        results: the run.
        verdict: of the gate; None where there was none.
        baseline: what the run is compared with; None for nothing.
        catalogue: the metrics that are known.
    """
    metrics = known_metrics(results.metrics, catalogue)
    outcomes = outcomes_of(results, metrics, baseline.metrics if baseline else None)
    rows = metric_rows(results, metrics, baseline)
    return ReportContent(
        results=results,
        verdict=verdict,
        baseline=baseline,
        metrics=metrics,
        rows=rows,
        outcomes=outcomes,
        dimensions=dimensions_of(outcomes),
        groundedness=groundedness_of(results),
    )
