"""Hands records to DeepEval: ``pip install 'ragkit[deepeval]'``. DeepEval needs a language model for most metrics."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from ragkit.evaluation.adapters.rows import Contexts, Row, installed, to_rows
from ragkit.evaluation.record import Record


def to_deepeval(
    records: Iterable[Record], *, contexts: Contexts = "passages", limit: int = 10, shown_only: bool = False
) -> list[Any]:
    """A ``deepeval.test_case.LLMTestCase`` for each record, in order.

    DeepEval reports its use to its makers unless DEEPEVAL_TELEMETRY_OPT_OUT is set: it is set here, unless you set it.
    ``rows`` says what becomes of refusals, errors and unanswerable questions.

    Args:
        records: of a run.
        contexts: what to hand over as retrieved contexts.
        limit: passages at most.
        shown_only: leave out refusals, not errors.

    Raises:
        EvaluationError: DeepEval is not installed.
    """
    os.environ.setdefault("DEEPEVAL_TELEMETRY_OPT_OUT", "1")  # before it is imported; nothing is sent unasked
    cases = installed("deepeval.test_case", "deepeval")
    rows = to_rows(records, contexts=contexts, limit=limit, shown_only=shown_only)
    return [cases.LLMTestCase(**_arguments(row)) for row in rows]


def _arguments(row: Row) -> dict[str, Any]:
    return {
        "input": row["question"],
        "actual_output": row["response"],
        "expected_output": row["reference"],
        "context": row["reference_contexts"] or None,
        "retrieval_context": row["contexts"],
        "completion_time": row["seconds"],
        "name": row["id"],
        "tags": [row["category"]],
        "metadata": {"status": row["status"], "error": row["error"]},
    }
