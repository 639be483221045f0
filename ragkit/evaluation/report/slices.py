"""How the questions went by category, site, tag, role and language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ragkit.evaluation.metrics.base import Family, Metric
from ragkit.evaluation.questions.question import VariantKind
from ragkit.evaluation.record import Record
from ragkit.evaluation.report.failures import Outcome
from ragkit.evaluation.report.rows import interval_of
from ragkit.evaluation.statistics.interval import Interval

LANGUAGE_TAG = "language:"
"""A tag "language:es" says in which language a question is asked, where it is no variant."""

LEAST = 5
"""Questions of a slice that is called best or worst: of two questions one is always the worse."""

HEADLINE = (
    "answers.complete",
    "abstention.over_refusal",
    "abstention.answered_unanswerable",
    "answers.right_source",
    "citations.precision",
    "retrieval.hit@10",
)
"""What a table of slices shows of each: was it right, was it withheld, was it made up, where was it lost."""


@dataclass(frozen=True)
class Slice:
    """A group of questions.

    Attributes:
        name: of the group.
        n: how many, variants included.
        failed: how many of them failed.
        passed: share that passed, with a 95 % interval.
        means: metric name -> mean over the group, where the metric applied to one of it.
    """

    name: str
    n: int
    failed: int
    passed: Interval
    means: Mapping[str, float]


@dataclass(frozen=True)
class Dimension:
    """One way to divide the questions, worst slice first."""

    title: str
    slices: tuple[Slice, ...]

    @property
    def gap(self) -> float | None:
        """Share passed of the best slice minus that of the worst; None without two slices of some size."""
        shares = [part.passed.estimate for part in self.slices if part.n >= LEAST]
        return max(shares) - min(shares) if len(shares) > 1 else None


def dimensions_of(outcomes: Sequence[Outcome]) -> list[Dimension]:
    """Every way to divide the questions, in their own words, that makes at least two groups; of languages all."""
    own = [outcome for outcome in outcomes if outcome.record.variant is None]
    ways: list[tuple[str, Callable[[Record], Iterable[str]]]] = [
        ("Category", lambda record: [record.question.category]),
        ("Site", lambda record: [record.question.site or "no site"]),
        ("Tag", lambda record: [tag for tag in record.question.tags if not tag.startswith(LANGUAGE_TAG)]),
        ("Role", _roles),
        ("Language", _languages),
    ]
    found = [Dimension(title, _slices(outcomes if title == "Language" else own, names)) for title, names in ways]
    return [dimension for dimension in found if len(dimension.slices) > 1]


def worst_slices(dimensions: Iterable[Dimension], *, least: int = LEAST, limit: int = 5) -> list[tuple[str, Slice]]:
    """The slices with the smallest share passed, as (dimension, slice); small ones and perfect ones left out."""
    candidates = [
        (dimension.title, part)
        for dimension in dimensions
        for part in dimension.slices
        if part.n >= least and part.failed
    ]
    return sorted(candidates, key=lambda pair: (pair[1].passed.estimate, -pair[1].n))[:limit]


def shown_metrics(metrics: Mapping[str, Metric], limit: int = 6) -> list[Metric]:
    """The metrics that a table of slices shows: the headline ones, or where a run has other ones its yes-or-no ones."""
    headline = [metrics[name] for name in HEADLINE if name in metrics]
    other = [m for m in metrics.values() if m.binary and m.family not in {Family.ROBUSTNESS, Family.RETRIEVAL}]
    return (headline or other)[:limit]


def _slices(outcomes: Sequence[Outcome], names: Callable[[Record], Iterable[str]]) -> tuple[Slice, ...]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        for name in names(outcome.record):
            groups[name].append(outcome)
    parts = [_slice(name, group) for name, group in groups.items()]
    return tuple(sorted(parts, key=lambda part: (part.passed.estimate, part.name)))


def _slice(name: str, outcomes: Sequence[Outcome]) -> Slice:
    values: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes:
        for metric, value in outcome.values.items():
            values[metric].append(value)
    return Slice(
        name=name,
        n=len(outcomes),
        failed=sum(outcome.failed for outcome in outcomes),
        passed=interval_of(
            {outcome.record.key: float(not outcome.failed) for outcome in outcomes},
            {outcome.record.key: outcome.record.question.cluster for outcome in outcomes},
        ),
        means={metric: sum(group) / len(group) for metric, group in values.items()},
    )


def _roles(record: Record) -> list[str]:
    return ["not signed in"] if record.question.roles is None else list(record.question.roles) or ["no role"]


def _languages(record: Record) -> list[str]:
    if record.variant is not None and record.variant.kind is VariantKind.LANGUAGE:
        return [record.variant.group or "another language"]
    tagged = [tag.removeprefix(LANGUAGE_TAG) for tag in record.question.tags if tag.startswith(LANGUAGE_TAG)]
    return tagged or ["as the documents"]
