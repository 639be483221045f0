"""Records as plain rows: what every other evaluation tool asks for, under plain names.

What happened to a record, and what the other tools make of it (each of ragkit's own metrics has one documented value):

=========================  ========================================  ===============================================
What happened              In the row                                What the other tools make of it
=========================  ========================================  ===============================================
An answer                  the statements, without their [1] marks   what they are made for
A refusal                  the sentence that was shown               its words are judged as if they were claims;
                                                                     ``shown_only`` leaves refusals out
Asking raised              an empty response, the error beside it    ragas gives NaN and leaves it out of the mean,
                                                                     DeepEval calls no claims a perfect score: count
                                                                     the rows with an ``error`` yourself
Nothing was retrieved      an empty list of contexts                 metrics of context raise or leave it out
An unanswerable question   no reference                              metrics that need one raise or leave it out
=========================  ========================================  ===============================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any, Literal, TypedDict

from ragkit.errors import EvaluationError
from ragkit.evaluation.record import Record

Contexts = Literal["passages", "quotes"]
"""What is handed over as the retrieved contexts: the passages that the search found, or the quotes that were cited."""

_MARKS = re.compile(r"(?:\s*\[\d+(?:,\s?\d+)*\])+(?=[.;]?\s*$)")


class Row(TypedDict):
    """One record as a plain dictionary.

    Keys:
        id: the record's key.
        question: the words asked.
        response: what was shown; "" where asking raised.
        contexts: the passages found, best first, or the quotes cited.
        reference: the gold quotes, one a line; None for an unanswerable question.
        reference_contexts: the gold quotes.
        status: of the answer; "error" where asking raised.
        category: of the question.
        error: what was raised, "" where all went well.
        seconds: wall time of the answer.
    """

    id: str
    question: str
    response: str
    contexts: list[str]
    reference: str | None
    reference_contexts: list[str]
    status: str
    category: str
    error: str
    seconds: float


def to_rows(
    records: Iterable[Record], *, contexts: Contexts = "passages", limit: int = 10, shown_only: bool = False
) -> list[Row]:
    """One row for each record, in order.

    Args:
        records: of a run (``Results.records``).
        contexts: what to hand over as retrieved contexts.
        limit: passages at most.
        shown_only: leave out refusals, not errors.
    """
    kept = (record for record in records if record.shown or record.answer is None or not shown_only)
    return [_row(record, contexts, limit) for record in kept]


def installed(module: str, extra: str) -> Any:
    """The module of an optional extra.

    Raises:
        EvaluationError: it is not installed, or cannot be imported.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise EvaluationError(
            f"{module} cannot be imported ({error}). Install it with: pip install 'ragkit[{extra}]'"
        ) from error


def _row(record: Record, contexts: Contexts, limit: int) -> Row:
    question, answer = record.question, record.answer
    gold = [span.quote for span in question.gold]
    found = [passage.text for passage in record.passages[:limit]]
    quotes = [citation.quote for citation in answer.citations] if answer else []
    return Row(
        id=record.key,
        question=record.asked,
        response=_response(record),
        contexts=found if contexts == "passages" else quotes,
        reference="\n".join(gold) if gold else None,
        reference_contexts=gold,
        status=answer.status.value if answer else "error",
        category=question.category,
        error=record.error,
        seconds=record.milliseconds / 1000,
    )


def _response(record: Record) -> str:
    if record.answer is None:
        return ""
    statements = [_MARKS.sub("", statement.text).strip() for statement in record.answer.statements]
    return "\n".join(statements) if record.shown else record.answer.text
