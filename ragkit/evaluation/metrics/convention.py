"""The convention of ``base`` in code: to which records a metric applies, and what it is worth where nothing is shown.

A metric's own function then only says what it measures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ragkit.answering.answer import SHOWN, Answer
from ragkit.evaluation.claims import citation_marks
from ragkit.evaluation.metrics.base import Metric
from ragkit.evaluation.record import Record

Measure = Callable[[Record], float | None]


def must_answer(record: Record) -> bool:
    """Whether lines have to be shown: answerable, and no status other than a shown one is asked for."""
    return record.question.answerable and bool(record.question.right_statuses & SHOWN)


def must_refuse(record: Record) -> bool:
    """Whether no lines may be shown: not answerable, and no shown status is among the right ones."""
    return not record.question.answerable and not (record.question.right_statuses & SHOWN)


def answer_of(record: Record) -> Answer:
    """The record's answer; metrics are never measured on a record without one."""
    assert record.answer is not None, "value_of gives a record without an answer the metric's worst value"
    return record.answer


def claims_nothing(record: Record) -> bool:
    """Whether lines are said to be shown and there are none: no statement, or only blank ones."""
    return record.shown and not any(statement.text.strip() for statement in answer_of(record).statements)


def of_what_is_shown(measure: Measure, worst: float = 0.0) -> Measure:
    """For "is what is shown right?": not applicable to a refusal, ``worst`` for an answer that claims nothing."""

    def applied(record: Record) -> float | None:
        if not record.shown:
            return None
        return worst if claims_nothing(record) else measure(record)

    return applied


def of_what_is_needed(measure: Measure, applies: Callable[[Record], bool] = must_answer) -> Measure:
    """For "was what is needed shown?": 0 for a refusal and for an answer that claims nothing."""

    def applied(record: Record) -> float | None:
        if not applies(record):
            return None
        return measure(record) if record.shown and not claims_nothing(record) else 0.0

    return applied


def shown_text(record: Record) -> str:
    """The words of the statements, one a line."""
    return "\n".join(statement.text for statement in answer_of(record).statements)


def fabricated_marks(record: Record) -> tuple[int, ...]:
    """Numbers that the answer cites and that no citation has, in its statements or in the marks of its text.

    A mark that stands in a cited quote is the document's own ("[3]" of a list of references) and is no citation.
    """
    answer = answer_of(record)
    held = {citation.number for citation in answer.citations}
    own = {mark for citation in answer.citations for mark in citation_marks(citation.quote)}
    named = [number for statement in answer.statements for number in statement.citations]
    marks = [mark for mark in citation_marks(answer.text) if mark not in own]
    return tuple(number for number in dict.fromkeys([*named, *marks]) if number not in held)


def worst_where_not_judged(metric: Metric, errors: Mapping[str, str]) -> Metric:
    """The metric with its worst value for every record that could not be judged and that it could apply to."""
    measure = metric.measure

    def guarded(record: Record) -> float | None:
        if record.key in errors:
            return metric.worst if metric.applies(record) else None
        return measure(record)

    return replace(metric, measure=guarded)
