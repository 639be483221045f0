"""results.json: the results, with the verdict and the means beside them, for programs.

Of the passages that were found, the first ones are kept, and of each its place and ranks without its words: fifty
passages of a thousand questions are tens of megabytes of text that the knowledge base holds anyway.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import isfinite
from typing import Any

from ragkit.evaluation.gate.verdict import GateVerdict
from ragkit.evaluation.record import Record
from ragkit.evaluation.report.rows import MetricRow
from ragkit.evaluation.results import Results
from ragkit.evaluation.statistics.interval import Interval

PASSAGES = 10
"""Passages of a record that are kept."""


def results_json(results: Results, verdict: GateVerdict | None, rows: Sequence[MetricRow]) -> str:
    """The text of results.json. ``Results.model_validate_json`` reads it back and leaves the additions aside."""
    whole: dict[str, Any] = {"verdict": _verdict(verdict), "summary": [_summary(row) for row in rows]}
    slim = results.model_copy(update={"records": tuple(map(_slim, results.records))})
    return json.dumps(whole | slim.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)


def _slim(record: Record) -> Record:
    passages = tuple(passage.model_copy(update={"text": ""}) for passage in record.passages[:PASSAGES])
    answer = record.answer
    if answer is not None:
        answer = answer.model_copy(update={"trace": answer.trace.model_copy(update={"passages": ()})})
    return record.model_copy(update={"passages": passages, "answer": answer})


def _verdict(verdict: GateVerdict | None) -> dict[str, Any] | None:
    return None if verdict is None else {"passed": verdict.passed, **verdict.model_dump(mode="json")}


def _summary(row: MetricRow) -> dict[str, Any]:
    return {
        "metric": row.metric.name,
        "title": row.metric.title,
        "unit": row.metric.unit,
        "higher_is_better": row.metric.higher_is_better,
        "n": row.n,
        "value": _interval(row.value),
        "baseline": row.baseline,
        "difference": row.difference and _interval(row.difference),
    }


def _interval(interval: Interval) -> dict[str, Any]:
    """JSON has no infinity: an end that is not known is null."""
    low, high = (end if isfinite(end) else None for end in (interval.low, interval.high))
    return {"estimate": interval.estimate, "low": low, "high": high, "method": interval.method}
