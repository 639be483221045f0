"""Requests that are too large or too slow are turned away before anything is made of them."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from ragkit.serving.rest.problems import ProblemError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Reads a request's body, up to a size and for a time, and hands it on whole.

    A body sent in chunks names no length, so the bytes that arrive are counted.

    Args:
        app: what answers the request.
        body_bytes: the largest body.
        body_seconds: how long a body may take to arrive.
    """

    def __init__(self, app: ASGIApp, *, body_bytes: int, body_seconds: float) -> None:
        self._app = app
        self._bytes = body_bytes
        self._seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._check_announced(dict(scope["headers"]).get(b"content-length"))
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read(receive)
        except TimeoutError:
            raise ProblemError(
                HTTPStatus.REQUEST_TIMEOUT, "too-slow", "The request took too long to arrive.", headers=_CLOSE
            ) from None
        if body is not None:
            await self._app(scope, _replaying(body, receive), send)

    def _check_announced(self, length: bytes | None) -> None:
        if length is not None and length.isdigit() and int(length) > self._bytes:
            raise self._too_large()

    async def _read(self, receive: Receive) -> bytes | None:
        """The whole body; None where the caller went away."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            if len(body) > self._bytes:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(body)

    def _too_large(self) -> ProblemError:
        return ProblemError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "too-large",
            f"The request is larger than the {self._bytes:,} bytes allowed. Ask in a few sentences.",
            headers=_CLOSE,
        )


_CLOSE = {"connection": "close"}
"""What is left of the body is not waited for."""


def _replaying(body: bytes, receive: Receive) -> Receive:
    first = True

    async def replay() -> Message:
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replay
