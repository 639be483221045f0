"""Answers as Prometheus metrics, from their own trace, with labels that stay few."""

from __future__ import annotations

import sys

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from ragkit.answering.answer import Answer, AnswerStatus, LadderStep, Rung, Statement, Trace
from ragkit.errors import SettingsError
from ragkit.grounding.verdict import Verdict
from ragkit.telemetry import prometheus
from ragkit.telemetry.prometheus import OTHER, AnswerMetrics, BoundedLabels, observe


def composed_answer(**trace: object) -> Answer:
    """An answer that came down one step of the ladder."""
    ladder = (
        LadderStep(rung=Rung.LANGUAGE_MODEL, name="first", outcome="timed_out", milliseconds=5000, input_tokens=900),
        LadderStep(
            rung=Rung.LANGUAGE_MODEL,
            name="second",
            outcome="answered",
            milliseconds=2000,
            input_tokens=1000,
            output_tokens=100,
            cost=0.25,
        ),
    )
    return Answer(
        question="How is MRN 00412345 flushed?",
        status=AnswerStatus.ANSWERED,
        text="Every 8 hours [1].",
        statements=tuple(
            Statement(text="Every 8 hours.", citations=(1,), support=1.0, verdict=Verdict.SUPPORTED, composed=composed)
            for composed in (True, True, False)
        ),
        trace=Trace(
            **{
                "dropped": ("Every 9 hours: the number is in no line.",),
                "timings_ms": {"embed": 3.0, "total": 7250.0},
                "ladder": ladder,
                "identifiers": {"record_number": 2},
                **trace,
            }
        ),
    )


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def test_an_answer_is_counted_with_its_ladder_its_tokens_and_its_cost(registry: CollectorRegistry) -> None:
    metrics = AnswerMetrics(registry)
    metrics.observe(composed_answer())
    metrics.observe(composed_answer())

    def count(metric: str, **labels: str) -> float | None:
        return registry.get_sample_value(metric, labels)

    assert count("ragkit_answers_total", status="answered") == 2
    assert count("ragkit_statements_total", kind="composed") == 4
    assert count("ragkit_statements_total", kind="verbatim") == 2
    assert count("ragkit_statements_dropped_total") == 2
    timed_out = {"rung": "language_model", "name": "first", "outcome": "timed_out"}
    assert count("ragkit_ladder_steps_total", **timed_out) == 2
    assert count("ragkit_ladder_step_seconds_sum", rung="language_model") == 14
    assert count("ragkit_language_model_tokens_total", name="first", direction="input") == 1800
    assert count("ragkit_language_model_tokens_total", name="second", direction="output") == 200
    assert count("ragkit_language_model_cost_total", name="second") == 0.5
    assert count("ragkit_stage_seconds_sum", stage="total") == 14.5
    assert count("ragkit_identifiers_total", kind="record_number") == 4


def test_a_reply_that_was_kept_from_before_costs_nothing(registry: CollectorRegistry) -> None:
    kept = LadderStep(
        rung=Rung.LANGUAGE_MODEL, name="second", outcome="answered", input_tokens=1000, cost=0.25, from_cache=True
    )
    AnswerMetrics(registry).observe(composed_answer(ladder=(kept,)))
    assert registry.get_sample_value("ragkit_language_model_cached_replies_total", {"name": "second"}) == 1
    assert (
        registry.get_sample_value("ragkit_language_model_tokens_total", {"name": "second", "direction": "input"})
        is None
    )
    assert registry.get_sample_value("ragkit_language_model_cost_total", {"name": "second"}) is None


def test_nothing_of_the_question_and_the_answer_is_in_the_metrics(registry: CollectorRegistry) -> None:
    AnswerMetrics(registry).observe(composed_answer())
    text = generate_latest(registry).decode()
    for word in ("00412345", "flushed", "hours"):
        assert word not in text


def test_the_values_of_a_label_stay_few_whatever_comes(registry: CollectorRegistry) -> None:
    bounded = BoundedLabels(distinct=2)
    assert [bounded(value) for value in ("a", "b", "c", "a", "d")] == ["a", "b", OTHER, "a", OTHER]
    metrics = AnswerMetrics(registry)
    for number in range(1000):
        metrics.observe(composed_answer(timings_ms={f"stage {number}": 1.0}))
    stages = {
        sample.labels["stage"]
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "ragkit_stage_seconds_count"
    }
    assert len(stages) == 51
    assert registry.get_sample_value("ragkit_stage_seconds_count", {"stage": OTHER}) == 950


def test_a_program_of_one_s_own_serves_them_from_prometheus_client_s_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    import prometheus_client

    own = CollectorRegistry()
    monkeypatch.setattr(prometheus_client, "REGISTRY", own)
    prometheus._default.cache_clear()
    try:
        observe(composed_answer())
        observe(composed_answer())
        assert own.get_sample_value("ragkit_answers_total", {"status": "answered"}) == 2
    finally:
        prometheus._default.cache_clear()


def test_without_prometheus_client_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(SettingsError, match=r"pip install ragkit\[serve\]"):
        AnswerMetrics()
