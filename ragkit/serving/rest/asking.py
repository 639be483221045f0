"""Questions: answered whole, or statement by statement."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from ragkit.access.user import User
from ragkit.answering.answer import Answer
from ragkit.serving.rest.bodies import AskBody, AskReply, SearchBody, SearchReply
from ragkit.serving.rest.caller import Asker, Caller
from ragkit.serving.rest.problems import described
from ragkit.serving.rest.service import Running, Service
from ragkit.serving.rest.streaming import AnswerStream, event

router = APIRouter(prefix="/v1", tags=["questions"])

_PROBLEMS = described(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


_EVENT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["statement", "answer", "problem"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
"""An event of a stream, as OpenAPI describes server-sent events (OpenAPI 3.2, section 4.14.4)."""


class EventStream(StreamingResponse):
    """Server-sent events (WHATWG HTML, section 9.2)."""

    media_type = "text/event-stream"


@router.post("/ask", responses=_PROBLEMS)
async def ask(body: AskBody, user: Asker, service: Running) -> AskReply:
    """Answer a question with the policies in force that the caller may read, or say that they do not answer it."""
    work = service.knowledge_base.aask(body.question, **_options(body, user))
    answer = await service.capacity.run(work, service.answer_seconds)
    return _given(service, answer, user, body)


@router.post(
    "/ask/stream",
    response_class=EventStream,
    responses={
        **_PROBLEMS,
        200: {
            "description": "Events `statement` (a StreamedStatement), then one `answer` (an AskReply), or one "
            "`problem` (a Problem) where the answer broke off; what was shown before it stays verified.",
            "content": {"text/event-stream": {"schema": _EVENT}},
        },
    },
)
async def ask_stream(body: AskBody, user: Asker, service: Running, request: Request) -> EventStream:
    """Answer a question statement by statement, each as soon as it is verified, then whole."""
    stream = AnswerStream(lambda: service.knowledge_base.ask_stream(body.question, **_options(body, user)))
    await service.capacity.start(stream.run())
    first = await stream.first(service.answer_seconds)

    async def events() -> AsyncIterator[bytes]:
        async for item in stream.rest(first, request.state.request_id):
            yield event(_given(service, item, user, body) if isinstance(item, Answer) else item)

    return EventStream(events(), headers={"x-accel-buffering": "no"})


@router.post("/search", responses=_PROBLEMS)
async def search(body: SearchBody, user: Caller, service: Running) -> SearchReply:
    """Find passages of the policies in force that the caller may read, best first."""
    work = service.knowledge_base.asearch(body.question, limit=body.limit, site=body.site, as_of=body.as_of, user=user)
    passages = await service.capacity.run(work, service.answer_seconds)
    return SearchReply.model_construct(passages=list(passages))


def _options(body: AskBody, user: User) -> dict[str, Any]:
    options: dict[str, Any] = {"site": body.site, "as_of": body.as_of, "user": user}
    if body.previous_questions:
        options["previous_questions"] = tuple(body.previous_questions)
    return options


def _given(service: Service, answer: Answer, user: User, body: AskBody) -> AskReply:
    """The reply to a question, after it was counted and kept for a report."""
    service.metrics.answered(answer)
    return AskReply.of(answer, service.given.keep(answer, user.user_id), trace=body.trace)
