"""The span of a whole answer, around everything that is done for it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import wraps
from typing import Any

from ragkit.answering.answer import SHOWN, Answer, Statement
from ragkit.answering.streaming import Answering
from ragkit.telemetry.attributes import AttributeValue
from ragkit.telemetry.spans import TracingSettings, in_own_context, tracing


def traced_answering(answering: Callable[..., Answering]) -> Callable[..., Answering]:
    """A method that answers, inside the span "ragkit.ask" where its object's ``telemetry`` wants one."""

    @wraps(answering)
    def traced(owner: Any, question: str, *arguments: Any, **options: Any) -> Answering:
        steps = answering(owner, question, *arguments, **options)
        if not owner.telemetry.spans:
            return steps
        return in_own_context(_inside_span(owner.telemetry, steps))

    return traced


def _inside_span(settings: TracingSettings, steps: Answering) -> Generator[Statement, None, Answer]:
    with tracing(settings, "ask", clean=without_identifiers) as span:
        answer = yield from steps
        span.set(**answer_attributes(answer))
    return answer


def without_identifiers(text: str) -> str:
    """A text as it may stand on a span, where content may stand there at all."""
    from ragkit.privacy.redaction import redacted

    return redacted(text).text


def answer_attributes(answer: Answer) -> dict[str, AttributeValue | None]:
    """What is known of an answer, by the keys of the table of attributes."""
    trace = answer.trace
    last = trace.ladder[-1] if trace.ladder else None
    return {
        "question": answer.standalone_question or answer.question,
        "answer": answer.text,
        "status": answer.status,
        "statements": len(answer.statements) if answer.status in SHOWN else 0,
        "citations": len(answer.citations),
        "composed": sum(statement.composed for statement in answer.statements),
        "dropped": len(trace.dropped),
        "rung": last.rung if last else None,
        "identifiers": sum(trace.identifiers.values()),
        "follow_up": answer.standalone_question is not None,
        "searched": trace.searched,
        "configuration": trace.configuration,
    }
