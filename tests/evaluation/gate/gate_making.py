"""Small runs for the gate's tests: questions with values, no knowledge base."""

from datetime import UTC, datetime

from ragkit.answering.answer import AnswerStatus
from ragkit.evaluation.gate.baseline import Baseline, baseline_of
from ragkit.evaluation.metrics.base import Family, Metric
from ragkit.evaluation.metrics.toy import answer, question, record, refusal
from ragkit.evaluation.record import Record
from ragkit.evaluation.results import Results, RunIdentity

IDENTITY = RunIdentity(knowledge_base="kb", code="code", questions="questions", scorer="scorer", ragkit_version="1")


def metric(name: str, **more) -> Metric:
    fields = {"family": Family.ANSWERS, "title": name, "definition": "", "measure": lambda record: None}
    return Metric(name=name, **(fields | more))


COMPLETE = metric("answers.complete", binary=True)
COVERAGE = metric("answers.coverage")
UNWANTED = metric("abstention.answered_unanswerable", binary=True, higher_is_better=False, worst=1.0)
RESOLVES = metric("citations.resolves", required=1.0)
METRICS = (COMPLETE, COVERAGE, UNWANTED, RESOLVES)


def asked(number: int, *, shown: bool = True, words: str = "How often is a port flushed?", **more) -> Record:
    """A question that was asked and, if shown, answered with one cited line."""
    of = question(words, gold="Flush the port every 8 hours.", id=f"q{number:03}", category=f"kind {number % 3}")
    got = answer(("Flush the port every 8 hours.", 1), quotes=["Flush the port every 8 hours."]) if shown else refusal()
    return record(of, got, **more)


def run(metrics: dict[str, list[float]], records: list[Record] | None = None, **more) -> Results:
    """A run in which question i has the i-th value of each metric."""
    count = max((len(values) for values in metrics.values()), default=0)
    records = [asked(number) for number in range(count)] if records is None else records
    keys = [each.key for each in records]
    return Results(
        name="toy",
        started=datetime(2026, 1, 1, tzinfo=UTC),
        identity=more.pop("identity", IDENTITY),
        records=tuple(records),
        metrics={name: dict(zip(keys, values, strict=False)) for name, values in metrics.items()},
        **more,
    )


def baseline(metrics: dict[str, list[float]], records: list[Record] | None = None, **more) -> Baseline:
    return baseline_of(run(metrics, records, **more))


__all__ = ["METRICS", "AnswerStatus", "asked", "baseline", "metric", "run"]
