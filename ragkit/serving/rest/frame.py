"""What is around every request: its number, the headers of its reply, one line in the log, no error that says much."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import uuid4

from ragkit.serving.rest.problems import ProblemError, unexpected

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("ragkit.serving")

UNMATCHED = "unmatched"
"""What the log and the metrics call a path that is no route: the path itself is what a stranger wrote."""

_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)

OnDone = Callable[[str, str, int, float], None]
"""Called with method, route, status and seconds."""


class Frame:
    """The outermost layer.

    The log names the route ("/v1/documents/{document_id}"), never the path, a query, a body or a person; of an error
    it names the kind and the place in the code, not the words, which may repeat a question.

    Args:
        app: what answers the request.
        on_done: told of every request, for metrics.
    """

    def __init__(self, app: ASGIApp, *, on_done: OnDone) -> None:
        self._app = app
        self._on_done = on_done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": _with_own(message.get("headers", ()), request_id)}
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            problem = error if isinstance(error, ProblemError) else _unexpected(error, request_id)
            if not status:
                await problem.response(request_id)(scope, receive, sending)
            else:
                status = 500
        finally:
            self._done(scope, status, perf_counter() - started, request_id)

    def _done(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = route_of(scope)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        _log.info("%s %s %d %.0f ms %s", method, route, status, seconds * 1000, request_id)
        self._on_done(method, route, status, seconds)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(scope: Scope) -> str:
    """The route that a request took, as it is written in the program."""
    return str(getattr(scope.get("route"), "path", UNMATCHED))


def _with_own(headers: object, request_id: str) -> list[tuple[bytes, bytes]]:
    """A reply's headers with the frame's own, which a reply may replace by others of the same name."""
    given = list(headers)  # type: ignore[call-overload]
    names = {name.lower() for name, _ in given}
    own = [(name, value) for name, value in _HEADERS if name not in names]
    return [*given, *own, (b"x-request-id", request_id.encode())]


def _unexpected(error: Exception, request_id: str) -> ProblemError:
    log_defect(error, request_id)
    return unexpected()


def log_defect(error: BaseException, request_id: str) -> None:
    """Writes down what kind of error came from where in the code, and nothing that it says."""
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    _log.error("request %s failed: %s at %s", request_id, type(error).__name__, " < ".join(reversed(places)))
