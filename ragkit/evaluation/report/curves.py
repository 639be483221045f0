"""Whether the confidence of an answer can be trusted: stated confidence against the share that was right."""

from __future__ import annotations

from collections.abc import Iterable

from ragkit.evaluation.metrics.abstention import confidence_of
from ragkit.evaluation.metrics.answers import is_right
from ragkit.evaluation.record import Record
from ragkit.evaluation.statistics.discrimination import ReliabilityBin, reliability_table


def confidence_bins(records: Iterable[Record], *, bins: int = 10) -> tuple[ReliabilityBin, ...]:
    """Shown answers in bins by stated confidence, with the share of each bin that was right; empty without answers."""
    shown = [record for record in records if record.shown]
    if not shown:
        return ()
    return reliability_table([is_right(record) for record in shown], list(map(confidence_of, shown)), bins=bins)
