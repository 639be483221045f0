"""The server's own metrics beside those of its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ragkit.telemetry.prometheus import SECONDS, AnswerMetrics, BoundedLabels, GaugeOf

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from ragkit.answering.answer import Answer
    from ragkit.serving.identity import Refusal


class ServerMetrics:
    """What is counted, in a registry of the server's own.

    Attributes:
        registry: what ``/metrics`` serves.
    """

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry: CollectorRegistry = CollectorRegistry()
        self._answers = AnswerMetrics(self.registry)
        self._requests = Counter(
            "ragkit_http_requests",
            "Requests by route and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "ragkit_http_request_seconds", "Seconds per request.", ["route"], buckets=SECONDS, registry=self.registry
        )
        self._refused = Counter(
            "ragkit_tokens_refused",
            "Requests without a token that proves who asks.",
            ["reason"],
            registry=self.registry,
        )
        self._reports = Counter("ragkit_wrong_answer_reports", "Reports of wrong answers.", registry=self.registry)
        self._route = BoundedLabels()

    def request_done(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request that was replied to."""
        self._requests.labels(method, self._route(route), str(status)).inc()
        self._seconds.labels(self._route(route)).observe(seconds)

    def answered(self, answer: Answer) -> None:
        """Counts an answer."""
        self._answers.observe(answer)

    def refused(self, reason: Refusal) -> None:
        """Counts a request without a token that proves who asks."""
        self._refused.labels(reason.value).inc()

    def reported(self) -> None:
        """Counts a report of a wrong answer."""
        self._reports.inc()

    def watch(self, name: str, documentation: str, read: Callable[[], float | None]) -> None:
        """A number that is asked for when Prometheus does; None for no number now."""

        def values() -> Iterable[tuple[Sequence[str], float]]:
            value = read()
            return () if value is None else (((), value),)

        self.registry.register(GaugeOf(name, documentation, (), values))

    def watch_states(self, name: str, documentation: str, read: Callable[[], Mapping[str, str]]) -> None:
        """States by name that are asked for when Prometheus does: 1 for the state that each one is in."""

        def values() -> Iterable[tuple[Sequence[str], float]]:
            return [((each, state), 1.0) for each, state in read().items()]

        self.registry.register(GaugeOf(name, documentation, ("name", "state"), values))

    def exposition(self) -> bytes:
        """The metrics in Prometheus's text format."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)
