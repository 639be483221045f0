"""Reports of wrong answers."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from fastapi import APIRouter

from ragkit.access.user import User
from ragkit.answering.answer import Answer
from ragkit.errors import DocumentNotFoundError
from ragkit.knowledge_base import KnowledgeBase
from ragkit.serving.rest.bodies import FeedbackBody, FeedbackReply
from ragkit.serving.rest.caller import Caller
from ragkit.serving.rest.problems import described, not_found
from ragkit.serving.rest.service import Running

router = APIRouter(prefix="/v1", tags=["feedback"])


@router.post(
    "/feedback",
    status_code=HTTPStatus.CREATED,
    responses=described(
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
)
async def feedback(body: FeedbackBody, user: Caller, service: Running) -> FeedbackReply:
    """Report an answer as wrong. Only who was given an answer can report it, once, for a while after it was given."""
    answer = service.given.find(body.answer_id, user.user_id)
    if answer is None:
        raise not_found()
    await asyncio.to_thread(_report, service.knowledge_base, answer, body.reason, user)
    service.given.forget(body.answer_id)
    service.metrics.reported()
    return FeedbackReply()


def _report(base: KnowledgeBase, answer: Answer, reason: str, user: User) -> None:
    """Keeps the report, unless the answer holds words of what has been purged or closed to this reader meanwhile."""
    cited = {(citation.document_id, citation.version) for citation in (*answer.citations, *answer.evidence)}
    considered = {(passage[0], passage[1]) for passage in answer.trace.passages}
    try:
        for document_id, version in cited | considered:
            base.document(document_id, version, user=user)
    except DocumentNotFoundError:
        raise not_found() from None
    base.report_wrong_answer(answer, reason)
