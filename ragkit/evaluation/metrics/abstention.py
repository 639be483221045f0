"""Abstention: silence where the documents are silent, and only there; and how well confidence tells right from wrong.

The four rates are over the questions that must be answered and those that must be refused (``convention``). A question
for which both a refusal and an answer are right is in none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from ragkit.evaluation.metrics.answers import complete, is_right
from ragkit.evaluation.metrics.base import Family, Metric
from ragkit.evaluation.metrics.convention import Measure, answer_of, claims_nothing, must_answer, must_refuse
from ragkit.evaluation.record import Record

CONFIDENCE = "probability"
"""The signal of the answer's trace that is its confidence."""


def answered_correctly(record: Record) -> float:
    """1 where lines are shown and they hold everything that was asked for, else 0.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush every 8 hours.", must_have=["8 hours"])
    >>> answered_correctly(toy.record(asked, toy.answer(("Flush every 8 hours.", 1), quotes=["..."])))
    1.0
    """
    return float(record.shown and not claims_nothing(record) and complete(record) == 1.0)


def over_refusal(record: Record) -> float:
    """1 where nothing is shown though the documents say it, else 0. "Answered" without a statement shows nothing.

    >>> from ragkit.evaluation.metrics import toy
    >>> over_refusal(toy.record(toy.question(gold="Flush every 8 hours."), toy.refusal()))
    1.0
    """
    return float(not record.shown or claims_nothing(record))


def refused_unanswerable(record: Record) -> float:
    """1 where nothing is shown and the documents do not say it, else 0. "Answered" without a statement is no refusal.

    >>> from ragkit.evaluation.metrics import toy
    >>> refused_unanswerable(toy.record(toy.question(), toy.refusal()))
    1.0
    """
    return float(not record.shown)


def answered_unanswerable(record: Record) -> float:
    """1 where lines are said to be shown and the documents do not say it, else 0.

    >>> from ragkit.evaluation.metrics import toy
    >>> answered_unanswerable(toy.record(toy.question(), toy.answer(("Flush it.", 1), quotes=["Flush it."])))
    1.0
    """
    return float(record.shown)


def abstention_metrics() -> tuple[Metric, ...]:
    """All of them.

    >>> [metric.name for metric in abstention_metrics()]  # doctest: +NORMALIZE_WHITESPACE
    ['abstention.answered_correctly', 'abstention.over_refusal', 'abstention.refused_unanswerable',
     'abstention.answered_unanswerable']
    """
    return (
        _metric("answered_correctly", "Answered correctly", "Answerable, shown and complete.",
                answered_correctly, must_answer, 0.0),
        _metric("over_refusal", "Over-refusal", "Answerable, and nothing is shown.", over_refusal, must_answer, 1.0),
        _metric("refused_unanswerable", "Refused unanswerable", "Unanswerable, and nothing is shown.",
                refused_unanswerable, must_refuse, 0.0),
        _metric("answered_unanswerable", "Answered unanswerable", "Unanswerable, and lines are shown.",
                answered_unanswerable, must_refuse, 1.0),
    )  # fmt: skip


def _metric(
    name: str, title: str, definition: str, measure: Measure, applies: Callable[[Record], bool], worst: float
) -> Metric:
    return Metric(
        name=f"abstention.{name}", family=Family.ABSTENTION, title=title, definition=definition,
        measure=lambda record: measure(record) if applies(record) else None,
        applies=applies, higher_is_better=worst == 0.0, worst=worst, binary=True,
    )  # fmt: skip


@dataclass(frozen=True)
class RiskPoint:
    """One point of the curve.

    Attributes:
        confidence: answers with at least this confidence are shown.
        coverage: share of all questions for which lines would then be shown.
        risk: share of those that are wrong.
    """

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True)
class RiskCoverage:
    """The risk-coverage curve of a run.

    Attributes:
        points: from the most confident on; empty where nothing was shown.
        asked: number of questions.
        shown: number for which lines were shown (or that errored).
        wrong: how many of those are wrong.
        area: mean risk over the answers shown (AURC), 0..1, lower is better; None where nothing was shown.
        excess_area: what of it a perfect order of the same answers would spare, 0..1; None where nothing was shown.
    """

    points: tuple[RiskPoint, ...]
    asked: int
    shown: int
    wrong: int
    area: float | None
    excess_area: float | None


def confidence_of(record: Record) -> float:
    """The confidence of an answer: the signal "probability" of its trace, that the lines shown answer the question.

    An answer without that signal was shown without a doubt, and an error is an answer that nobody stopped: both are 1.

    >>> from ragkit.answering.answer import Trace
    >>> from ragkit.evaluation.metrics import toy
    >>> confidence_of(toy.record(got=toy.answer(("Flush it.", 1), trace=Trace(signals={"probability": 0.7}))))
    0.7
    """
    if record.error or record.answer is None:
        return 1.0
    return answer_of(record).trace.signals.get(CONFIDENCE, 1.0)


def risk_coverage(records: Iterable[Record]) -> RiskCoverage:
    """The curve of risk against coverage, and its area.

    Geifman & El-Yaniv 2017, "Selective Classification for Deep Neural Networks", section 2: coverage is the share
    answered at a threshold of confidence, risk the share of wrong ones among them. AURC is the mean of the risk at each
    number of answers 1..n, and the excess AURC is AURC minus that of the best order, right ones first (Geifman, Uziel &
    El-Yaniv 2019, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers"). Answers of equal
    confidence stand in no order; each takes their mean risk.

    The curve ends where the system itself stops to answer: what it would have said beyond that is not known. So the
    area is over the answers shown, and is compared between two runs together with the coverage.

    >>> from ragkit.answering.answer import Trace
    >>> from ragkit.evaluation.metrics import toy
    >>> def asked(words, confidence):
    ...     got = toy.answer((words, 1), quotes=[words], trace=Trace(signals={"probability": confidence}))
    ...     return toy.record(toy.question(gold="Every 8 hours.", must_have=["8 hours"]), got)
    >>> curve = risk_coverage([asked("Every 8 hours.", 0.9), asked("Daily.", 0.6), asked("After 8 hours.", 0.3)])
    >>> [round(point.risk, 2) for point in curve.points]
    [0.0, 0.5, 0.33]
    >>> round(curve.area, 3), round(curve.excess_area, 3)
    (0.278, 0.167)
    """
    everything = list(records)
    answers = [record for record in everything if record.error or record.answer is None or record.shown]
    ordered = sorted(((confidence_of(record), not is_right(record)) for record in answers), key=lambda pair: -pair[0])
    points, risks, done, wrong = [], [], 0, 0
    for confidence, tied in groupby(ordered, key=lambda pair: pair[0]):
        mistakes = [mistake for _, mistake in tied]
        rate = sum(mistakes) / len(mistakes)
        risks += [(wrong + rate * more) / (done + more) for more in range(1, len(mistakes) + 1)]
        done, wrong = done + len(mistakes), wrong + sum(mistakes)
        points.append(RiskPoint(confidence, done / len(everything), wrong / done))
    area = sum(risks) / done if done else None
    best = [max(0, number - (done - wrong)) / number for number in range(1, done + 1)]
    excess = max(0.0, area - sum(best) / done) if area is not None else None
    return RiskCoverage(tuple(points), len(everything), done, wrong, area, excess)
