"""Documents: the list of what the caller may read, and the text in which citations stand."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from ragkit.serving.rest.bodies import Day, DocumentReply, DocumentsReply, SiteName, is_text
from ragkit.serving.rest.caller import Caller
from ragkit.serving.rest.problems import described, not_found
from ragkit.serving.rest.service import Running

router = APIRouter(prefix="/v1", tags=["documents"])

_PROBLEMS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_NAME = 500


@router.get("/documents", responses=described(*_PROBLEMS))
async def documents(
    user: Caller,
    service: Running,
    site: SiteName | None = None,
    as_of: Day | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> DocumentsReply:
    """List the document versions that the caller may read."""
    rows = await asyncio.to_thread(service.knowledge_base.documents, site=site, as_of=as_of, user=user)
    return DocumentsReply.model_construct(documents=rows[offset : offset + limit], total=len(rows))


@router.get("/documents/{document_id:path}", responses=described(*_PROBLEMS, HTTPStatus.NOT_FOUND))
async def document(
    document_id: Annotated[str, Path(min_length=1, max_length=_NAME)],
    user: Caller,
    service: Running,
    version: Annotated[str | None, Query(min_length=1, max_length=_NAME)] = None,
    as_of: Day | None = None,
) -> DocumentReply:
    """One document version with its text; the version in force where none is named."""
    if not is_text(document_id) or not is_text(version or ""):
        raise not_found()
    found = await asyncio.to_thread(service.knowledge_base.document, document_id, version, user=user, as_of=as_of)
    return DocumentReply.of(found)
