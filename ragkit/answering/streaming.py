"""An answer that is still being made: its statements as they come, and the whole of it at the end."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from types import TracebackType

from ragkit.answering.answer import Answer, Citation, Statement
from ragkit.errors import RagkitError

Answering = Generator[Statement, None, Answer]


class AnswerNotReadyError(RagkitError):
    """The statements of a streamed answer have not all been taken yet."""


class StreamedAnswer(Answering):
    """Yields the statements of an answer, each verified; its value as a generator is the whole answer.

    Attributes:
        citations: those that the statements yielded so far are numbered by.

    Args:
        answering: gives the statements, and the answer at the end.
        citations: the list that grows while it does.
    """

    def __init__(self, answering: Answering, citations: Sequence[Citation] = ()) -> None:
        self._answering = answering
        self._growing = citations
        self._answer: Answer | None = None

    @property
    def answer(self) -> Answer:
        """The whole answer.

        Raises:
            AnswerNotReadyError: not all statements have been taken.
        """
        if self._answer is None:
            raise AnswerNotReadyError("The answer is not complete yet: take all statements of the stream first.")
        return self._answer

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What the numbers of the statements so far stand for."""
        return tuple(self._growing) if self._answer is None else self._answer.citations

    def send(self, value: None) -> Statement:
        """The next statement, see ``collections.abc.Generator``."""
        try:
            return self._answering.send(value)
        except StopIteration as end:
            self._answer = end.value
            raise

    def throw(
        self,
        kind: type[BaseException] | BaseException,
        value: BaseException | object = None,
        traceback: TracebackType | None = None,
        /,
    ) -> Statement:
        """Ends the stream with an error, see ``collections.abc.Generator``."""
        return self._answering.throw(kind if isinstance(kind, BaseException) else kind())


def whole(answering: Answering) -> Answer:
    """The answer, once all of its statements have been taken."""
    stream = StreamedAnswer(answering)
    for _ in stream:
        pass
    return stream.answer
