"""A reply that arrives piece by piece, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from ragkit.egress.client import allow_until
from ragkit.language_models.base import ChatRequest, Outcome
from ragkit.language_models.failures import Failure, failure_of
from ragkit.language_models.reading import Asked, ModelReply, finished, first, usage_of
from ragkit.language_models.tokens import estimated_input


class ReplyStream:
    """Pieces of one reply. Iterating asks the server; it never raises: ``asked`` says afterwards how it ended.

    Args:
        request: what is asked.
        create: makes the HTTP request and returns the client's stream of events.
        sent: its parameters.
        end: when all of it has to be there, of the monotonic clock; the first piece has the time that ``create`` gives.
        again: what to send instead where the server refused it for a parameter; None for nothing.
        note: what is odd about the name of the model that replied.
    """

    def __init__(
        self,
        request: ChatRequest,
        create: Callable[[dict[str, Any]], Any],
        sent: dict[str, Any],
        *,
        end: float,
        again: Callable[[Failure], dict[str, Any] | None],
        note: Callable[[object], str],
    ) -> None:
        self._request = request
        self._create = create
        self._sent: dict[str, Any] | None = sent
        self._end = end
        self._again = again
        self._note_of = note
        self._requests = 0
        self._parts: list[str] = []
        self._events: Any = None
        self._finish_reason: str | None = None
        self._refusal = ""
        self._usage: Any = None
        self._note = ""
        self._result: ModelReply | Failure | None = None

    @property
    def asked(self) -> Asked:
        """How it ended; as far as it went, where it was left early."""
        return Asked(self._result or self._finished(), self._requests)

    def __iter__(self) -> Iterator[str]:
        failure = self._open()
        try:
            while failure is None:
                piece = self._next()
                if isinstance(piece, Failure):
                    failure = piece
                elif piece is None:
                    break
                elif piece:
                    if not self._parts:
                        allow_until(self._events.response, self._end)
                    self._parts.append(piece)
                    yield piece
        finally:
            self.close()
        self._result = failure or self._finished()

    def close(self) -> None:
        """Lets go of the connection."""
        if self._events is not None:
            with suppress(Exception):  # what a connection says when it is dropped is of no interest
                self._events.close()

    def _open(self) -> Failure | None:
        failure = None
        while self._sent is not None:
            self._requests += 1
            failure = self._opened(self._sent)
            self._sent = self._again(failure) if failure else None
        return failure

    def _opened(self, sent: dict[str, Any]) -> Failure | None:
        try:
            self._events = self._create(sent)
            self._iterator = iter(self._events)
        except Exception as error:
            return failure_of(error)
        return None

    def _next(self) -> str | Failure | None:
        """The next piece, which may be empty; None at the end."""
        try:
            event = next(self._iterator, None)
            return None if event is None else self._read(event)
        except Exception as error:
            return failure_of(error)

    def _read(self, event: Any) -> str:
        self._usage = event.usage or self._usage
        self._note = self._note or self._note_of(event.model)
        choice = first(event.choices)
        if choice is None:
            return ""
        self._finish_reason = choice.finish_reason or self._finish_reason
        delta = choice.delta
        self._refusal += getattr(delta, "refusal", None) or ""
        content = getattr(delta, "content", None)
        return content if isinstance(content, str) else ""

    def _finished(self) -> ModelReply | Failure:
        text = "".join(self._parts)
        usage = usage_of(self._usage, estimated_input(self._request.messages), text)
        wants_json = self._request.schema is not None
        if text and not wants_json and self._finish_reason is None:  # of JSON it can be seen whether it is whole
            return Failure(Outcome.UNREACHABLE, "The server ended its reply in the middle.", was_read=True, spent=usage)
        return finished(text, self._finish_reason, self._refusal, usage, wants_json=wants_json, note=self._note)
