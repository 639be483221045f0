"""What a metric is: one value for each question it applies to, and what that value is when things go wrong.

The same convention holds for every metric, so that nothing goes by default:

=================================  =====================================================================================
What happened                      Value
=================================  =====================================================================================
Asking or judging raised           the metric's ``worst`` value for every question it could apply to
Nothing was retrieved              0 in every retrieval metric of an answerable question
A refusal (no lines shown)         0 where a metric asks "was what is needed shown?" (must-have, recall); not
                                   applicable where it asks "is what is shown right?" (precision, faithfulness); what
                                   looks at the search alone (hit, claim recall, context precision) does not look at it
"Answered" without a statement     the ``worst`` value: an answer that claims nothing is a failure, not a perfect score
A statement without a citation     unsupported
A citation number without a        unsupported, and counted as a wrong citation
citation
A citation nobody looked up        counted as one that does not resolve, is not in force, not permitted
A quote not at its place           no evidence for any claim
A variant without its question's   the metric's ``worst`` value
own record
=================================  =====================================================================================

``tests/evaluation/metrics/test_the_convention.py`` holds every metric to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ragkit.evaluation.record import Record


class Family(StrEnum):
    """The groups of the metrics; sections of the report."""

    RETRIEVAL = "retrieval"
    GROUNDING = "grounding"
    CITATIONS = "citations"
    ANSWERS = "answers"
    ABSTENTION = "abstention"
    ROBUSTNESS = "robustness"
    COST = "cost"


@dataclass(frozen=True)
class Metric:
    """One metric.

    Attributes:
        name: "family.metric", as in the gate's settings ("abstention.over_refusal").
        family: its group.
        title: a few words for tables.
        definition: one sentence; the docstring of ``measure`` tells the whole.
        measure: a record's value, or None where the metric does not apply to it. Never called for an errored one.
        applies: whether the metric could apply to a record, by its question alone; a record with an error then gets
            ``worst``.
        higher_is_better: direction.
        worst: the value of a failure.
        required: the value that every question must have (1.0 for "every citation resolves"); None for no such rule.
        binary: 0 or 1 for each question, so that McNemar's test fits.
        unit: "share" (0..1), "count", "words" or "ms".
    """

    name: str
    family: Family
    title: str
    definition: str
    measure: Callable[[Record], float | None]
    applies: Callable[[Record], bool] = lambda record: True
    higher_is_better: bool = True
    worst: float = 0.0
    required: float | None = None
    binary: bool = False
    unit: str = "share"


@dataclass(frozen=True)
class MetricValues:
    """A metric over all records of a run.

    Attributes:
        metric: which.
        values: for each question id it applies to, its value. For variants the key is "id~kind-number".
    """

    metric: Metric
    values: Mapping[str, float]

    @property
    def mean(self) -> float | None:
        """The plain mean; None where the metric applied to no question."""
        return sum(self.values.values()) / len(self.values) if self.values else None


def value_of(metric: Metric, record: Record) -> float | None:
    """A record's value of a metric, with the convention for errors applied."""
    if record.error or record.answer is None:
        return metric.worst if metric.applies(record) else None
    return metric.measure(record)
