"""Cost and speed: milliseconds for an answer and each of its stages; tokens and money where a language model was used.

Times are those of the run that asked: a record from a cache carries the time of when it was asked. They depend on the
machine and on how many questions were asked at the same time, so they are reported and not compared with a baseline by
default. The answer's content does not matter here: a refusal and an answer without a statement took the time they took.
Only an error gives the worst value.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ragkit.evaluation.metrics.base import Family, Metric
from ragkit.evaluation.metrics.convention import answer_of
from ragkit.evaluation.record import Record

WORST_MS = 60_000.0
"""The time of a question that errored: nobody waits for longer than a minute."""
PROMPT_TOKENS, COMPLETION_TOKENS, MONEY = "prompt_tokens", "completion_tokens", "money"
"""Signals of the trace in which an answerer that uses a language model states its use; money in its own currency."""


def milliseconds(record: Record) -> float:
    """Wall time from question to answer in milliseconds.

    >>> from ragkit.evaluation.metrics import toy
    >>> milliseconds(toy.record(milliseconds=25.0))
    25.0
    """
    return record.milliseconds


def tokens(record: Record) -> float | None:
    """Tokens sent to and received from a language model for this answer; None where the trace states none.

    >>> from ragkit.answering.answer import Trace
    >>> from ragkit.evaluation.metrics import toy
    >>> tokens(toy.record(got=toy.refusal(trace=Trace(signals={"prompt_tokens": 900, "completion_tokens": 60}))))
    960.0
    >>> tokens(toy.record()) is None
    True
    """
    signals = answer_of(record).trace.signals
    stated = [signals[name] for name in (PROMPT_TOKENS, COMPLETION_TOKENS) if name in signals]
    return float(sum(stated)) if stated else None


def money(record: Record) -> float | None:
    """What the language model's use cost for this answer, as its trace states it; None where it states nothing.

    >>> from ragkit.answering.answer import Trace
    >>> from ragkit.evaluation.metrics import toy
    >>> money(toy.record(got=toy.refusal(trace=Trace(signals={"money": 0.002}))))
    0.002
    """
    return answer_of(record).trace.signals.get(MONEY)


def cost_metrics() -> tuple[Metric, ...]:
    """All of them. Tokens and money apply to answers that state them; an errored question states nothing.

    >>> [metric.name for metric in cost_metrics()]
    ['cost.milliseconds', 'cost.tokens', 'cost.money']
    """
    return (
        Metric("cost.milliseconds", Family.COST, "Time for an answer", "Wall time of an answer in milliseconds.",
               milliseconds, higher_is_better=False, worst=WORST_MS, unit="ms"),
        Metric("cost.tokens", Family.COST, "Tokens", "Tokens of the language model for an answer.",
               tokens, applies=lambda record: False, higher_is_better=False, unit="count"),
        Metric("cost.money", Family.COST, "Money", "Cost of the language model for an answer, in its own currency.",
               money, applies=lambda record: False, higher_is_better=False, unit="count"),
    )  # fmt: skip


@dataclass(frozen=True)
class StageTime:
    """How long one stage of answering takes.

    Attributes:
        stage: as the answers' traces name it.
        n: number of answers that went through it.
        median_ms, p95_ms, mean_ms: milliseconds.
    """

    stage: str
    n: int
    median_ms: float
    p95_ms: float
    mean_ms: float


def stage_times(records: Iterable[Record]) -> tuple[StageTime, ...]:
    """The time of each stage that the answers' traces name, in the order in which they name them.

    >>> from ragkit.answering.answer import Trace
    >>> from ragkit.evaluation.metrics import toy
    >>> runs = [toy.record(got=toy.refusal(trace=Trace(timings_ms={"dense": ms}))) for ms in (1.0, 2.0, 6.0)]
    >>> [(time.stage, time.n, time.median_ms, time.p95_ms, time.mean_ms) for time in stage_times(runs)]
    [('dense', 3, 2.0, 6.0, 3.0)]
    """
    times: dict[str, list[float]] = defaultdict(list)
    for record in records:
        for stage, taken in (record.answer.trace.timings_ms if record.answer is not None else {}).items():
            times[stage].append(taken)
    return tuple(
        StageTime(stage, len(taken), statistics.median(taken), _percentile(taken, 0.95), statistics.fmean(taken))
        for stage, taken in times.items()
    )


def _percentile(values: list[float], share: float) -> float:
    """The least value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
