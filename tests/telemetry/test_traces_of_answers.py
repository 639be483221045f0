"""What stands in the trace of a question, and what never does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from opentelemetry import context, trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.span import TraceState

from ragkit import KnowledgeBase, User
from ragkit.answering import groundwork
from ragkit.deployment.deployment import Deployment, Profile, TelemetrySettings, Zone
from ragkit.egress.policy import EgressPolicy
from ragkit.errors import QuestionError
from ragkit.language_models.client import build_client
from ragkit.telemetry import spans
from tests.language_models import behaviours as server_that
from tests.language_models.scripted_server import ScriptedServer

KEY = "sk-test-0123456789abcdefghij"
NURSE = User("u1", roles={"nurse"})
NAME = "Gwendolyn Harker"
QUESTION = f"How often is an unused peripheral catheter of patient {NAME} flushed?"
POLICY = """---
title: Flushing of Catheters
effective_date: 2024-03-01
---
# Flushing of Catheters

Flush a peripheral catheter that is not in use with 5 mL of sodium chloride 0.9% every 8 hours.
"""
ANSWERING = ["ragkit.read_question", "ragkit.retrieve", "ragkit.load", "ragkit.score", "ragkit.select", "ragkit.decide"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("policies")
    (source / "ragkit.yaml").write_text("default_roles: [staff]\n")
    (source / "flushing.md").write_text(POLICY)
    with KnowledgeBase.open(source / "a.kb") as kb:
        kb.ingest(source / "flushing.md")
    return source / "a.kb"


class Recorded:
    """The spans that ended, and how they hang together."""

    def __init__(self, provider: TracerProvider, exporter: InMemorySpanExporter) -> None:
        self.tracer = provider.get_tracer("application")
        self._exporter = exporter

    @property
    def spans(self) -> list[ReadableSpan]:
        return sorted(self._exporter.get_finished_spans(), key=lambda span: span.start_time or 0)

    def named(self, name: str) -> ReadableSpan:
        [span] = [span for span in self.spans if span.name == name]
        return span

    def children(self, of: ReadableSpan) -> list[str]:
        return [
            span.name for span in self.spans if span.parent and of.context and span.parent.span_id == of.context.span_id
        ]

    @property
    def everything(self) -> str:
        """All that an exporter could send."""
        return "".join(span.to_json() for span in self.spans)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    provider, exporter = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    return Recorded(provider, exporter)


def _kb(folder: Path, deployment: Deployment | None = None, *, content: bool = False) -> KnowledgeBase:
    telemetry = TelemetrySettings(spans=True, content=content)
    changed = (deployment or Deployment()).model_copy(update={"telemetry": telemetry})
    return KnowledgeBase.open(folder, deployment=changed, read_only=True)


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(key=KEY) as running:
        yield running


@pytest.fixture
def deployment(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    monkeypatch.setenv("TRACED_KEY", KEY)
    provider = server.provider("the ward's", key_variable="TRACED_KEY", attempts=1)
    server.script(server_that.says({"answers": False, "statements": []}))
    return server.deployment(provider)


def test_each_stage_of_an_answer_is_a_span(folder: Path, recorded: Recorded) -> None:
    with _kb(folder) as kb:
        answer = kb.ask(QUESTION, user=NURSE)
    root = recorded.named("ragkit.ask")
    assert root.parent is None and root.kind is SpanKind.INTERNAL
    assert recorded.children(root) == [*ANSWERING, "ragkit.compose"]
    assert recorded.children(recorded.named("ragkit.retrieve")) == ["ragkit.understand", "ragkit.embed"]
    assert recorded.children(recorded.named("ragkit.compose")) == ["ragkit.verify"]

    attributes = dict(root.attributes or {})
    assert attributes["openinference.span.kind"] == "CHAIN"
    assert attributes["ragkit.answer.status"] == answer.status == "answered"
    assert attributes["ragkit.answer.rung"] == "extractive"
    assert attributes["ragkit.answer.statements"] == len(answer.statements)
    assert attributes["ragkit.question.identifiers"] == 1
    assert attributes["ragkit.configuration"] == answer.trace.configuration
    retrieval = dict(recorded.named("ragkit.retrieve").attributes or {})
    assert retrieval["gen_ai.operation.name"] == "retrieval" and retrieval["ragkit.retrieval.passages"] == 1
    assert {span.status.status_code for span in recorded.spans} == {StatusCode.UNSET}


@pytest.mark.parametrize("streamed", [False, True])
def test_asking_a_language_model_is_a_span_of_its_own(
    folder: Path, recorded: Recorded, deployment: Deployment, server: ScriptedServer, streamed: bool
) -> None:
    with _kb(folder, deployment) as kb:
        answer = kb.ask_stream(QUESTION, user=NURSE) if streamed else kb.ask(QUESTION, user=NURSE)
        if streamed:
            list(answer)  # type: ignore[call-overload]
    request = recorded.named("chat scripted")
    composing = next(span for span in recorded.spans if "chat scripted" in recorded.children(span))
    assert composing.name == "ragkit.compose"
    assert dict(composing.attributes or {})["ragkit.answer.rung"] == "language_model"
    assert request.kind is SpanKind.CLIENT
    attributes = dict(request.attributes or {})
    assert attributes["gen_ai.operation.name"] == "chat" and attributes["openinference.span.kind"] == "LLM"
    assert attributes["gen_ai.request.model"] == attributes["llm.model_name"] == "scripted"
    assert attributes["gen_ai.provider.name"] == "openai" and attributes["ragkit.provider"] == "the ward's"
    assert attributes["ragkit.request.purpose"] == "compose" and attributes["ragkit.request.outcome"] == "replied"
    assert attributes["gen_ai.usage.input_tokens"] == attributes["llm.token_count.prompt"]
    assert int(str(attributes["gen_ai.usage.input_tokens"])) > 0

    assert request.context
    own = request.context
    ours = f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}"
    sent = server.chats[-1].headers
    assert sent["traceparent"] == ours and "tracestate" not in sent and "baggage" not in sent


def test_a_server_outside_is_not_told_which_requests_belong_together(folder: Path, recorded: Recorded) -> None:
    for zone, base_url, told in ((Zone.CLOUD, "https://models.example/v1", False), (Zone.ON_PREMISES, None, True)):
        with ScriptedServer() as server:
            provider = server.provider(zone=zone, base_url=base_url or server.base_url)
            profile = Profile.CLOUD if base_url else Profile.LOCAL
            policy = EgressPolicy.of(server.deployment(provider, profile=profile))
            request = httpx2.Request("POST", provider.base_url or "", headers={"content-type": "application/json"})
            outer = context.attach(trace.set_span_in_context(_span_of_another_program()))
            with (
                spans.tracing(TelemetrySettings(spans=True), "ask", clean=str),
                build_client(provider, policy) as client,
            ):
                for hook in client._client.event_hooks["request"]:  # as httpx2 calls them before it sends
                    hook(request)
            context.detach(outer)
        assert ("traceparent" in request.headers) is told and "tracestate" not in request.headers


def _span_of_another_program() -> trace.Span:
    state = TraceState([("vendor", "what-it-likes")])
    return trace.NonRecordingSpan(trace.SpanContext(1, 2, True, trace.TraceFlags(1), state))


def test_neither_question_nor_policy_nor_key_stands_on_any_span(
    folder: Path, recorded: Recorded, deployment: Deployment, server: ScriptedServer
) -> None:
    server.script([server_that.fails(500), server_that.says({"answers": False, "statements": []})])
    with _kb(folder, deployment) as kb:
        for _ in range(2):
            kb.ask(QUESTION, user=NURSE)
        kb.search(QUESTION, user=NURSE)
        kb.ask("And in children?", user=NURSE, previous_questions=[QUESTION])
        assert KEY in str([request.headers for request in server.chats])
    for word in (*NAME.split(), "peripheral", "catheter", "Flush", "8 hours", "children", KEY, "u1", "nurse"):
        assert word not in recorded.everything, word


def test_content_is_a_second_switch_and_identifiers_are_taken_out_even_then(folder: Path, recorded: Recorded) -> None:
    with _kb(folder, content=True) as kb:
        kb.ask(QUESTION, user=NURSE)
    attributes = dict(recorded.named("ragkit.ask").attributes or {})
    assert "unused peripheral catheter" in str(attributes["input.value"])
    assert "every 8 hours" in str(attributes["output.value"])
    assert "ragkit.retrieval.documents" in dict(recorded.named("ragkit.retrieve").attributes or {})
    assert not any(part in recorded.everything for part in NAME.split())


def test_an_error_leaves_its_class_and_nothing_of_its_words(
    folder: Path, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StrangeError(Exception):
        pass

    def fail(*_: object) -> None:
        raise StrangeError(f"could not decide on {QUESTION}")

    monkeypatch.setattr(groundwork, "decide", fail)
    with _kb(folder) as kb:
        assert kb.ask(QUESTION, user=NURSE).trace.ladder[-1].rung == "evidence_list"
        with pytest.raises(QuestionError):
            kb.ask("  ", user=NURSE)
    decide = recorded.named("ragkit.decide")
    assert decide.status.status_code is StatusCode.ERROR and decide.status.description is None
    assert dict(decide.attributes or {})["error.type"].endswith("StrangeError") and decide.events == ()
    answered, refused = (span for span in recorded.spans if span.name == "ragkit.ask")
    assert answered.status.status_code is StatusCode.UNSET
    assert dict(refused.attributes or {})["error.type"] == "QuestionError"
    assert "could not decide" not in recorded.everything


def test_a_model_that_does_not_reply_is_an_error_of_its_span_only(
    folder: Path, recorded: Recorded, deployment: Deployment, server: ScriptedServer
) -> None:
    server.script(server_that.fails(500))
    with _kb(folder, deployment) as kb:
        assert kb.ask(QUESTION, user=NURSE).status == "answered"
    request = recorded.named("chat scripted")
    assert request.status.status_code is StatusCode.ERROR
    assert dict(request.attributes or {})["error.type"] == "server_error"
    assert recorded.named("ragkit.ask").status.status_code is StatusCode.UNSET


@pytest.mark.parametrize("with_model", [False, True])
async def test_the_trace_of_the_application_goes_on_in_the_threads_of_aask(
    folder: Path, recorded: Recorded, deployment: Deployment, with_model: bool
) -> None:
    with _kb(folder, deployment if with_model else None) as kb:

        async def handle(number: int) -> None:
            with recorded.tracer.start_as_current_span(f"request {number}"):
                await kb.aask(QUESTION, user=NURSE)

        await asyncio.gather(*(handle(number) for number in range(4)))
    for number in range(4):
        assert recorded.children(recorded.named(f"request {number}")) == ["ragkit.ask"]
    assert len({span.context.trace_id for span in recorded.spans if span.context}) == 4


def test_while_an_answer_is_streamed_its_receivers_spans_are_not_ragkits(
    folder: Path, recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    with _kb(folder) as kb:
        with recorded.tracer.start_as_current_span("handler"):
            for _ in kb.ask_stream(QUESTION, user=NURSE):
                with recorded.tracer.start_as_current_span("send"):
                    pass
        assert set(recorded.children(recorded.named("handler"))) == {"ragkit.ask", "send"}
        stream = kb.ask_stream(QUESTION, user=NURSE)
        next(stream)
        stream.close()  # nobody listens any more
        assert [span.name for span in recorded.spans].count("ragkit.ask") == 2
        next(kb.ask_stream(QUESTION, user=NURSE))  # forgotten
    assert [span.name for span in recorded.spans].count("ragkit.ask") == 3
    assert not trace.get_current_span().get_span_context().is_valid
    assert "detach" not in caplog.text


def test_an_ingest_has_a_trace_without_the_names_of_files(tmp_path: Path, recorded: Recorded) -> None:
    (tmp_path / "secret-policy.md").write_text(POLICY)
    telemetry = Deployment(telemetry=TelemetrySettings(spans=True))
    with KnowledgeBase.open(tmp_path / "a.kb", deployment=telemetry) as kb:
        kb.ingest(tmp_path / "secret-policy.md")
    root = recorded.named("ragkit.ingest")
    assert recorded.children(root) == ["ragkit.embed", "ragkit.store"]
    assert dict(root.attributes or {})["ragkit.ingestion.ingested"] == 1
    assert "secret" not in recorded.everything and "Flush" not in recorded.everything


def test_without_the_switch_opentelemetry_is_not_even_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("no span was wanted")

    monkeypatch.setattr(trace, "get_tracer", refuse)
    with KnowledgeBase.open(folder, read_only=True) as kb:
        assert kb.ask(QUESTION, user=NURSE).status == "answered"
    assert spans.stage("retrieve") is spans.stage("embed")
    assert spans.outgoing_headers(on_premises=True) == {}
