"""What becomes of each error: a problem with a plain sentence, and nothing of the inside."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ragkit.errors import DocumentNotFoundError, QuestionError, RagkitError
from ragkit.serving.rest.frame import log_defect
from ragkit.serving.rest.problems import BadField, ProblemError, not_found, unavailable, unexpected

_MALFORMED = "json_invalid"


def problem_of(error: Exception) -> ProblemError:
    """The problem that tells of an error."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, DocumentNotFoundError):
        return not_found()
    if isinstance(error, QuestionError):
        return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "question", str(error))
    if isinstance(error, RagkitError):
        return unavailable("The knowledge base cannot answer just now. Try again in a moment.")
    return unexpected()


def install(app: FastAPI) -> None:
    """Makes an application reply to errors with problems."""

    async def on_known(request: Request, error: Exception) -> JSONResponse:
        problem = problem_of(error)
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, ProblemError):
            log_defect(error, request.state.request_id)
        return problem.response(request.state.request_id)

    async def on_unreadable(request: Request, error: Exception) -> JSONResponse:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        return _unreadable(found).response(request.state.request_id)

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        return _http(error).response(request.state.request_id)

    app.add_exception_handler(ProblemError, on_known)
    app.add_exception_handler(RagkitError, on_known)
    app.add_exception_handler(RequestValidationError, on_unreadable)
    app.add_exception_handler(HTTPException, on_http)


def _unreadable(found: Any) -> ProblemError:
    if any(each["type"] == _MALFORMED for each in found):
        return ProblemError(HTTPStatus.BAD_REQUEST, "malformed", "The request is no JSON that can be read.")
    fields = [BadField(field=_name(each["loc"]), problem=_plain(each["msg"])) for each in found]
    return ProblemError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid",
        "The request cannot be used as it is; 'errors' says which parts.",
        errors=fields,
    )


def _name(place: tuple[str | int, ...]) -> str:
    """Where a wrong part stands. Names that a caller made up are not repeated beyond a bounded length."""
    return ".".join(str(part)[:40] for part in place)


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")


_SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address takes no such request; the Allow header names those it takes.",
    HTTPStatus.BAD_REQUEST: "The request is no JSON that can be read.",
}


def _http(error: Exception) -> ProblemError:
    """The problem for what the framework itself refuses."""
    if not isinstance(error, HTTPException):
        return unexpected()
    status = HTTPStatus(error.status_code)
    detail = _SENTENCES.get(status, "The request cannot be answered.")
    return ProblemError(status, status.phrase.lower().replace(" ", "-"), detail, headers=dict(error.headers or {}))
