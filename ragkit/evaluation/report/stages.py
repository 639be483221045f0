"""The retrieval metrics laid out by stage, so that a loss shows where it happens."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.evaluation.metrics.retrieval import Stage
from ragkit.evaluation.report.rows import MetricRow

STAGES = tuple(stage.value for stage in (Stage.LEXICAL, Stage.DENSE, Stage.FUSED))
"""Before the last one, in order; the last one's metrics have no stage in their name."""


def as_returned(rows: Sequence[MetricRow]) -> list[MetricRow]:
    """The rows that are not of an earlier stage of retrieval."""
    return [row for row in rows if _stage(row) is None]


def retrieval_by_stage(rows: Sequence[MetricRow]) -> list[tuple[str, tuple[MetricRow | None, ...]]]:
    """(name of the metric, its row at each of ``STAGES`` and as returned); empty without earlier stages."""
    found = {row.metric.name: row for row in rows}
    if len(as_returned(rows)) == len(rows):
        return []
    table = []
    for row in as_returned(rows):
        family, _, name = row.metric.name.partition(".")
        earlier = (found.get(f"{family}.{stage}.{name}") for stage in STAGES)
        table.append((row.metric.title.partition(" (")[0], (*earlier, row)))
    return table


def _stage(row: MetricRow) -> str | None:
    parts = row.metric.name.split(".")
    return parts[1] if len(parts) == 3 and parts[0] == "retrieval" and parts[1] in STAGES else None
