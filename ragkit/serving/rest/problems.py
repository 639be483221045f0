"""Errors as RFC 9457 problem details: plain sentences, nothing of the inside, and the request's number."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"


class BadField(BaseModel):
    """A part of the request that cannot be used.

    Attributes:
        field: where it stands ("body.question").
        problem: what is wrong with it. What was sent is not repeated.
    """

    field: str
    problem: str


class Problem(BaseModel):
    """Why a request was not answered (RFC 9457).

    Attributes:
        type: names the kind of problem, for programs.
        title: the kind of problem, for people.
        status: the HTTP status.
        detail: what happened and what to do next.
        request_id: the request's number in the server's log.
        errors: the parts of the request that cannot be used.
    """

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    request_id: str = ""
    errors: list[BadField] = []


class ProblemError(Exception):
    """Ends a request with a problem.

    Attributes:
        status: the HTTP status.
        kind: the last part of the problem's ``type``.
        detail: what happened and what to do next.
        headers: further headers of the response.
        errors: the parts of the request that cannot be used.
    """

    def __init__(
        self,
        status: HTTPStatus,
        kind: str,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        errors: list[BadField] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = headers or {}
        self.errors = errors or []

    def problem(self, request_id: str) -> Problem:
        """What is sent."""
        return Problem(
            type=f"urn:ragkit:problem:{self.kind}",
            title=self.status.phrase,
            status=self.status,
            detail=self.detail,
            request_id=request_id,
            errors=self.errors,
        )

    def response(self, request_id: str) -> JSONResponse:
        """The HTTP response."""
        content = self.problem(request_id).model_dump(mode="json")
        return JSONResponse(content, self.status, self.headers, media_type=MEDIA_TYPE)


def not_found() -> ProblemError:
    """The same for what does not exist and for what this reader may not see."""
    return ProblemError(HTTPStatus.NOT_FOUND, "not-found", "There is nothing of that name that you may see.")


def unavailable(detail: str, *, kind: str = "unavailable", retry_after: int = 5) -> ProblemError:
    """Later, perhaps."""
    headers = {"retry-after": str(retry_after)}
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, kind, detail, headers=headers)


def unexpected() -> ProblemError:
    """A defect; the log says where."""
    return ProblemError(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal",
        "Something went wrong in the server. Tell those who run it the request's number.",
    )


def described(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The problems of a route for its OpenAPI description."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status.value: {"model": Problem, "description": status.phrase, "content": {MEDIA_TYPE: schema}}
        for status in statuses
    }
