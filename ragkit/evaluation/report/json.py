"""results.json: the results as they are, with the verdict and the means beside them, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import isfinite
from typing import Any

from ragkit.evaluation.gate.verdict import GateVerdict
from ragkit.evaluation.report.rows import MetricRow
from ragkit.evaluation.results import Results
from ragkit.evaluation.statistics.interval import Interval


def results_json(results: Results, verdict: GateVerdict | None, rows: Sequence[MetricRow]) -> str:
    """The text of results.json. ``Results.model_validate_json`` reads it back and leaves the additions aside."""
    whole: dict[str, Any] = {"verdict": _verdict(verdict), "summary": [_summary(row) for row in rows]}
    return json.dumps(whole | results.model_dump(mode="json"), ensure_ascii=False, indent=1, allow_nan=False)


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
