"""Groundedness as the scorer counted it, beside the share corrected for how often that scorer is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from ragkit.evaluation.report.rows import interval_of
from ragkit.evaluation.results import Results
from ragkit.evaluation.statistics.bootstrap import effective_n
from ragkit.evaluation.statistics.correction import JudgeError, rogan_gladen
from ragkit.evaluation.statistics.interval import Interval

FAITHFULNESS = "grounding.faithfulness"
"""The metric that is corrected: the share of an answer's claims that its evidence supports."""


@dataclass(frozen=True)
class Groundedness:
    """Raw and corrected groundedness of a run.

    Attributes:
        raw: mean share of claims that the scorer called supported.
        corrected: the share that is truly supported, after Rogan and Gladen; None where it cannot be said.
        note: what the correction takes for granted, or why there is none.
    """

    raw: Interval
    corrected: Interval | None
    note: str


def groundedness_of(results: Results, judge: JudgeError | None = None) -> Groundedness | None:
    """The groundedness of a run; None where no answer was judged.

    Args:
        results: the run.
        judge: how often the scorer is right on human-labelled claims; None where nobody measured it.
    """
    values = results.metrics.get(FAITHFULNESS)
    if not values:
        return None
    clusters = {record.key: record.question.cluster for record in results.records}
    raw = interval_of(values, clusters)
    if judge is None:
        return Groundedness(raw, None, "The error of this scorer has not been measured: the raw share is all there is.")
    n = effective_n(list(values.values()), [clusters.get(key, key) for key in values])
    try:
        corrected = rogan_gladen(raw.estimate * n, n, judge)
    except ValueError as error:
        return Groundedness(raw, None, str(error))
    return Groundedness(raw, corrected, _assumption(judge))


def _assumption(judge: JudgeError) -> str:
    return (
        f"On human-labelled claims the scorer recognised {judge.sensitivity:.1%} of the supported and "
        f"{judge.specificity:.1%} of the unsupported ones. The correction takes for granted that it errs as often here."
    )
