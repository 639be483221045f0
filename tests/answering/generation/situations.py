"""A policy, a question on it, and language models that reply what a test tells them to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from policies import PolicyWriter, WordCounts, passage_of, query_for

from ragkit.answering.answer import Answer, Statement
from ragkit.answering.extractive import extractive_answer
from ragkit.answering.generation.composer import Composer
from ragkit.answering.generative import compose_answer, stream_answer
from ragkit.answering.groundwork import Groundwork, SearchReport, lay_groundwork
from ragkit.answering.streaming import StreamedAnswer, whole
from ragkit.deployment.deployment import GenerationSettings
from ragkit.documents.document import BlockKind, Document
from ragkit.language_models.base import (
    Attempt,
    ChatReply,
    ChatRequest,
    Completion,
    NoReplyError,
    Outcome,
    UnusableReplyError,
    Value,
)
from ragkit.language_models.deadline import Deadline
from ragkit.privacy.gate import default_gate
from ragkit.retrieval.query import AnswerKind, Query

TODAY = date(2026, 3, 1)


def port_policy(document_id: str = "port-care", **governance: object) -> Document:
    writer = PolicyWriter().page(1).heading("Flushing")
    writer.line("Flush the port with 10 mL of saline every 8 hours, unless the patient is on fluid restriction.")
    writer.line("Close the clamp afterwards.")
    writer.heading("Access")
    writer.bullets(
        "Do not access the port in patients with:",
        "fever above 38.5 °C",
        "redness over the chamber",
        "a platelet count below 20,000",
    )
    writer.heading("Removal")
    writer.line("Only surgeons may remove a tunnelled port.")
    return writer.document(document_id, **governance)


FLUSH = query_for("how often do I flush the port", "flush", "port", kind=AnswerKind.TIME_LIMIT)
ACCESS = query_for("when must I not access the port", "access", "port", kind=AnswerKind.CONTRAINDICATION)


def grounded(query: Query, *documents: Document, report: SearchReport | None = None) -> Groundwork:
    """The groundwork of a question on some documents."""
    by_id = {document.document_id: document for document in documents}
    return lay_groundwork(
        query,
        [passage_of(document, rank=rank) for rank, document in enumerate(documents, start=1)],
        load_document=lambda document_id, version: by_id[document_id],
        statistics=WordCounts(*documents),
        today=TODAY,
        report=report,
    )


def says(*statements: tuple[str, list[int]], answers: bool = True) -> str:
    """The reply with these statements."""
    return json.dumps({"answers": answers, "statements": [{"text": t, "lines": n} for t, n in statements]})


Script = str | Outcome | Callable[[ChatRequest], str]


@dataclass
class ScriptedModels:
    """One language model that replies from a script; an ``Outcome`` in it is an attempt that failed.

    Attributes:
        script: used up one by one; the last entry is used again.
        requests: what was asked.
        confined: whether each request was to stay on premises.
        breaks_after: characters after which a stream breaks off.
    """

    script: Sequence[Script]
    requests: list[ChatRequest] = field(default_factory=list)
    confined: list[bool] = field(default_factory=list)
    breaks_after: int | None = None
    fingerprint: str = "scripted"

    def complete(
        self, request: ChatRequest, accept: Callable[[str], Value], *, deadline: Deadline, confined: bool
    ) -> Completion[Value]:
        reply = self._next(request, confined)
        if isinstance(reply, Outcome):
            raise NoReplyError("nobody", (_attempt(reply),))
        try:
            value = accept(reply)
        except UnusableReplyError as error:
            raise NoReplyError("nobody", (_attempt(Outcome.UNUSABLE, str(error)),)) from None
        return Completion(value, ChatReply(reply, "scripted", "m"), (_attempt(Outcome.REPLIED),))

    def stream(
        self,
        request: ChatRequest,
        *,
        deadline: Deadline,
        confined: bool,
        on_attempt: Callable[[Attempt], None],
        accept: Callable[[str], object] | None = None,
    ) -> Iterator[str]:
        reply = self._next(request, confined)
        if isinstance(reply, Outcome):
            on_attempt(_attempt(reply))
            raise NoReplyError("nobody", (_attempt(reply),))
        end = len(reply) if self.breaks_after is None else self.breaks_after
        for position in range(0, end, 5):
            yield reply[position : min(position + 5, end)]
        if self.breaks_after is not None:
            on_attempt(_attempt(Outcome.UNREACHABLE))
            raise NoReplyError("broke off", (_attempt(Outcome.UNREACHABLE),))
        on_attempt(_attempt(Outcome.REPLIED))

    def close(self) -> None:
        return None

    def _next(self, request: ChatRequest, confined: bool) -> str | Outcome:
        entry = self.script[min(len(self.requests), len(self.script) - 1)]
        self.requests.append(request)
        self.confined.append(confined)
        return entry(request) if callable(entry) else entry


def _attempt(outcome: Outcome, detail: str = "") -> Attempt:
    return Attempt("scripted", "m", outcome, detail, requests=1, input_tokens=10, output_tokens=5, cost=0.01)


def composed(
    groundwork: Groundwork, *script: Script, seconds: float = 20.0, models: ScriptedModels | None = None, **parts: Any
) -> Answer:
    """The answer that a model's replies make of a groundwork."""
    composer = Composer(models or ScriptedModels(script), GenerationSettings(), default_gate(), **parts)
    return whole(compose_answer(groundwork, extractive_answer(groundwork), composer, Deadline.after(seconds)))


def streamed(groundwork: Groundwork, models: ScriptedModels) -> tuple[list[Statement], StreamedAnswer]:
    """The statements as they come, and the stream they came from."""
    composer = Composer(models, GenerationSettings(), default_gate())
    growing: list[Any] = []
    steps = stream_answer(groundwork, extractive_answer(groundwork), composer, Deadline.after(20), citations=growing)
    stream = StreamedAnswer(steps, growing)
    return list(stream), stream


def numbers_of(groundwork: Groundwork, *beginnings: str) -> list[int]:
    """The numbers of the lines that begin with these words."""
    from ragkit.answering.generation.numbered_lines import number_lines

    numbered = number_lines(groundwork, most_lines=40, most_characters=12_000)
    found = []
    for beginning in beginnings:
        found += [n for n, line in enumerate(numbered.lines, start=1) if line.text.startswith(beginning)]
    assert len(found) == len(beginnings), [line.text for line in numbered.lines]
    return found


__all__ = ["ACCESS", "FLUSH", "BlockKind", "ScriptedModels", "composed", "grounded", "port_policy", "says", "streamed"]
