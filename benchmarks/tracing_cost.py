"""What tracing costs: a stage that is not traced, and a question with spans off, on, and on with content.

python benchmarks/tracing_cost.py northmoor.kb [--questions 200]
"""

from __future__ import annotations

import argparse
import timeit
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median
from time import perf_counter

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from ragkit import KnowledgeBase
from ragkit.deployment.deployment import Deployment, TelemetrySettings
from ragkit.telemetry.attributes import Operation, StageKind
from ragkit.telemetry.spans import stage

QUESTIONS = (
    "How soon after issue do I have to start a unit of blood?",
    "What is the heparin bolus for a PE in a 72 kg adult?",
    "How much is visitor parking per day?",
    "Can a nurse take out a Foley without an order?",
)
WAYS = {
    "off": TelemetrySettings(),
    "on": TelemetrySettings(spans=True),
    "on, with content": TelemetrySettings(spans=True, content=True),
}
_ROUNDS = 200_000


class _Nowhere(SpanExporter):
    def export(self, spans: object) -> SpanExportResult:
        return SpanExportResult.SUCCESS


def untraced_stage_ns() -> float:
    def one() -> None:
        with stage("retrieve", StageKind.RETRIEVER, operation=Operation.RETRIEVAL, limit=10) as span:
            span.set(passages=3)

    def none() -> None:
        return None

    def best(work: Callable[[], None]) -> float:
        return min(timeit.repeat(work, number=_ROUNDS, repeat=5)) / _ROUNDS * 1e9

    return best(one) - best(none)


def question_ms(folder: str, count: int) -> dict[str, float]:
    """Median of a question; the ways take turns, so that other work on the machine disturbs all of them alike."""
    took: dict[str, list[float]] = {name: [] for name in WAYS}
    with ExitStack() as opened:
        bases = {
            name: opened.enter_context(
                KnowledgeBase.open(folder, access="open", deployment=Deployment(telemetry=way), read_only=True)
            )
            for name, way in WAYS.items()
        }
        for number in range(count + len(QUESTIONS)):
            for name, kb in bases.items():
                started = perf_counter()
                kb.ask(QUESTIONS[number % len(QUESTIONS)])
                took[name].append((perf_counter() - started) * 1000)
    return {name: median(times[len(QUESTIONS) :]) for name, times in took.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kb")
    parser.add_argument("--questions", type=int, default=200)
    arguments = parser.parse_args()
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(_Nowhere()))
    trace.set_tracer_provider(provider)
    print(f"a stage, spans off: {untraced_stage_ns():.0f} ns")
    for name, milliseconds in question_ms(arguments.kb, arguments.questions).items():
        print(f"a question, spans {name}: median {milliseconds:.1f} ms")
    provider.shutdown()


if __name__ == "__main__":
    main()
