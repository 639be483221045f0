"""Prometheus metrics of answers, made from the answer's own trace; for the server and for library users alike.

Labels come from small fixed sets (statuses, rungs, stages, the deployment's names of language models). No question, no
document and no person is in any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from ragkit.errors import SettingsError

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import GaugeMetricFamily

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0)
"""Upper bounds of the histograms' buckets: an extractive answer takes tens of milliseconds, a composed one seconds."""

_DISTINCT = 50
OTHER = "other"
"""The label of whatever would be one value too many."""


class ObservedStep(Protocol):
    """A step of the ladder, as far as metrics go."""

    @property
    def rung(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def outcome(self) -> str: ...  # noqa: D102
    @property
    def milliseconds(self) -> float: ...  # noqa: D102
    @property
    def input_tokens(self) -> int: ...  # noqa: D102
    @property
    def output_tokens(self) -> int: ...  # noqa: D102
    @property
    def cost(self) -> float: ...  # noqa: D102
    @property
    def from_cache(self) -> bool: ...  # noqa: D102


class ObservedTrace(Protocol):
    """An answer's trace, as far as metrics go."""

    @property
    def dropped(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def timings_ms(self) -> Mapping[str, float]: ...  # noqa: D102
    @property
    def ladder(self) -> Sequence[ObservedStep]: ...  # noqa: D102
    @property
    def identifiers(self) -> Mapping[str, int]: ...  # noqa: D102


class ObservedStatement(Protocol):
    """A statement, as far as metrics go."""

    @property
    def composed(self) -> bool: ...  # noqa: D102


class ObservedAnswer(Protocol):
    """An answer, as far as metrics go."""

    @property
    def status(self) -> str: ...  # noqa: D102
    @property
    def statements(self) -> Sequence[ObservedStatement]: ...  # noqa: D102
    @property
    def trace(self) -> ObservedTrace: ...  # noqa: D102


class BoundedLabels:
    """Keeps the number of a label's values bounded, whatever comes.

    Args:
        distinct: how many values there may be; the ones after them are ``OTHER``.
    """

    def __init__(self, distinct: int = _DISTINCT) -> None:
        self._distinct = distinct
        self._known: set[str] = set()
        self._guard = Lock()

    def __call__(self, value: str) -> str:
        """The value itself, or ``OTHER`` where it would be one too many."""
        with self._guard:
            if value not in self._known and len(self._known) >= self._distinct:
                return OTHER
            self._known.add(value)
        return value


class AnswerMetrics:
    """Counters and histograms of answers.

    Args:
        registry: where they are registered; None for prometheus_client's own.

    Raises:
        SettingsError: prometheus_client is not installed.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        client = _client()
        where = registry if registry is not None else client.REGISTRY
        counter, histogram = client.Counter, client.Histogram
        self._answers = counter("ragkit_answers", "Answers by status.", ["status"], registry=where)
        self._statements = counter(
            "ragkit_statements", "Statements shown, composed by a language model or verbatim.", ["kind"], registry=where
        )
        self._dropped = counter(
            "ragkit_statements_dropped", "Statements that verification kept from being shown.", registry=where
        )
        self._steps = counter(
            "ragkit_ladder_steps", "Steps of the ladder by outcome.", ["rung", "name", "outcome"], registry=where
        )
        self._step_seconds = histogram(
            "ragkit_ladder_step_seconds", "Seconds per step of the ladder.", ["rung"], buckets=SECONDS, registry=where
        )
        self._stages = histogram(
            "ragkit_stage_seconds", "Seconds per stage of an answer.", ["stage"], buckets=SECONDS, registry=where
        )
        self._tokens = counter(
            "ragkit_language_model_tokens", "Tokens paid for.", ["name", "direction"], registry=where
        )
        self._cost = counter(
            "ragkit_language_model_cost", "What replies cost, in the budget's currency.", ["name"], registry=where
        )
        self._cached = counter(
            "ragkit_language_model_cached_replies", "Replies that were kept from before.", ["name"], registry=where
        )
        self._identifiers = counter(
            "ragkit_identifiers", "Patient identifiers taken out of questions.", ["kind"], registry=where
        )
        self._stage, self._name, self._outcome, self._kind = (BoundedLabels() for _ in range(4))

    def observe(self, answer: ObservedAnswer) -> None:
        """Counts an answer."""
        trace = answer.trace
        self._answers.labels(str(answer.status)).inc()
        for statement in answer.statements:
            self._statements.labels("composed" if statement.composed else "verbatim").inc()
        self._dropped.inc(len(trace.dropped))
        for stage, milliseconds in trace.timings_ms.items():
            self._stages.labels(self._stage(stage)).observe(milliseconds / 1000)
        for kind, count in trace.identifiers.items():
            self._identifiers.labels(self._kind(str(kind))).inc(count)
        for step in trace.ladder:
            self._observe_step(step)

    def _observe_step(self, step: ObservedStep) -> None:
        name = self._name(step.name)
        self._steps.labels(str(step.rung), name, self._outcome(step.outcome)).inc()
        self._step_seconds.labels(str(step.rung)).observe(step.milliseconds / 1000)
        if step.from_cache:
            self._cached.labels(name).inc()
            return
        if step.input_tokens or step.output_tokens:
            self._tokens.labels(name, "input").inc(step.input_tokens)
            self._tokens.labels(name, "output").inc(step.output_tokens)
        if step.cost:
            self._cost.labels(name).inc(step.cost)


def observe(answer: ObservedAnswer) -> None:
    """Counts an answer in prometheus_client's own registry, for programs that serve it themselves.

    Raises:
        SettingsError: prometheus_client is not installed.
    """
    _default().observe(answer)


class GaugeOf:
    """A gauge whose values are asked for when Prometheus does: states that others keep.

    Args:
        name, documentation: of the gauge.
        labels: the names of its labels.
        read: the values now, by the labels' values.
    """

    def __init__(
        self,
        name: str,
        documentation: str,
        labels: Sequence[str],
        read: Callable[[], Iterable[tuple[Sequence[str], float]]],
    ) -> None:
        self._name = name
        self._documentation = documentation
        self._labels = labels
        self._read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """For ``CollectorRegistry.register``."""
        from prometheus_client.core import GaugeMetricFamily

        family = GaugeMetricFamily(self._name, self._documentation, labels=self._labels)
        for labels, value in self._read():
            family.add_metric(labels, value)
        yield family


@lru_cache(1)
def _default() -> AnswerMetrics:
    return AnswerMetrics()


def _client() -> ModuleType:
    try:
        import prometheus_client
    except ImportError:
        raise SettingsError("Prometheus metrics need prometheus_client: pip install ragkit[serve]") from None
    return prometheus_client
