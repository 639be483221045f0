"""The curves of a run: risk against coverage, and stated support against what was right."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.evaluation.record import Record
from ragkit.evaluation.report.failures import Outcome
from ragkit.evaluation.report.figures import CurvePoint
from ragkit.evaluation.statistics.discrimination import ReliabilityBin, reliability_table


def confidence(record: Record) -> float:
    """How sure an answer is: the support of its weakest statement; 0 where it has none."""
    return min((statement.support for statement in record.answer.statements), default=0.0) if record.answer else 0.0


def risk_coverage(outcomes: Sequence[Outcome]) -> list[CurvePoint]:
    """Share of shown answers that failed, if only the surest are shown, against the share of all questions answered.

    Geifman & El-Yaniv (2017), "Selective classification for deep neural networks", NeurIPS, section 2. Answers of one
    confidence are shown together, so that their order plays no part.
    """
    shown = sorted((o for o in outcomes if o.record.shown), key=lambda o: -confidence(o.record))
    points, failed = [], 0
    for position, outcome in enumerate(shown, start=1):
        failed += outcome.failed
        following = shown[position] if position < len(shown) else None
        if following is None or confidence(following.record) < confidence(outcome.record):
            points.append(CurvePoint(coverage=position / len(outcomes), risk=failed / position))
    return points


def confidence_bins(outcomes: Sequence[Outcome], *, bins: int = 10) -> tuple[ReliabilityBin, ...]:
    """Shown answers in bins by stated support, with the share of each bin that passed."""
    shown = [outcome for outcome in outcomes if outcome.record.shown]
    if not shown:
        return ()
    return reliability_table(
        [not outcome.failed for outcome in shown], [confidence(outcome.record) for outcome in shown], bins=bins
    )
