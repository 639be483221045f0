"""Hands records to ragas: ``pip install 'ragkit[ragas]'``. ragas needs a language model of yours for most metrics."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from ragkit.evaluation.adapters.rows import Contexts, installed, to_rows
from ragkit.evaluation.record import Record


def to_ragas(
    records: Iterable[Record], *, contexts: Contexts = "passages", limit: int = 10, shown_only: bool = False
) -> Any:
    """A ``ragas.EvaluationDataset`` with one ``SingleTurnSample`` for each record, in order.

    ragas reports its use to its makers unless RAGAS_DO_NOT_TRACK is "true": it is set here, unless you set it.
    ``rows`` says what becomes of refusals, errors and unanswerable questions.

    Args:
        records: of a run.
        contexts: what to hand over as retrieved contexts.
        limit: passages at most.
        shown_only: leave out refusals, not errors.

    Raises:
        EvaluationError: ragas is not installed.
    """
    os.environ.setdefault("RAGAS_DO_NOT_TRACK", "true")  # before it is imported; nothing is sent without being asked
    ragas = installed("ragas", "ragas")
    samples = [
        ragas.SingleTurnSample(
            user_input=row["question"],
            response=row["response"],
            retrieved_contexts=row["contexts"],
            reference=row["reference"],
            reference_contexts=row["reference_contexts"],
        )
        for row in to_rows(records, contexts=contexts, limit=limit, shown_only=shown_only)
    ]
    return ragas.EvaluationDataset(samples=samples)
